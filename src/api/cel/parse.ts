/**
 * Reads expressions of CEL. Types are not checked: what does not fit is an error when it is evaluated. What is not
 * understood is an error at once, and never ignored.
 */
import { CelError } from './error.ts';
import { functions, methods, namespaced } from './functions.ts';
import { type Token, tokensOf } from './tokens.ts';

export { CelError } from './error.ts';

export type Expression =
  | { readonly type: 'literal'; readonly value: string | number | boolean | null | Uint8Array }
  | { readonly type: 'name'; readonly name: string; readonly at: number }
  | { readonly type: 'list'; readonly items: readonly Item[] }
  | { readonly type: 'map'; readonly entries: readonly Pair[] }
  /** An object of a type that the environment knows: `Object.spec{replicas: 1}`. */
  | {
      readonly type: 'struct';
      readonly name: string;
      readonly entries: readonly Pair[];
      readonly at: number;
    }
  | {
      readonly type: 'field';
      readonly of: Expression;
      readonly name: string;
      readonly optional?: true;
      /** Where the dot is. */
      readonly at: number;
    }
  | {
      readonly type: 'index';
      readonly of: Expression;
      readonly index: Expression;
      readonly optional?: true;
    }
  | {
      readonly type: 'call';
      readonly name: string;
      readonly of: Expression | undefined;
      readonly args: readonly Expression[];
      readonly at: number;
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

/** Absent where `optional` and there is nothing. */
export interface Item {
  readonly value: Expression;
  readonly optional: boolean;
}

export interface Pair extends Item {
  /** Of a struct, the name of a field. */
  readonly key: Expression;
}

/** From what binds least to what binds most. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

const reserved = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
);

/** @throws CelError */
export function parseCel(source: string): Expression {
  return new Parser(tokensOf(source)).whole();
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
    const { text, at } = this.#next;
    return new CelError(`Syntax error: unexpected '${text}'`, at);
  }

  #isNext(text: string): boolean {
    const { kind, text: found, isQuoted } = this.#next;
    return found === text && (kind === 'sign' || kind === 'word') && isQuoted !== true;
  }

  #take(text: string): boolean {
    if (!this.#isNext(text)) return false;
    this.#at += 1;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #expression(): Expression {
    const test = this.#level(0);
    if (!this.#take('?')) return test;
    const then = this.#level(0);
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
    return this.#member(this.#primary());
  }

  /** Fields, indexes and methods of a value, one after the other. */
  #member(first: Expression): Expression {
    let value = first;
    for (;;) {
      const { at: dot } = this.#next;
      if (this.#take('.')) {
        const optional = this.#take('?');
        const { at } = this.#next;
        const name = this.#word();
        if (!optional && this.#take('(')) value = this.#method(name, value, at);
        else value = { type: 'field', of: value, name, at: dot, ...(optional ? { optional } : {}) };
      } else if (this.#take('[')) {
        const optional = this.#take('?');
        const index = this.#expression();
        this.#need(']');
        value = { type: 'index', of: value, index, ...(optional ? { optional } : {}) };
      } else if (this.#isNext('{') && typeOf(value) !== undefined) {
        const { at } = this.#next;
        this.#at += 1;
        value = { type: 'struct', name: typeOf(value)!, entries: this.#entries(true), at };
      } else return value;
    }
  }

  #word(): string {
    const { kind, text } = this.#next;
    if (kind !== 'word') throw this.#unexpected();
    this.#at += 1;
    return text;
  }

  #method(name: string, of: Expression, at: number): Expression {
    const args = this.#expressions();
    if (of.type === 'name' && namespaced.has(`${of.name}.${name}`)) {
      return { type: 'call', name: `${of.name}.${name}`, of: undefined, args, at: of.at };
    }
    if (!methods.has(name)) throw new CelError(undeclared(name), at);
    return { type: 'call', name, of, args, at };
  }

  #expressions(): readonly Expression[] {
    const items: Expression[] = [];
    while (!this.#take(')')) {
      items.push(this.#expression());
      if (this.#take(')')) break;
      this.#need(',');
    }
    return items;
  }

  #primary(): Expression {
    const { kind, text, at, isQuoted } = this.#next;
    if (this.#take('(')) {
      const inner = this.#expression();
      this.#need(')');
      return inner;
    }
    if (this.#take('[')) return { type: 'list', items: this.#items() };
    if (this.#take('{')) return { type: 'map', entries: this.#entries(false) };
    if (kind === 'sign' || kind === 'end' || isQuoted) throw this.#unexpected();
    this.#at += 1;
    if (kind === 'number') return { type: 'literal', value: Number(text.replace(/[uU]$/, '')) };
    if (kind === 'text') return { type: 'literal', value: text };
    if (kind === 'bytes') return { type: 'literal', value: new TextEncoder().encode(text) };
    if (text === 'true' || text === 'false') return { type: 'literal', value: text === 'true' };
    if (text === 'null') return { type: 'literal', value: null };
    if (reserved.has(text)) throw new CelError(`Syntax error: reserved identifier: ${text}`, at);
    if (!this.#take('(')) return { type: 'name', name: text, at };
    if (!functions.has(text)) throw new CelError(undeclared(text), at);
    return { type: 'call', name: text, of: undefined, args: this.#expressions(), at };
  }

  #items(): readonly Item[] {
    const items: Item[] = [];
    while (!this.#take(']')) {
      const optional = this.#take('?');
      items.push({ value: this.#expression(), optional });
      if (this.#take(']')) break;
      this.#need(',');
    }
    return items;
  }

  /** @param areFields keys are names, and not values */
  #entries(areFields: boolean): readonly Pair[] {
    const entries: Pair[] = [];
    while (!this.#take('}')) {
      const optional = this.#take('?');
      const key: Expression = areFields
        ? { type: 'literal', value: this.#word() }
        : this.#expression();
      this.#need(':');
      entries.push({ key, value: this.#expression(), optional });
      if (this.#take('}')) break;
      this.#need(',');
    }
    return entries;
  }
}

/** `Object.spec`, where names like that are all there is. */
function typeOf(value: Expression): string | undefined {
  if (value.type === 'name') return value.name;
  if (value.type !== 'field' || value.optional) return undefined;
  const of = typeOf(value.of);
  return of === undefined ? undefined : `${of}.${value.name}`;
}

const undeclared = (name: string): string => `undeclared reference to '${name}' (in container '')`;
