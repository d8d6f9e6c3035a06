/** Request bodies: read up to a limit, and turned into plain data (api-02 §1). */
import type { IncomingMessage } from 'node:http';
import { parseDocument } from 'yaml';
import { depthMax } from '../api/jsonmistake.ts';
import { rejection, type Status } from '../api/status.ts';

/** As kube-apiserver limits them. */
export const bodyBytesMax = 3 * 1024 * 1024;

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: Status };

const failed = (status: Status): Read<never> => ({ ok: false, status });

/** The bytes of a body. A client that sends more than it may is told so. */
export function readBytes(request: IncomingMessage): Promise<Read<Buffer>> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const tooLarge = () => {
      request.removeAllListeners('data');
      request.resume();
      const why = `Request entity too large: limit is ${bodyBytesMax}`;
      resolve(failed(rejection('RequestEntityTooLarge', why)));
    };
    if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return tooLarge();
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > bodyBytesMax) return tooLarge();
      parts.push(part);
    });
    request.on('end', () => resolve({ ok: true, value: Buffer.concat(parts) }));
    request.on('error', () => resolve(failed(rejection('BadRequest', 'the body was cut off'))));
  });
}

/** What a decoder found besides the value: fields that are there twice. */
export interface Decoded {
  readonly value: unknown;
  /** What strict decoding says of them: `duplicate field "metadata.name"`. */
  readonly duplicates: readonly string[];
}

/** JSON, with the paths of what is there twice. Throws a SyntaxError. */
export function decodeJson(text: string): Decoded {
  if (nestedTooDeep(text)) throw new SyntaxError('exceeded max depth');
  const value: unknown = JSON.parse(text);
  const duplicates = duplicatesIn(text).map((path) => `duplicate field "${path}"`);
  return { value, duplicates };
}

/** YAML as kubectl and the server read it: version 1.1. Throws an Error in the words of Go's decoder. */
export function decodeYaml(text: string): Decoded {
  const document = parseDocument(text, { version: '1.1', prettyErrors: false });
  const lineOf = (at: number) => text.slice(0, at).split('\n').length;
  const isTwice = ({ code }: { code: string }) => code === 'DUPLICATE_KEY';
  const error = document.errors.find((one) => !isTwice(one));
  if (error !== undefined) {
    const line = lineOf(error.pos[0]);
    const why = goYamlMistakes[error.code] ?? error.message.split('\n')[0];
    throw new SyntaxError(`${line > 1 ? `line ${line}: ` : ''}${why}`);
  }
  const twice = document.errors.filter(isTwice).map(({ pos: [from] }) => {
    const key = /^(?:"([^"]*)"|'([^']*)'|([^:\s]+))/.exec(text.slice(from));
    const name = key?.[1] ?? key?.[2] ?? key?.[3] ?? '';
    return `\n  line ${lineOf(from)}: key ${JSON.stringify(name)} already set in map`;
  });
  return {
    value: document.toJS({ maxAliasCount: 100 }) as unknown,
    duplicates: twice.length === 0 ? [] : [`yaml: unmarshal errors:${twice.join('')}`],
  };
}

/** Mistakes that both libraries know, by the code of ours. */
const goYamlMistakes: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  TAB_AS_INDENT: 'found character that cannot start any token',
  MISSING_CHAR: "could not find expected ':'",
};

function nestedTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) {
      if (++depth > depthMax) return true;
    } else if (code === 125 || code === 93) depth--;
  }
  return false;
}

/** Names that stand twice in one object of a valid JSON text. */
function duplicatesIn(text: string): readonly string[] {
  const found: string[] = [];
  const stack: { names: Set<string> | undefined; path: string; index: number }[] = [];
  let i = 0;
  let pending = '';
  const child = (): string => {
    const top = stack.at(-1);
    if (top === undefined) return '';
    if (top.names === undefined) return `${top.path}[${top.index}]`;
    return top.path === '' ? pending : `${top.path}.${pending}`;
  };
  while (i < text.length) {
    const character = text[i]!;
    if (character === '"') {
      const end = stringEnd(text, i);
      const top = stack.at(-1);
      if (top?.names !== undefined && /^\s*:/.test(text.slice(end, end + 16))) {
        const name = JSON.parse(text.slice(i, end)) as string;
        if (top.names.has(name)) found.push(top.path === '' ? name : `${top.path}.${name}`);
        top.names.add(name);
        pending = name;
      }
      i = end;
      continue;
    }
    if (character === '{') stack.push({ names: new Set(), path: child(), index: 0 });
    else if (character === '[') stack.push({ names: undefined, path: child(), index: 0 });
    else if (character === '}' || character === ']') stack.pop();
    else if (character === ',') {
      const top = stack.at(-1);
      if (top !== undefined) top.index += 1;
    }
    i++;
  }
  return found;
}

function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}
