/**
 * The part of jq in which Stages say what they look for: paths, pipes, `select`, comparisons. A query
 * is read once and asked of many objects; it answers with any number of values.
 */
import { deepEqual } from '../../api/equal.ts';

/** A query that cannot be read, or that cannot be asked of a value. */
export class JqError extends Error {}

type Filter = (input: unknown) => readonly unknown[];

interface Token {
  readonly kind: 'field' | 'name' | 'string' | 'number' | 'sign' | 'end';
  readonly text: string;
}

const pattern =
  /\s*(?:(\.[A-Za-z_]\w*)|("(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|\/\/|\.\.|[.|,()[\]<>?+:-]))/y;

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== '') {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) throw new JqError(`unexpected "${source.slice(at).trim()[0]}"`);
    const [, field, string, number, name, sign] = found;
    if (field !== undefined) tokens.push({ kind: 'field', text: field.slice(1) });
    else if (string !== undefined) {
      tokens.push({ kind: 'string', text: JSON.parse(string) as string });
    } else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign! });
    at = pattern.lastIndex;
  }
  return [...tokens, { kind: 'end', text: 'end of the query' }];
}

/** @throws JqError */
export const parseJq = (source: string): Filter => new Parser(tokensOf(source)).whole();

const identity: Filter = (input) => [input];
const isTrue = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== false;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Filter {
    const filter = this.#pipe();
    if (this.#next.kind !== 'end') throw this.#unexpected();
    return filter;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #unexpected(): JqError {
    return new JqError(`unexpected ${this.#next.text}`);
  }

  #take(text: string, kind: Token['kind'] = 'sign'): boolean {
    if (this.#next.kind !== kind || this.#next.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #pipe(): Filter {
    const left = this.#list();
    if (!this.#take('|')) return left;
    const right = this.#pipe();
    return (input) => left(input).flatMap(right);
  }

  #list(): Filter {
    const left = this.#alternative();
    if (!this.#take(',')) return left;
    const right = this.#list();
    return (input) => [...left(input), ...right(input)];
  }

  #alternative(): Filter {
    const left = this.#or();
    if (!this.#take('//')) return left;
    const right = this.#alternative();
    return (input) => {
      const found = attempt(left, input).filter(isTrue);
      return found.length > 0 ? found : right(input);
    };
  }

  #or(): Filter {
    const left = this.#and();
    if (!this.#take('or', 'name')) return left;
    const right = this.#or();
    return (input) => left(input).map((one) => isTrue(one) || right(input).some(isTrue));
  }

  #and(): Filter {
    const left = this.#comparison();
    if (!this.#take('and', 'name')) return left;
    const right = this.#and();
    return (input) => left(input).map((one) => isTrue(one) && right(input).some(isTrue));
  }

  #comparison(): Filter {
    const left = this.#term();
    const { kind, text } = this.#next;
    const compare = kind === 'sign' ? comparisons[text] : undefined;
    if (compare === undefined) return left;
    this.#at += 1;
    const right = this.#term();
    return (input) => right(input).flatMap((b) => left(input).map((a) => compare(a, b)));
  }

  #term(): Filter {
    let filter = this.#primary();
    for (;;) {
      const before = filter;
      const { kind, text } = this.#next;
      if (kind === 'field') {
        this.#at += 1;
        filter = then(before, (value) => [fieldOf(value, text)]);
      } else if (this.#take('.')) {
        if (this.#next.kind === 'string') {
          const name = this.#next.text;
          this.#at += 1;
          filter = then(before, (value) => [fieldOf(value, name)]);
        } else if (this.#next.text !== '[') throw this.#unexpected();
      } else if (this.#take('[')) filter = this.#subscript(before);
      else if (this.#take('?')) filter = (input) => attempt(before, input);
      else return filter;
    }
  }

  #subscript(before: Filter): Filter {
    if (this.#take(']')) return then(before, elementsOf);
    const at = this.#pipe();
    this.#expect(']');
    return (input) => before(input).flatMap((value) => at(input).map((key) => at1(value, key)));
  }

  #primary(): Filter {
    const { kind, text } = this.#next;
    this.#at += 1;
    if (kind === 'field') return (input) => [fieldOf(input, text)];
    if (kind === 'string') return () => [text];
    if (kind === 'number') return () => [Number(text)];
    if (kind === 'name') return this.#named(text);
    if (text === '.') {
      if (this.#next.kind !== 'string') return identity;
      const name = this.#next.text;
      this.#at += 1;
      return (input) => [fieldOf(input, name)];
    }
    if (text === '(') {
      const filter = this.#pipe();
      this.#expect(')');
      return filter;
    }
    this.#at -= 1;
    throw this.#unexpected();
  }

  #named(name: string): Filter {
    if (name === 'null') return () => [null];
    if (name === 'true' || name === 'false') return () => [name === 'true'];
    if (this.#take('(')) {
      const argument = this.#pipe();
      this.#expect(')');
      const make = withArgument[name];
      if (make === undefined) throw new JqError(`function not defined: ${name}/1`);
      return make(argument);
    }
    const plain = withoutArgument[name];
    if (plain === undefined) throw new JqError(`function not defined: ${name}/0`);
    return plain;
  }
}

const then =
  (before: Filter, after: Filter): Filter =>
  (input) =>
    before(input).flatMap(after);

function attempt(filter: Filter, input: unknown): readonly unknown[] {
  try {
    return filter(input);
  } catch (error) {
    if (error instanceof JqError) return [];
    throw error;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new JqError(`expected an object but got: ${JSON.stringify(value)}`);
  }
  return Object.hasOwn(value, name) ? ((value as Record<string, unknown>)[name] ?? null) : null;
}

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) return Object.values(value);
  throw new JqError(`cannot iterate over: ${JSON.stringify(value ?? null)}`);
}

function at1(value: unknown, key: unknown): unknown {
  if (typeof key === 'string') return fieldOf(value, key);
  if (value === null || value === undefined) return null;
  if (typeof key !== 'number' || !Array.isArray(value)) {
    throw new JqError(`cannot index with ${JSON.stringify(key)}`);
  }
  return value.at(key) ?? null;
}

type Comparable = string | number;

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => deepEqual(a, b),
  '!=': (a, b) => !deepEqual(a, b),
  '<': (a, b) => (a as Comparable) < (b as Comparable),
  '<=': (a, b) => (a as Comparable) <= (b as Comparable),
  '>': (a, b) => (a as Comparable) > (b as Comparable),
  '>=': (a, b) => (a as Comparable) >= (b as Comparable),
};

function lengthOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object') return Object.keys(value).length;
  throw new JqError(`length cannot be applied to: ${JSON.stringify(value)}`);
}

const withoutArgument: Readonly<Record<string, Filter>> = {
  not: (input) => [!isTrue(input)],
  length: (input) => [lengthOf(input)],
  empty: () => [],
  any: (input) => [elementsOf(input).some(isTrue)],
  all: (input) => [elementsOf(input).every(isTrue)],
  first: (input) => [at1(input, 0)],
  last: (input) => [at1(input, -1)],
  keys: (input) => [Object.keys(input as object).sort()],
  tostring: (input) => [typeof input === 'string' ? input : JSON.stringify(input)],
  tonumber: (input) => [Number(input)],
};

const textTest =
  (holds: (text: string, part: string) => boolean) =>
  (part: Filter): Filter =>
  (input) =>
    part(input).map((one) => holds(String(input), String(one)));

const withArgument: Readonly<Record<string, (argument: Filter) => Filter>> = {
  select: (condition) => (input) => condition(input).flatMap((one) => (isTrue(one) ? [input] : [])),
  map: (each) => (input) => [elementsOf(input).flatMap(each)],
  any: (condition) => (input) => [elementsOf(input).some((one) => condition(one).some(isTrue))],
  all: (condition) => (input) => [elementsOf(input).every((one) => condition(one).every(isTrue))],
  has: (key) => (input) => key(input).map((one) => Object.hasOwn(input as object, String(one))),
  startswith: textTest((text, part) => text.startsWith(part)),
  endswith: textTest((text, part) => text.endsWith(part)),
};
