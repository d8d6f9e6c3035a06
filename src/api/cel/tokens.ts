/** Words, numbers, texts and signs of CEL, each with the place where it begins. */
import { CelError } from './error.ts';

export interface Token {
  readonly kind: 'number' | 'text' | 'bytes' | 'word' | 'sign' | 'end';
  /** Of a text, what it says. */
  readonly text: string;
  readonly at: number;
  /** A name in backquotes, which no word of the language is. */
  readonly isQuoted?: true;
}

const space = /(?:\s+|\/\/[^\n]*)*/y;
const number = /(?:0x[0-9a-fA-F]+|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+)[uU]?/y;
const text =
  /([rR]?[bB]?|[bB][rR])("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/y;
const rawText = /([rR][bB]?|[bB][rR])("""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')/y;
const word = /[A-Za-z_]\w*/y;
const quoted = /`([A-Za-z0-9_.\-/ ]+)`/y;
const sign = /==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}]/y;

/** @throws CelError */
export function tokensOf(source: string): readonly Token[] {
  const all: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source) ?? undefined;
  };
  for (;;) {
    at += match(space)![0].length;
    if (at >= source.length) break;
    const found = match(number);
    const string = found === undefined ? (match(rawText) ?? match(text)) : undefined;
    const name = match(word);
    const name2 = match(quoted);
    const mark = match(sign);
    let length: number;
    if (found !== undefined) {
      all.push({ kind: 'number', text: found[0], at });
      length = found[0].length;
    } else if (string !== undefined) {
      const [whole, prefix = '', body = ''] = string;
      const kind = /b/i.test(prefix) ? 'bytes' : 'text';
      all.push({ kind, text: said(body, /r/i.test(prefix), at), at });
      length = whole.length;
    } else if (name !== undefined) {
      all.push({ kind: 'word', text: name[0], at });
      length = name[0].length;
    } else if (name2 !== undefined) {
      all.push({ kind: 'word', text: name2[1]!, at, isQuoted: true });
      length = name2[0].length;
    } else if (mark !== undefined) {
      all.push({ kind: 'sign', text: mark[0], at });
      length = mark[0].length;
    } else {
      const shown = source[at] === '"' ? "'\"'" : `'${source[at]}'`;
      throw new CelError(`Syntax error: token recognition error at: ${shown}`, at);
    }
    at += length;
  }
  all.push({ kind: 'end', text: '<EOF>', at: source.length });
  return all;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escaped = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))/g;

/** What a text between its quotes says. */
function said(body: string, isRaw: boolean, at: number): string {
  const quotes = /^("""|''')/.test(body) ? 3 : 1;
  const inside = body.slice(quotes, -quotes);
  if (isRaw) return inside;
  return inside.replace(
    escaped,
    (_, x?: string, u?: string, long?: string, o?: string, c?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (o !== undefined) return String.fromCodePoint(Number.parseInt(o, 8));
      const plain = escapes[c!];
      if (plain !== undefined) return plain;
      if ('\\?"\'`'.includes(c!)) return c!;
      throw new CelError(`Syntax error: token recognition error at: '\\${c}'`, at);
    },
  );
}
