/** Evaluates what `parse.ts` read: pure, and an error where CEL has one. */
import { deepEqual } from '../equal.ts';
import { isObject } from '../patch/merge.ts';
import { CelError, type Expression, macros } from './parse.ts';

export type Names = Readonly<Record<string, unknown>>;

/** @throws CelError where the rule cannot be told: a field that is not there, a wrong type. */
export function evaluate(expression: Expression, names: Names): unknown {
  switch (expression.type) {
    case 'literal':
      return expression.value;
    case 'name':
      if (Object.hasOwn(names, expression.name)) return names[expression.name];
      throw new CelError(`undeclared reference to '${expression.name}'`);
    case 'list':
      return expression.items.map((item) => evaluate(item, names));
    case 'map':
      return Object.fromEntries(
        expression.entries.map(([key, value]) => [
          String(evaluate(key, names)),
          evaluate(value, names),
        ]),
      );
    case 'field':
      return fieldOf(evaluate(expression.of, names), expression.name);
    case 'index': {
      const [of, at] = [evaluate(expression.of, names), evaluate(expression.at, names)];
      if (!Array.isArray(of)) return fieldOf(of, String(at));
      if (typeof at !== 'number' || at < 0 || at >= of.length) {
        throw new CelError(`index out of bounds: ${at}`);
      }
      return of[at];
    }
    case 'unary': {
      const value = evaluate(expression.of, names);
      return expression.operator === '!' ? !truth(value) : -number(value);
    }
    case 'choice':
      return evaluate(
        truth(evaluate(expression.test, names)) ? expression.then : expression.otherwise,
        names,
      );
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, names);
    case 'call':
      return call(expression, names);
  }
}

const escapedNames = /^__(\w+)__$/;

function fieldOf(value: unknown, name: string): unknown {
  // Reserved words are written `__in__`.
  const plain = escapedNames.exec(name)?.[1] ?? name;
  if (isObject(value) && Object.hasOwn(value, plain)) return value[plain];
  throw new CelError(`no such key: ${plain}`);
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new CelError('no such overload');
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new CelError('no such overload');
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CelError('no such overload');
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isObject(value)) return Object.keys(value);
  throw new CelError('no such overload');
}

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
      return deepEqual(a, b);
    case '!=':
      return !deepEqual(a, b);
    case 'in':
      return list(b).some((item) => deepEqual(item, a));
    case '+':
      if (typeof a === 'string') return a + text(b);
      return Array.isArray(a) ? [...a, ...list(b)] : number(a) + number(b);
    case '-':
      return number(a) - number(b);
    case '*':
      return number(a) * number(b);
    case '/':
    case '%': {
      if (number(b) === 0) throw new CelError('division by zero');
      if (operator === '%') return number(a) % number(b);
      const quotient = number(a) / number(b);
      return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(quotient) : quotient;
    }
    default:
      return compared(operator, a, b);
  }
}

function compared(operator: string, a: unknown, b: unknown): boolean {
  const [left, right] =
    typeof a === 'string' ? [a as string | number, text(b)] : [number(a), number(b)];
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

type Call = Extract<Expression, { readonly type: 'call' }>;

function call({ name, of, args }: Call, names: Names): unknown {
  if (of !== undefined && macros.has(name)) return macro(name, evaluate(of, names), args, names);
  if (of === undefined && name === 'has') return has(args[0], names);
  const [value, ...rest] = [...(of === undefined ? [] : [of]), ...args].map((one) =>
    evaluate(one, names),
  );
  return (methods[name] ?? unknown)(value, ...rest);
}

const unknown = (): never => {
  throw new CelError('no such overload');
};

const sorted = (values: readonly unknown[]): boolean =>
  values.every((value, i) => i === 0 || compared('<=', values[i - 1], value));

const methods: Readonly<Record<string, (value: unknown, ...args: unknown[]) => unknown>> = {
  size: (value) => (typeof value === 'string' ? [...value].length : list(value).length),
  int: (value) => Math.trunc(Number(value)),
  double: Number,
  string: String,
  bool: (value) => value === true || value === 'true',
  startsWith: (value, start) => text(value).startsWith(text(start)),
  endsWith: (value, end) => text(value).endsWith(text(end)),
  contains: (value, part) => text(value).includes(text(part)),
  matches: (value, pattern) => new RegExp(text(pattern), 'u').test(text(value)),
  split: (value, by) => text(value).split(text(by)),
  join: (value, by = '') => list(value).join(text(by)),
  replace: (value, from, to) => text(value).replaceAll(text(from), text(to)),
  lowerAscii: (value) => text(value).toLowerCase(),
  upperAscii: (value) => text(value).toUpperCase(),
  trim: (value) => text(value).trim(),
  indexOf: (value, part) =>
    typeof value === 'string' ? value.indexOf(text(part)) : list(value).indexOf(part),
  isSorted: (value) => sorted(list(value)),
  sum: (value) => list(value).reduce<number>((sum, one) => sum + number(one), 0),
  min: (value) => Math.min(...list(value).map(number)),
  max: (value) => Math.max(...list(value).map(number)),
};

/** Whether a field is there; whatever leads to it must be. */
function has(path: Expression | undefined, names: Names): boolean {
  if (path?.type !== 'field') throw new CelError('invalid argument to has() macro');
  const owner = evaluate(path.of, names);
  if (!isObject(owner)) return false;
  const name = escapedNames.exec(path.name)?.[1] ?? path.name;
  return Object.hasOwn(owner, name) && owner[name] !== null;
}

function macro(
  name: string,
  value: unknown,
  [variable, ...bodies]: readonly Expression[],
  names: Names,
): unknown {
  const body = bodies[0];
  if (variable?.type !== 'name' || body === undefined) {
    throw new CelError(`invalid argument to ${name}() macro`);
  }
  const inside = (item: unknown): Names => ({ ...names, [variable.name]: item });
  const holds = (item: unknown): boolean => truth(evaluate(body, inside(item)));
  const items = list(value);
  switch (name) {
    case 'all':
      return items.every(holds);
    case 'exists':
      return items.some(holds);
    case 'exists_one':
      return items.filter(holds).length === 1;
    case 'filter':
      return items.filter(holds);
    default: {
      const [test, result] = bodies.length > 1 ? [body, bodies[1]!] : [undefined, body];
      const chosen =
        test === undefined ? items : items.filter((item) => truth(evaluate(test, inside(item))));
      return chosen.map((item) => evaluate(result, inside(item)));
    }
  }
}
