/** Fills a template in, as Go's text/template does with plain data. */
import { type Call, type Operand, type Part, type Pipe, TemplateError } from './template.ts';

export type Functions = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** Functions that do not look at all their arguments. */
const lazy = new Set(['and', 'or']);

/** @throws TemplateError */
export function render(parts: readonly Part[], data: unknown, functions: Functions): string {
  const scope = new Scope(undefined);
  scope.declare('$', data);
  return new Renderer(functions).parts(parts, data, scope);
}

/** Every function that a template calls has to be known before it is played. */
export function unknownFunction(parts: readonly Part[], functions: Functions): string | undefined {
  for (const part of parts) {
    if (part.type === 'text') continue;
    const unknown =
      inPipe(part.pipe, functions) ??
      (part.type === 'action'
        ? undefined
        : (unknownFunction(part.body, functions) ?? unknownFunction(part.otherwise, functions)));
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function inPipe({ calls }: Pipe, functions: Functions): string | undefined {
  for (const operand of calls.flat()) {
    let inner: Operand = operand;
    while (inner.type === 'field') inner = inner.of;
    if (inner.type === 'function' && !lazy.has(inner.name) && functions[inner.name] === undefined) {
      return inner.name;
    }
    const unknown = inner.type === 'group' ? inPipe(inner.pipe, functions) : undefined;
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

class Scope {
  readonly #outer: Scope | undefined;
  readonly #own = new Map<string, unknown>();

  constructor(outer: Scope | undefined) {
    this.#outer = outer;
  }

  declare(name: string, value: unknown): void {
    this.#own.set(name, value);
  }

  set(name: string, value: unknown): void {
    if (this.#own.has(name)) this.#own.set(name, value);
    else if (this.#outer === undefined) throw new TemplateError(`undefined variable "${name}"`);
    else this.#outer.set(name, value);
  }

  get(name: string): unknown {
    if (this.#own.has(name)) return this.#own.get(name);
    if (this.#outer === undefined) throw new TemplateError(`undefined variable "${name}"`);
    return this.#outer.get(name);
  }
}

class Renderer {
  readonly #functions: Functions;

  constructor(functions: Functions) {
    this.#functions = functions;
  }

  parts(parts: readonly Part[], dot: unknown, scope: Scope): string {
    let text = '';
    for (const part of parts) text += this.#part(part, dot, scope);
    return text;
  }

  #part(part: Part, dot: unknown, scope: Scope): string {
    if (part.type === 'text') return part.text;
    if (part.type === 'range') return this.#range(part, dot, scope);
    const { pipe } = part;
    const inner = part.type === 'action' ? scope : new Scope(scope);
    const value = this.#pipe(pipe, dot, inner);
    for (const name of pipe.sets) {
      if (pipe.declares) inner.declare(name, value);
      else inner.set(name, value);
    }
    if (part.type === 'action') return pipe.sets.length > 0 ? '' : shown(value);
    if (!isTrue(value)) return this.parts(part.otherwise, dot, new Scope(scope));
    return this.parts(part.body, part.type === 'with' ? value : dot, inner);
  }

  #range(part: Exclude<Part, { type: 'text' | 'action' }>, dot: unknown, scope: Scope): string {
    const { pipe, body, otherwise } = part;
    const entries = entriesOf(this.#pipe(pipe, dot, scope));
    if (entries.length === 0) return this.parts(otherwise, dot, new Scope(scope));
    let text = '';
    for (const [key, value] of entries) {
      const inner = new Scope(scope);
      const [first, second] = pipe.sets;
      if (second !== undefined) {
        inner.declare(first!, key);
        inner.declare(second, value);
      } else if (first !== undefined) inner.declare(first, value);
      text += this.parts(body, value, inner);
    }
    return text;
  }

  /** What a call gives is the last argument of the next one. */
  #pipe({ calls }: Pipe, dot: unknown, scope: Scope): unknown {
    let value: unknown;
    calls.forEach((call, place) => {
      value = this.#call(call, dot, scope, place === 0 ? [] : [value]);
    });
    return value;
  }

  #call([first, ...rest]: Call, dot: unknown, scope: Scope, piped: readonly unknown[]): unknown {
    if (first?.type !== 'function') {
      if (rest.length + piped.length > 0) throw new TemplateError('only functions take arguments');
      return this.#operand(first!, dot, scope);
    }
    if (lazy.has(first.name)) return this.#decide(first.name === 'and', rest, dot, scope, piped);
    const args = rest.map((operand) => this.#operand(operand, dot, scope));
    return this.#function(first.name)(...args, ...piped);
  }

  /** The first operand that decides, or the last one. */
  #decide(
    isAnd: boolean,
    operands: readonly Operand[],
    dot: unknown,
    scope: Scope,
    piped: readonly unknown[],
  ): unknown {
    let value: unknown;
    for (const operand of operands) {
      value = this.#operand(operand, dot, scope);
      if (isTrue(value) !== isAnd) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #function(name: string): (...args: readonly unknown[]) => unknown {
    const found = this.#functions[name];
    if (found === undefined) throw new TemplateError(`function "${name}" not defined`);
    return found;
  }

  #operand(operand: Operand, dot: unknown, scope: Scope): unknown {
    switch (operand.type) {
      case 'literal':
        return operand.value;
      case 'dot':
        return dot;
      case 'variable':
        return scope.get(operand.name);
      case 'function':
        return this.#call([operand], dot, scope, []);
      case 'group':
        return this.#pipe(operand.pipe, dot, new Scope(scope));
      case 'field':
        return fieldOf(this.#operand(operand.of, dot, scope), operand.name);
    }
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new TemplateError(`can't evaluate field ${name} in ${JSON.stringify(value)}`);
  }
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** Of a list by place; of a mapping by key, in the order of the keys, as Go has it. */
function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map((one, place) => [place, one]);
  if (typeof value === 'object') {
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  }
  if (typeof value === 'number') return Array.from({ length: value }, (_, i) => [i, i]);
  throw new TemplateError(`range can't iterate over ${JSON.stringify(value)}`);
}

/** Go: nothing, zero and what is empty are false. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** As Go prints it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`;
  if (typeof value === 'object') {
    const parts = entriesOf(value).map(([key, one]) => `${key}:${shown(one)}`);
    return `map[${parts.join(' ')}]`;
  }
  return String(value);
}
