/** What is wrong with a text that is no JSON, as Go's decoder tells it (encoding/json, `scanner.go`). */

const ended = 'unexpected end of JSON input';

/** Deeper than this is an attack, and no object. */
export const depthMax = 1_000;

/** The first mistake; for a text that has none, undefined. */
export function jsonMistake(text: string): string | undefined {
  try {
    new Scanner(text).whole();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

const blanks = ' \t\r\n';
const escapes = '"\\/bfnrt';

class Scanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): void {
    this.#value();
    this.#skip();
    if (this.#at < this.#text.length) throw this.#wrong('after top-level value');
  }

  #value(): void {
    this.#skip();
    const first = this.#peek();
    if (this.#depth > depthMax) throw new SyntaxError('exceeded max depth');
    if (first === '{' || first === '[') {
      this.#depth += 1;
      if (first === '{') this.#object();
      else this.#array();
      this.#depth -= 1;
      return;
    }
    if (first === '"') return this.#string();
    if (first === '-' || isDigit(first)) return this.#number();
    const word = { t: 'true', f: 'false', n: 'null' }[first];
    if (word === undefined) throw this.#wrong('looking for beginning of value');
    for (let i = 1; i < word.length; i++) {
      this.#at += 1;
      if (this.#peek() !== word[i]) {
        throw this.#wrong(`in literal ${word} (expecting ${quoted(word[i]!)})`);
      }
    }
    this.#at += 1;
  }

  #object(): void {
    this.#at += 1;
    this.#skip();
    if (this.#peek() === '}') {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#skip();
      if (this.#peek() !== '"') throw this.#wrong('looking for beginning of object key string');
      this.#string();
      this.#skip();
      if (this.#peek() !== ':') throw this.#wrong('after object key');
      this.#at += 1;
      this.#value();
      if (this.#ends('}', 'after object key:value pair')) return;
    }
  }

  #array(): void {
    this.#at += 1;
    this.#skip();
    if (this.#peek() === ']') {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#value();
      if (this.#ends(']', 'after array element')) return;
    }
  }

  #ends(close: string, where: string): boolean {
    this.#skip();
    const next = this.#peek();
    if (next !== ',' && next !== close) throw this.#wrong(where);
    this.#at += 1;
    return next === close;
  }

  #string(): void {
    for (this.#at += 1; ; this.#at++) {
      const next = this.#peek();
      if (next === '"') break;
      if (next < ' ') throw this.#wrong('in string literal');
      if (next !== '\\') continue;
      this.#at += 1;
      const escaped = this.#peek();
      if (escaped === 'u') {
        for (let i = 0; i < 4; i++) {
          this.#at += 1;
          if (!/[0-9a-fA-F]/.test(this.#peek())) {
            throw this.#wrong('in \\u hexadecimal character escape');
          }
        }
      } else if (!escapes.includes(escaped)) throw this.#wrong('in string escape code');
    }
    this.#at += 1;
  }

  #number(): void {
    if (this.#peek() === '-') {
      this.#at += 1;
      if (!isDigit(this.#peek())) throw this.#wrong('in numeric literal');
    }
    if (this.#peek() === '0') this.#at += 1;
    else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at += 1;
      if (!isDigit(this.#peek())) throw this.#wrong('after decimal point in numeric literal');
      this.#digits();
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      this.#at += 1;
      if (/[+-]/.test(this.#peek())) this.#at += 1;
      if (!isDigit(this.#peek())) throw this.#wrong('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (isDigit(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #skip(): void {
    while (this.#at < this.#text.length && blanks.includes(this.#text[this.#at]!)) this.#at += 1;
  }

  #peek(): string {
    const next = this.#text[this.#at];
    if (next === undefined) throw new SyntaxError(ended);
    return next;
  }

  #wrong(where: string): SyntaxError {
    return new SyntaxError(`invalid character ${quoted(this.#peek())} ${where}`);
  }
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

const named: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  "'": "\\'",
  '\\': '\\\\',
};

function quoted(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(2, '0');
  return `'${named[character] ?? (character < ' ' ? `\\x${code}` : character)}'`;
}
