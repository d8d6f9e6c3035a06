/** Tape archives (ustar, with the long names of GNU and pax), a character a byte. */

export interface Member {
  /** Of a directory it ends in a slash. */
  readonly name: string;
  /** None of a directory. */
  readonly content: string | undefined;
}

/** Of ordinary files, one of them from before there was a type. */
const fileTypes = ['0', '\0', '7'];

const block = 512;
const nameMax = 100;

const filled = (text: string, length: number): string => text.padEnd(length, '\0');
const octal = (value: number, length: number): string =>
  `${value.toString(8).padStart(length - 1, '0')}\0`;

/** @param seconds since 1970, when all of it was last changed */
export function pack(members: readonly Member[], seconds: number): string {
  const parts = members.map(({ name, content }) => {
    const type = content === undefined ? '5' : '0';
    const longName = name.length < nameMax ? '' : entry('././@LongLink', `${name}\0`, 'L', 0);
    return longName + entry(name.slice(0, nameMax), content ?? '', type, seconds);
  });
  return parts.join('') + '\0'.repeat(2 * block);
}

function entry(name: string, content: string, type: string, seconds: number): string {
  const mode = octal(type === '5' ? 0o755 : 0o644, 8);
  const before = [filled(name, nameMax), mode, octal(0, 8), octal(0, 8)];
  const size = [octal(content.length, 12), octal(seconds, 12)];
  const after = [
    type,
    filled('', nameMax),
    `ustar\0${'00'}`,
    filled('root', 32),
    filled('root', 32),
  ];
  const head = [...before, ...size].join('');
  const tail = after.join('');
  const sum = sumOf(filled(`${head}        ${tail}`, block));
  const header = filled(`${head}${sum.toString(8).padStart(6, '0')}\0 ${tail}`, block);
  return header + filled(content, Math.ceil(content.length / block) * block);
}

function sumOf(header: string): number {
  let sum = 0;
  for (let i = 0; i < header.length; i++) sum += header.charCodeAt(i);
  return sum;
}

/** Files and directories, in their order; undefined if it is no archive. */
export function unpack(text: string): readonly Member[] | undefined {
  const members: Member[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= text.length; ) {
    const header = text.slice(at, at + block);
    if (/^\0+$/.test(header)) break;
    const checked = `${header.slice(0, 148)}        ${header.slice(156)}`;
    if (sumOf(checked) !== numberAt(header, 148, 8)) return undefined;
    const size = numberAt(header, 124, 12);
    const content = text.slice(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    const type = header[156]!;
    if (type === 'L') longName = textAt(content, 0, content.length);
    else if (type === 'x') longName = pathIn(content) ?? longName;
    else {
      const name = longName ?? nameIn(header);
      longName = undefined;
      if (type === '5') members.push({ name: name.replace(/\/*$/, '/'), content: undefined });
      else if (fileTypes.includes(type)) members.push({ name, content });
    }
  }
  return members;
}

function nameIn(header: string): string {
  const prefix = header.startsWith('ustar\0', 257) ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, nameMax);
  return prefix === '' ? name : `${prefix}/${name}`;
}

const textAt = (text: string, at: number, length: number): string =>
  text.slice(at, at + length).split('\0')[0]!;

const numberAt = (header: string, at: number, length: number): number =>
  Number.parseInt(textAt(header, at, length).trim(), 8) || 0;

/** Of records such as `20 path=some/name\n`. */
const pathIn = (records: string): string | undefined =>
  /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1];
