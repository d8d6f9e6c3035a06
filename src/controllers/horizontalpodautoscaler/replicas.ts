/** How many replicas what is measured asks for: the formulas (ctl-05 §A.4). Amounts are thousandths. */
import type { HorizontalPodAutoscaler } from '../../api/horizontalpodautoscaler.ts';
import { parseQuantity } from '../../api/quantity.ts';
import type { Grouped } from './pods.ts';

/** How far from the target nothing is done, as a part of it. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

const defaultTolerance = 0.1;

export function toleranceOf({ behavior }: HorizontalPodAutoscaler['spec']): Tolerance {
  const of = (given: string | undefined) =>
    given === undefined ? defaultTolerance : Number(parseQuantity(given)?.nanos ?? 0n) / 1e9;
  return { up: of(behavior?.scaleUp?.tolerance), down: of(behavior?.scaleDown?.tolerance) };
}

const isWithin = (ratio: number, { up, down }: Tolerance): boolean =>
  1 - down <= ratio && ratio <= 1 + up;

export interface Wanted {
  readonly replicas: number;
  /** Of all containers together, per Pod. */
  readonly average: number;
}

export interface Measured {
  /** By name of the Pod. */
  readonly samples: ReadonlyMap<string, number>;
  readonly grouped: Grouped;
  readonly current: number;
  readonly tolerance: Tolerance;
}

const notMeasured = { error: 'did not receive metrics for targeted pods (pods might be unready)' };

/** By the share of what the Pods request that they use. */
export function byUtilization(
  measured: Measured,
  requests: ReadonlyMap<string, number>,
  target: number,
): (Wanted & { readonly utilization: number }) | { readonly error: string } {
  const samples = counted(measured);
  if (samples.size === 0) return notMeasured;
  const found = utilizationOf(samples, requests, target);
  if (found === undefined) return { error: 'no metrics returned matched known pods' };
  const { ratio, utilization, average } = found;
  // On the way down what is not measured counts as used up, and as idle on the way up.
  const assumed = (name: string) =>
    ratio < 1
      ? Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100)
      : ratio > 1
        ? 0
        : undefined;
  const again = (filled: ReadonlyMap<string, number>) =>
    utilizationOf(filled, requests, target)?.ratio ?? ratio;
  return { replicas: wanted(measured, samples, ratio, assumed, again), utilization, average };
}

/** By an amount per Pod. */
export function byAverage(measured: Measured, target: number): Wanted | { readonly error: string } {
  const samples = counted(measured);
  if (samples.size === 0) return notMeasured;
  const average = averageOf(samples);
  const ratio = average / target;
  const assumed = () => (ratio < 1 ? target : 0);
  const again = (filled: ReadonlyMap<string, number>) => averageOf(filled) / target;
  return { replicas: wanted(measured, samples, ratio, assumed, again), average };
}

/** Samples of Pods that count: neither on their way out, nor on their way in. */
function counted({ samples, grouped }: Measured): ReadonlyMap<string, number> {
  const { unready, ignored } = grouped;
  return new Map([...samples].filter(([name]) => !unready.has(name) && !ignored.has(name)));
}

/**
 * The size that brings the ratio to 1. Where Pods were not measured or are not ready, it is asked
 * again with what is assumed of them, and nothing is done if that turns the direction.
 */
function wanted(
  { grouped: { ready, unready, missing }, current, tolerance }: Measured,
  samples: ReadonlyMap<string, number>,
  ratio: number,
  assumed: (name: string) => number | undefined,
  again: (filled: ReadonlyMap<string, number>) => number,
): number {
  const waits = unready.size > 0 && ratio > 1;
  if (!waits && missing.size === 0) {
    return isWithin(ratio, tolerance) ? current : Math.ceil(ratio * ready);
  }
  const filled = new Map(samples);
  for (const name of missing) {
    const amount = assumed(name);
    if (amount !== undefined) filled.set(name, amount);
  }
  if (waits) for (const name of unready) filled.set(name, 0);
  const next = again(filled);
  const turns = (ratio < 1 && next > 1) || (ratio > 1 && next < 1);
  if (isWithin(next, tolerance) || turns) return current;
  const replicas = Math.ceil(next * filled.size);
  const contrary = (next < 1 && replicas > current) || (next > 1 && replicas < current);
  return contrary ? current : replicas;
}

function utilizationOf(
  samples: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  target: number,
) {
  let [used, requested, pods] = [0, 0, 0];
  for (const [name, amount] of samples) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += amount;
    requested += request;
    pods += 1;
  }
  if (requested === 0) return undefined;
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / target, utilization, average: Math.trunc(used / pods) };
}

function averageOf(samples: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const amount of samples.values()) sum += amount;
  return Math.trunc(sum / samples.size);
}

/**
 * By one value for all Pods together; from nothing, by the value alone. Undefined: it takes Pods to
 * say, and there are none.
 */
export function byValue(
  current: number,
  readyPods: number | undefined,
  value: number,
  target: number,
  tolerance: Tolerance,
): number | undefined {
  const ratio = value / target;
  if (current === 0) return Math.ceil(ratio);
  if (isWithin(ratio, tolerance)) return current;
  return readyPods === undefined ? undefined : Math.ceil(ratio * readyPods);
}

/** By a sum of which each replica bears its part. */
export function bySum(
  statusReplicas: number,
  sum: number,
  target: number,
  tolerance: Tolerance,
): Wanted {
  const ratio = sum / (target * statusReplicas);
  const replicas = isWithin(ratio, tolerance) ? statusReplicas : Math.ceil(sum / target);
  return { replicas, average: statusReplicas === 0 ? 0 : Math.ceil(sum / statusReplicas) };
}
