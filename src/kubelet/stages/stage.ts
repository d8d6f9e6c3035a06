/**
 * A Stage as KWOK has it (kubelet-06): when it applies to an object, after how long, and what it does
 * then. Read once, so that a mistake in it is told before anything is played.
 */
import { evaluate } from '../../api/cel/evaluate.ts';
import { CelError, type Expression, parseCel } from '../../api/cel/parse.ts';
import type { KubeObject } from '../../api/meta.ts';
import { parseTimestamp } from '../../api/time.ts';
import { UsageError } from '../../errors.ts';
import { JqError, parseJq } from './jq.ts';
import { Mistake } from './mistake.ts';
import { type Step, stepsOf } from './steps.ts';

type Json = Readonly<Record<string, unknown>>;
type Test = (object: KubeObject) => boolean;
/** The values that an expression finds in an object; undefined where it cannot be asked. */
type Query = (object: KubeObject) => readonly unknown[] | undefined;

export interface Stage {
  readonly name: string;
  /** As `apiVersion` of the objects that it is about. */
  readonly apiVersion: string;
  readonly kind: string;
  matches(object: KubeObject): boolean;
  /** Undefined: it cannot be told. */
  weightOf(object: KubeObject): number | undefined;
  /** The least and the most, in ms; one number if it is certain, undefined for no delay. */
  delayOf(object: KubeObject, now: number): readonly number[] | undefined;
  readonly steps: readonly Step[];
  /** The next one may follow though the API does not show the effect of this one yet. */
  readonly immediateNextStage: boolean;
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

export const isStage = ({ apiVersion, kind }: Json): boolean =>
  kind === 'Stage' && typeof apiVersion === 'string' && apiVersion.startsWith('kwok.x-k8s.io/');

/** @throws UsageError */
export function parseStage(document: Json, where: string): Stage {
  const { metadata, spec } = document as { metadata?: { name?: string }; spec?: Json };
  const name = metadata?.name;
  if (name === undefined) throw new UsageError(`${where}: metadata.name is not set`);
  const fail = (what: string) => new UsageError(`${where}: Stage ${name}: ${what}`);
  try {
    return stageOf(name, spec ?? {});
  } catch (error) {
    if (error instanceof Mistake || error instanceof JqError || error instanceof CelError) {
      throw fail(error.message);
    }
    throw error;
  }
}

function stageOf(name: string, spec: Json): Stage {
  const { apiGroup = 'v1', kind } = part(spec, 'resourceRef');
  if (typeof kind !== 'string') throw new Mistake('spec.resourceRef.kind is not set');
  const selector = spec['selector'] as Json | undefined;
  const tests = selector === undefined ? undefined : testsOf(selector);
  const delay = spec['delay'] as Json | undefined;
  const duration = delay && durationOf(delay['durationMilliseconds'] ?? 0, delay['durationFrom']);
  const jitter =
    delay && durationOf(delay['jitterDurationMilliseconds'], delay['jitterDurationFrom']);
  return {
    name,
    apiVersion: String(apiGroup),
    kind,
    // Without a selector it never applies.
    matches: (object) => tests?.every((holds) => holds(object)) ?? false,
    weightOf: weightOf(Number(spec['weight'] ?? 0), spec['weightFrom']),
    delayOf(object, now) {
      const least = duration?.(object, now);
      if (least === undefined) return undefined;
      const most = jitter?.(object, now);
      if (most === undefined) return [least];
      return most <= least ? [most] : [least, most];
    },
    steps: stepsOf(spec),
    immediateNextStage: spec['immediateNextStage'] === true,
  };
}

function part(of: Json, name: string): Json {
  const value = of[name];
  if (typeof value !== 'object' || value === null) throw new Mistake(`spec.${name} is not set`);
  return value as Json;
}

function testsOf({ matchLabels, matchAnnotations, matchExpressions = [] }: Json): readonly Test[] {
  const equal =
    (wanted: unknown, of: 'labels' | 'annotations'): Test =>
    ({ metadata }) =>
      Object.entries((wanted ?? {}) as Json).every(([key, value]) => metadata[of]?.[key] === value);
  return [
    equal(matchLabels, 'labels'),
    equal(matchAnnotations, 'annotations'),
    ...(matchExpressions as readonly Json[]).map(testOf),
  ];
}

function testOf(expression: Json): Test {
  if (expression['cel'] !== undefined) {
    const cel = celOf((expression['cel'] as Json)['expression']);
    return (object) => cel(object)?.[0] === true;
  }
  const { key, operator, values = [] } = (expression['jq'] as Json | undefined) ?? expression;
  if (typeof key !== 'string') throw new Mistake('an expression has neither key nor cel');
  if (!operators.includes(operator as string)) {
    throw new Mistake(`operator "${operator}" is not supported; write ${operators.join(', ')}`);
  }
  const wanted = values as readonly string[];
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (takesValues !== wanted.length > 0) {
    throw new Mistake(`${operator} takes ${takesValues ? 'values' : 'no values'}`);
  }
  const query = jqOf(key);
  const isNegated = operator === 'NotIn' || operator === 'DoesNotExist';
  const finds = (value: unknown) =>
    takesValues
      ? (typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value)) &&
        wanted.includes(String(value))
      : value !== null && value !== undefined;
  return (object) => (query(object) ?? []).some(finds) !== isNegated;
}

/** What cannot be asked of the object has no answer at all, as with KWOK. */
function jqOf(source: string): Query {
  const filter = parseJq(source);
  return (object) => {
    try {
      return filter(object);
    } catch (error) {
      if (error instanceof JqError) return undefined;
      throw error;
    }
  };
}

function celOf(source: unknown): Query {
  if (typeof source !== 'string') throw new Mistake('cel.expression is not set');
  const expression: Expression = parseCel(source);
  return (object) => {
    try {
      return [evaluate(expression, { self: object })];
    } catch (error) {
      if (error instanceof CelError) return undefined;
      throw error;
    }
  };
}

/** `{expressionFrom}`, `{jq: {expression}}` or `{cel: {expression}}`. */
function queryFrom(from: unknown): Query | undefined {
  if (from === undefined) return undefined;
  const { expressionFrom, jq, cel } = from as {
    expressionFrom?: string;
    jq?: { expression: string };
    cel?: { expression: string };
  };
  if (cel !== undefined) return celOf(cel.expression);
  const source = expressionFrom ?? jq?.expression;
  if (source === undefined) throw new Mistake('a …From has no expression');
  return jqOf(source);
}

function weightOf(weight: number, from: unknown): Stage['weightOf'] {
  const query = queryFrom(from);
  if (query === undefined) return () => weight;
  return (object) => {
    const found = query(object)?.[0];
    if (typeof found === 'number') return found;
    if (typeof found !== 'string') return weight;
    return /^-?\d+$/.test(found) ? Number(found) : found === '' ? undefined : weight;
  };
}

/** A time that the object says itself: a moment, or a duration as Go writes it. */
function durationOf(
  ms: unknown,
  from: unknown,
): (object: KubeObject, now: number) => number | undefined {
  const otherwise = typeof ms === 'number' ? ms : undefined;
  const query = queryFrom(from);
  return (object, now) => {
    const found = query?.(object)?.[0];
    if (typeof found !== 'string') return otherwise;
    if (found === '') return undefined;
    const moment = parseTimestamp(found);
    if (!Number.isNaN(moment)) return Math.max(moment - now, 0);
    return goDurationMs(found) ?? otherwise;
  };
}

const units: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 },
};

function goDurationMs(given: string): number | undefined {
  if (!/^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(given)) return undefined;
  let total = 0;
  for (const [, amount, unit] of given.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * units[unit!]!;
  }
  return total;
}

/** By weight, `chance` in [0, 1); undefined if none applies. */
export function choose(
  stages: readonly Stage[],
  object: KubeObject,
  chance: () => number,
): Stage | undefined {
  const found = stages.filter((stage) => stage.matches(object));
  if (found.length < 2) return found[0];
  const weighed = found.map((stage) => ({ stage, weight: stage.weightOf(object) }));
  const total = weighed.reduce((sum, { weight = 0 }) => sum + Math.max(weight, 0), 0);
  if (total === 0) {
    const known = weighed.filter(({ weight }) => weight !== undefined);
    const equal = known.length === 0 ? weighed : known;
    return equal[Math.floor(chance() * equal.length)]!.stage;
  }
  let left = Math.floor(chance() * total);
  for (const { stage, weight = 0 } of weighed) {
    if (weight <= 0) continue;
    left -= weight;
    if (left < 0) return stage;
  }
  return found.at(-1);
}
