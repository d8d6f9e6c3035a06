/**
 * Reads the expressions of validation rules (CEL): the language without types, and the functions that
 * definitions use. What is not understood is an error of the definition, and never ignored.
 */

export type Expression =
  | { readonly type: 'literal'; readonly value: string | number | boolean | null }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly type: 'field'; readonly of: Expression; readonly name: string }
  | { readonly type: 'index'; readonly of: Expression; readonly at: Expression }
  | {
      readonly type: 'call';
      readonly name: string;
      readonly of: Expression | undefined;
      readonly args: readonly Expression[];
    }
  | { readonly type: 'unary'; readonly operator: '!' | '-'; readonly of: Expression }
  | {
      readonly type: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly type: 'choice';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    };

export class CelError extends Error {
  override readonly name = 'CelError';
}

const token =
  /\s+|\/\/[^\n]*|(\d+\.\d+(?:[eE][+-]?\d+)?|\d+)u?|(r?"(?:[^"\\]|\\.)*"|r?'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}])/y;

interface Token {
  readonly kind: 'number' | 'string' | 'word' | 'sign' | 'end';
  readonly text: string;
}

function tokens(source: string): readonly Token[] {
  const all: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const found = token.exec(source);
    if (found === null) throw new CelError(`unexpected ${JSON.stringify(source[at])} at ${at + 1}`);
    const [, number, text, word, sign] = found;
    if (number !== undefined) all.push({ kind: 'number', text: number });
    else if (text !== undefined) all.push({ kind: 'string', text });
    else if (word !== undefined) all.push({ kind: 'word', text: word });
    else if (sign !== undefined) all.push({ kind: 'sign', text: sign });
  }
  return [...all, { kind: 'end', text: 'end of input' }];
}

/** What may be called on nothing, and on a value. */
const functions = new Set(['has', 'size', 'int', 'double', 'string', 'bool']);
const methods = new Set([
  ...['size', 'startsWith', 'endsWith', 'contains', 'matches', 'split', 'join', 'replace'],
  ...['lowerAscii', 'upperAscii', 'trim', 'indexOf', 'isSorted', 'sum', 'min', 'max'],
  ...['all', 'exists', 'exists_one', 'filter', 'map'],
]);

export const macros = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** From what binds least to what binds most. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** @throws CelError */
export function parseCel(source: string): Expression {
  return new Parser(tokens(source)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  whole(): Expression {
    const expression = this.#expression();
    if (this.#next.kind !== 'end') throw this.#unexpected();
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #unexpected(): CelError {
    return new CelError(`unexpected ${this.#next.text}`);
  }

  #take(text: string): boolean {
    const { kind, text: found } = this.#next;
    if (found !== text || kind === 'string') return false;
    this.#at += 1;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #expression(): Expression {
    const test = this.#level(0);
    if (!this.#take('?')) return test;
    const then = this.#expression();
    this.#need(':');
    return { type: 'choice', test, then, otherwise: this.#expression() };
  }

  #level(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#level(level + 1);
    for (;;) {
      const operator = operators.find((one) => this.#take(one));
      if (operator === undefined) return left;
      left = { type: 'binary', operator, left, right: this.#level(level + 1) };
    }
  }

  #unary(): Expression {
    for (const operator of ['!', '-'] as const) {
      if (this.#take(operator)) return { type: 'unary', operator, of: this.#unary() };
    }
    let value = this.#primary();
    for (;;) {
      if (this.#take('.')) {
        const name = this.#word();
        value = this.#take('(') ? this.#call(name, value) : { type: 'field', of: value, name };
      } else if (this.#take('[')) {
        const at = this.#expression();
        this.#need(']');
        value = { type: 'index', of: value, at };
      } else return value;
    }
  }

  #word(): string {
    const { kind, text } = this.#next;
    if (kind !== 'word') throw this.#unexpected();
    this.#at += 1;
    return text;
  }

  #call(name: string, of: Expression | undefined): Expression {
    if (!(of === undefined ? functions : methods).has(name)) {
      throw new CelError(`undeclared reference to '${name}'`);
    }
    return { type: 'call', name, of, args: this.#list(')') };
  }

  #list(end: string): readonly Expression[] {
    const items: Expression[] = [];
    while (!this.#take(end)) {
      items.push(this.#expression());
      if (this.#take(end)) break;
      this.#need(',');
    }
    return items;
  }

  #primary(): Expression {
    const { kind, text } = this.#next;
    if (this.#take('(')) {
      const inner = this.#expression();
      this.#need(')');
      return inner;
    }
    if (this.#take('[')) return { type: 'list', items: this.#list(']') };
    if (this.#take('{')) return { type: 'map', entries: this.#entries() };
    if (kind === 'sign' || kind === 'end') throw this.#unexpected();
    this.#at += 1;
    if (kind === 'number') return { type: 'literal', value: Number(text) };
    if (kind === 'string') return { type: 'literal', value: unquoted(text) };
    if (text === 'true' || text === 'false') return { type: 'literal', value: text === 'true' };
    if (text === 'null') return { type: 'literal', value: null };
    return this.#take('(') ? this.#call(text, undefined) : { type: 'name', name: text };
  }

  #entries(): (readonly [Expression, Expression])[] {
    const entries: (readonly [Expression, Expression])[] = [];
    while (!this.#take('}')) {
      const key = this.#expression();
      this.#need(':');
      entries.push([key, this.#expression()]);
      if (this.#take('}')) break;
      this.#need(',');
    }
    return entries;
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquoted(text: string): string {
  if (text.startsWith('r')) return text.slice(2, -1);
  return text.slice(1, -1).replace(/\\(.)/g, (_, one: string) => escapes[one] ?? one);
}
