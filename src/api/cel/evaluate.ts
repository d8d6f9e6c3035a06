/** Evaluates what `parse.ts` read: pure, and an error where CEL has one. */
import { CelError, noOverload } from './error.ts';
import { callables, callablesOn, macros } from './functions.ts';
import type { Expression, Item, Pair } from './parse.ts';
import {
  CelType,
  Duration,
  Instant,
  isMap,
  isSame,
  list,
  number,
  Opaque,
  Optional,
  order,
  text,
  truth,
} from './values.ts';

export type Names = Readonly<Record<string, unknown>>;

/** Makes an object of a type that an expression names: `Object.spec`. */
export const structsOf = Symbol('structs');
export type Structs = (name: string, fields: Readonly<Record<string, unknown>>) => unknown;

/** Fields that are worked out when they are asked for. */
export abstract class Lazy extends Opaque {
  /** Undefined: there is no such field. */
  field(_name: string): { readonly value: unknown } | undefined {
    return undefined;
  }
}

/** A value that answers methods of its own. */
export abstract class Answering extends Lazy {
  abstract call(name: string, args: readonly unknown[]): unknown;
}

const typeNames = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
]);

/** @throws CelError where the rule cannot be told: a field that is not there, a wrong type. */
export function evaluate(expression: Expression, names: Names): unknown {
  switch (expression.type) {
    case 'literal':
      return expression.value;
    case 'name': {
      const { name } = expression;
      if (Object.hasOwn(names, name)) return names[name];
      if (typeNames.has(name)) return new CelType(name);
      throw new CelError(`undeclared reference to '${name}' (in container '')`, expression.at);
    }
    case 'list':
      return itemsOf(expression.items, names);
    case 'map':
      return Object.fromEntries(pairsOf(expression.entries, names));
    case 'struct': {
      const made = (names as { readonly [structsOf]?: Structs })[structsOf];
      if (made === undefined) {
        throw new CelError(`undeclared reference to '${expression.name}' (in container '')`);
      }
      return made(expression.name, Object.fromEntries(pairsOf(expression.entries, names)));
    }
    case 'field':
      return selected(evaluate(expression.of, names), expression.name, expression.optional);
    case 'index':
      return selected(
        evaluate(expression.of, names),
        evaluate(expression.index, names),
        expression.optional,
        true,
      );
    case 'unary': {
      const value = evaluate(expression.of, names);
      return expression.operator === '!' ? !truth(value) : negative(value);
    }
    case 'choice': {
      const { test, then, otherwise } = expression;
      return evaluate(truth(evaluate(test, names)) ? then : otherwise, names);
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, names);
    case 'call':
      return call(expression, names);
  }
}

function itemsOf(items: readonly Item[], names: Names): readonly unknown[] {
  return items.flatMap(({ value, optional }) => {
    const found = evaluate(value, names);
    if (!optional) return [found];
    return there(found) ? [(found as Optional).value] : [];
  });
}

function pairsOf(entries: readonly Pair[], names: Names): (readonly [string, unknown])[] {
  return entries.flatMap(({ key, value, optional }) => {
    const [name, found] = [String(evaluate(key, names)), evaluate(value, names)];
    if (!optional) return [[name, found] as const];
    return there(found) ? [[name, (found as Optional).value] as const] : [];
  });
}

function there(value: unknown): boolean {
  if (value instanceof Optional) return value.isThere;
  throw noOverload();
}

/** What stands at a field or an index; of something optional, something optional. */
function selected(
  of: unknown,
  at: unknown,
  optional: boolean | undefined,
  isIndex = false,
): unknown {
  if (of instanceof Optional) {
    if (!of.isThere) return of;
    const inside = found(of.value, at, isIndex);
    return inside === undefined ? Optional.none : Optional.of(inside.value);
  }
  const inside = found(of, at, isIndex);
  if (optional) return inside === undefined ? Optional.none : Optional.of(inside.value);
  if (inside !== undefined) return inside.value;
  throw new CelError(
    Array.isArray(of)
      ? `index out of bounds: ${at}`
      : `no such key: ${isIndex ? at : plainName(String(at))}`,
  );
}

function found(
  of: unknown,
  at: unknown,
  isIndex: boolean,
): { readonly value: unknown } | undefined {
  if (Array.isArray(of)) {
    if (typeof at !== 'number') throw noOverload();
    return at >= 0 && at < of.length ? { value: of[at] } : undefined;
  }
  const name = isIndex ? String(at) : plainName(String(at));
  if (of instanceof Lazy) return of.field(name);
  if (!isMap(of)) throw isIndex ? noOverload() : new CelError(`no such key: ${name}`);
  return Object.hasOwn(of, name) && of[name] !== undefined ? { value: of[name] } : undefined;
}

const signs: Readonly<Record<string, string>> = {
  underscores: '__',
  dot: '.',
  dash: '-',
  slash: '/',
};

/** Names that CEL cannot write are written with underscores: `__in__`, `a__dash__b`. */
export function plainName(name: string): string {
  if (!name.includes('__')) return name;
  const word = /^__([a-z]+)__$/.exec(name)?.[1];
  if (word !== undefined && signs[word] === undefined) return word;
  return name.replace(/__(underscores|dot|dash|slash)__/g, (_, sign: string) => signs[sign]!);
}

const negative = (value: unknown): unknown =>
  value instanceof Duration ? new Duration(-value.nanos) : -number(value);

/** One side of `||` or `&&` may fail if the other decides. */
function either(left: Expression, right: Expression, names: Names, decides: boolean): boolean {
  try {
    if (truth(evaluate(left, names)) === decides) return decides;
  } catch (error) {
    if (!(error instanceof CelError) || truth(evaluate(right, names)) !== decides) throw error;
    return decides;
  }
  return truth(evaluate(right, names));
}

function binary(operator: string, left: Expression, right: Expression, names: Names): unknown {
  if (operator === '||' || operator === '&&') return either(left, right, names, operator === '||');
  const [a, b] = [evaluate(left, names), evaluate(right, names)];
  switch (operator) {
    case '==':
      return isSame(a, b);
    case '!=':
      return !isSame(a, b);
    case 'in':
      return list(b).some((item) => isSame(item, Array.isArray(b) ? a : String(a)));
    case '<':
      return order(a, b) < 0;
    case '<=':
      return order(a, b) <= 0;
    case '>':
      return order(a, b) > 0;
    case '>=':
      return order(a, b) >= 0;
    case '+':
      return sum(a, b);
    case '-':
      return difference(a, b);
    case '*':
      return number(a) * number(b);
    default:
      return quotient(operator, number(a), number(b));
  }
}

function sum(a: unknown, b: unknown): unknown {
  if (typeof a === 'string') return a + text(b);
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (a instanceof Instant && b instanceof Duration) return new Instant(a.nanos + b.nanos);
  if (a instanceof Duration && b instanceof Instant) return new Instant(a.nanos + b.nanos);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos + b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.from([...a, ...b]);
  return number(a) + number(b);
}

function difference(a: unknown, b: unknown): unknown {
  if (a instanceof Instant && b instanceof Instant) return new Duration(a.nanos - b.nanos);
  if (a instanceof Instant && b instanceof Duration) return new Instant(a.nanos - b.nanos);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos - b.nanos);
  return number(a) - number(b);
}

function quotient(operator: string, a: number, b: number): number {
  const areWhole = Number.isInteger(a) && Number.isInteger(b);
  if (operator === '%') {
    if (b === 0) throw new CelError('modulus by zero');
    return a % b;
  }
  if (b === 0 && areWhole) throw new CelError('division by zero');
  return areWhole ? Math.trunc(a / b) : a / b;
}

type Call = Extract<Expression, { readonly type: 'call' }>;

function call({ name, of, args }: Call, names: Names): unknown {
  if (of === undefined) {
    if (name === 'has') return has(args[0], names);
    if (name === 'cel.bind') return bound(args, names);
    return (callables.get(name) ?? unknown)(...args.map((one) => evaluate(one, names)));
  }
  const value = evaluate(of, names);
  if (value instanceof Answering) {
    return value.call(
      name,
      args.map((one) => evaluate(one, names)),
    );
  }
  if (macros.has(name)) return macro(name, value, args, names);
  const others = args.map((one) => evaluate(one, names));
  return (callablesOn.get(name) ?? unknown)(value, ...others);
}

const unknown = (): never => {
  throw noOverload();
};

function bound([variable, value, body]: readonly Expression[], names: Names): unknown {
  if (variable?.type !== 'name' || value === undefined || body === undefined) {
    throw new CelError('cel.bind() variable names must be simple identifiers');
  }
  return evaluate(body, within(names, variable.name, evaluate(value, names)));
}

/** Names are copied with what is noted of the environment. */
const within = (names: Names, name: string, value: unknown): Names => ({ ...names, [name]: value });

/** Whether a field is there; whatever leads to it must be. */
function has(path: Expression | undefined, names: Names): boolean {
  if (path?.type !== 'field') throw new CelError('invalid argument to has() macro');
  const owner = evaluate(path.of, names);
  const inside = owner instanceof Optional ? (owner.isThere ? owner.value : undefined) : owner;
  if (!isMap(inside) && !(inside instanceof Lazy)) return false;
  const value = found(inside, path.name, false);
  return value !== undefined && value.value !== null;
}

function macro(name: string, value: unknown, args: readonly Expression[], names: Names): unknown {
  const [first, second] = args;
  if (first?.type !== 'name') throw new CelError(`invalid argument to ${name}() macro`);
  if (name === 'optMap' || name === 'optFlatMap') {
    if (!there(value) || second === undefined) return Optional.none;
    const result = evaluate(second, within(names, first.name, (value as Optional).value));
    return name === 'optMap' ? Optional.of(result) : result;
  }
  const isOfTwo = name.startsWith('transform') || (second?.type === 'name' && args.length > 2);
  const isPair = isOfTwo && name !== 'map' && name !== 'filter';
  const bodies = args.slice(isPair ? 2 : 1);
  const body = bodies[0];
  if (body === undefined) throw new CelError(`invalid argument to ${name}() macro`);
  const rounds = list(value).map((item, i): Names => {
    if (!isPair) return within(names, first.name, item);
    const [key, own] = Array.isArray(value)
      ? [i, item]
      : [item, (value as Readonly<Record<string, unknown>>)[String(item)]];
    const other = second?.type === 'name' ? second.name : '_';
    return within(within(names, first.name, key), other, own);
  });
  const holds = (inside: Names): boolean => truth(evaluate(body, inside));
  switch (name) {
    case 'all':
      return decided(rounds, holds, false);
    case 'exists':
      return decided(rounds, holds, true);
    case 'exists_one':
    case 'existsOne':
      return rounds.filter(holds).length === 1;
    case 'filter':
      return list(value).filter((_, i) => holds(rounds[i]!));
    default:
      return transformed(name, value, rounds, bodies);
  }
}

/** Whether `all` or `exists` of them hold: what fails does not count where another decides. */
function decided(
  rounds: readonly Names[],
  holds: (inside: Names) => boolean,
  decides: boolean,
): boolean {
  let failure: CelError | undefined;
  for (const inside of rounds) {
    try {
      if (holds(inside) === decides) return decides;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return !decides;
}

/** The results for all, or for those that the first of two bodies lets pass. */
function transformed(
  name: string,
  value: unknown,
  rounds: readonly Names[],
  bodies: readonly Expression[],
): unknown {
  const [test, result] = bodies.length > 1 ? [bodies[0], bodies[1]!] : [undefined, bodies[0]!];
  const chosen = rounds.map((inside) => test === undefined || truth(evaluate(test, inside)));
  const results = rounds.map((inside, i) => (chosen[i] ? evaluate(result, inside) : undefined));
  if (name !== 'transformMap') return results.filter((_, i) => chosen[i]);
  const keys = Array.isArray(value) ? value.map((_, i) => String(i)) : list(value).map(String);
  return Object.fromEntries(
    keys.flatMap((key, i) => (chosen[i] ? [[key, results[i]] as const] : [])),
  );
}
