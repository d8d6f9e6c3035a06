/** What stands at a path: the way of client-go, which gives up where a list is expected and none is there. */
import { isObject } from '../patch/merge.ts';
import type { Step } from './parse.ts';

/** Thrown inside, and caught by `find`: nothing is found then. */
const nothing = Symbol('nothing');

/** Everything that the steps lead to, in order; none where one of them leads nowhere that it could. */
export function find(object: unknown, steps: readonly Step[]): readonly unknown[] {
  try {
    return walk([object], steps);
  } catch (error) {
    if (error === nothing) return [];
    throw error;
  }
}

const walk = (values: readonly unknown[], steps: readonly Step[]): readonly unknown[] =>
  steps.reduce(take, values);

function take(values: readonly unknown[], step: Step): readonly unknown[] {
  switch (step.type) {
    case 'field':
      return values.flatMap((value) => (has(value, step.name) ? [value[step.name]] : []));
    case 'all':
      return values.flatMap(partsOf);
    case 'descend':
      return values.flatMap(holders);
    case 'index':
      return listsOf(values).map((list) => itemAt(list, step.index));
    case 'slice':
      return listsOf(values).flatMap((list) => slice(list, step));
    case 'union':
      return step.ways.flatMap((way) => walk(values, way));
    case 'literal':
      return values.map(() => step.value);
    case 'filter':
      return values.flatMap((value) => listOf(value).filter((item) => passes(item, step)));
  }
}

const has = (value: unknown, name: string): value is Readonly<Record<string, unknown>> =>
  isObject(value) && Object.hasOwn(value, name);

const partsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];

function holders(value: unknown): readonly unknown[] {
  const parts = partsOf(value);
  return parts.length === 0 ? [] : [value, ...parts.flatMap(holders)];
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw nothing;
  return value;
}

const listsOf = (values: readonly unknown[]): readonly (readonly unknown[])[] =>
  values.filter((value) => value !== null).map(listOf);

function itemAt(list: readonly unknown[], index: number): unknown {
  const at = index < 0 ? index + list.length : index;
  if (at < 0 || at >= list.length) throw nothing;
  return list[at];
}

function slice(list: readonly unknown[], bounds: Extract<Step, { type: 'slice' }>) {
  const { length } = list;
  const from = (bound: number): number => (bound < 0 ? bound + length : bound);
  const start = from(bounds.start ?? 0);
  const end = from(bounds.end ?? length);
  if (start === end) return [];
  const isOutside = start < 0 || start >= length || end < 0 || end > length || start > end;
  const { step = 1 } = bounds;
  if (isOutside || step <= 0) throw nothing;
  return list.slice(start, end).filter((_, i) => i % step === 0);
}

function passes(item: unknown, { left, compare }: Extract<Step, { type: 'filter' }>): boolean {
  if (compare === undefined) return find(item, left).length > 0;
  const [lefts, rights] = [walk([item], left), walk([item], compare.right)];
  if (lefts.length !== 1 || rights.length !== 1) throw nothing;
  return holds(lefts[0], compare.operator, rights[0]);
}

/** Only what is of one type can be compared, and truth values have no order. */
function holds(left: unknown, operator: string, right: unknown): boolean {
  if (typeof left !== typeof right || !isPlain(left) || !isPlain(right)) throw nothing;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left === 'boolean') throw nothing;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  if (operator === '>') return left > right;
  if (operator === '>=') return left >= right;
  throw nothing;
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
