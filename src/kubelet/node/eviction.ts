/** Node pressure: when thresholds are met, who goes first, who may still come (kubelet-05). */
import { wholeOf } from '../../api/quantity.ts';
import type { NodeSpec } from '../../sim/scenario/types.ts';
import { durationMs } from '../runtime/behaviourtext.ts';
import { isCriticalPriority } from './critical.ts';
import type { Pressure } from './nodeconditions.ts';

/** By signal: the condition that it raises, and the resource that is short. */
export const signals: Readonly<
  Record<string, { readonly condition: Pressure; readonly resource?: string }>
> = {
  'memory.available': { condition: 'MemoryPressure', resource: 'memory' },
  'allocatableMemory.available': { condition: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'imagefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'imagefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'containerfs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'containerfs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'pid.available': { condition: 'PIDPressure', resource: 'pids' },
};

export interface Threshold {
  readonly signal: string;
  /** A quantity, or a percentage of the capacity. */
  readonly value: string;
  /** Soft: how long it has to be met before anybody is evicted. */
  readonly graceMs?: number;
  /** How much more has to be there, once it was met, until it is not met any longer. */
  readonly minReclaim?: string;
}

/** A kubelet's defaults, all of them hard. */
export const hardThresholds: readonly Threshold[] = [
  { signal: 'memory.available', value: '100Mi' },
  { signal: 'nodefs.available', value: '10%' },
  { signal: 'nodefs.inodesFree', value: '5%' },
  { signal: 'imagefs.available', value: '15%' },
  { signal: 'imagefs.inodesFree', value: '5%' },
];

/** Those that a node's kubelet is told of; any hard one takes the place of all defaults. */
export function thresholdsOf({
  evictionHard,
  evictionSoft = {},
  evictionSoftGracePeriod = {},
  evictionMinimumReclaim = {},
}: Pick<
  NodeSpec,
  'evictionHard' | 'evictionSoft' | 'evictionSoftGracePeriod' | 'evictionMinimumReclaim'
>): readonly Threshold[] {
  const hard =
    evictionHard === undefined
      ? hardThresholds
      : Object.entries(evictionHard).map(([signal, value]) => ({ signal, value }));
  const soft = Object.entries(evictionSoft).map(([signal, value]) => ({
    signal,
    value,
    graceMs: durationMs(evictionSoftGracePeriod[signal] ?? '0s'),
  }));
  return [...hard, ...soft].map((threshold) => {
    const minReclaim = evictionMinimumReclaim[threshold.signal];
    return minReclaim === undefined ? threshold : { ...threshold, minReclaim };
  });
}

/** In whole bytes, or processes. */
export function thresholdAmount(value: string, capacity: number): number {
  return value.endsWith('%')
    ? Math.trunc((Number(value.slice(0, -1)) * capacity) / 100)
    : wholeOf(value);
}

export const isMet = (available: number, value: string, capacity: number): boolean =>
  available < thresholdAmount(value, capacity);

/** Whether one that was met before still is: until so much was reclaimed, too. */
export const isStillMet = (
  available: number,
  { value, minReclaim = '0' }: Threshold,
  capacity: number,
): boolean => available < thresholdAmount(value, capacity) + thresholdAmount(minReclaim, capacity);

/** Memory first, what has no resource last, the rest as listed. */
export function sortSignals(list: readonly string[]): readonly string[] {
  const rank = (signal: string): number => {
    const known = signals[signal];
    if (known?.resource === undefined) return 2;
    return known.resource === 'memory' ? 0 : 1;
  };
  return [...list].sort((a, b) => rank(a) - rank(b));
}

/** What is known of a Pod's use of the resource that is short. */
export interface Consumer {
  readonly priority: number;
  readonly request: number;
  /** Undefined: nothing is known, and such a Pod goes first. */
  readonly usage: number | undefined;
}

/** First who is evicted first: above its request, of lower priority, furthest above its request. */
export function compareConsumers(a: Consumer, b: Consumer): number {
  if (a.usage === undefined || b.usage === undefined) {
    return unknownFirst(a, b) || a.priority - b.priority;
  }
  const [aOver, bOver] = [a.usage - a.request, b.usage - b.request];
  return Number(bOver > 0) - Number(aOver > 0) || a.priority - b.priority || bOver - aOver;
}

const unknownFirst = (a: Consumer, b: Consumer): number =>
  Number(b.usage === undefined) - Number(a.usage === undefined);

/** Processes are not requested: lower priority, then more of them. */
export const compareProcesses = (a: Consumer, b: Consumer): number =>
  a.priority - b.priority || unknownFirst(a, b) || (b.usage ?? 0) - (a.usage ?? 0);

export interface AdmissionUnderPressure {
  readonly conditions: readonly string[];
  readonly qosClass: string;
  readonly priority: number | undefined;
  readonly toleratesMemoryPressure: boolean;
  readonly isStaticOrMirror: boolean;
}

/** Undefined: it may come. */
export function evictionRejects({
  conditions,
  qosClass,
  priority,
  toleratesMemoryPressure,
  isStaticOrMirror,
}: AdmissionUnderPressure): { readonly reason: string; readonly message: string } | undefined {
  if (conditions.length === 0 || isStaticOrMirror || isCriticalPriority(priority)) return undefined;
  if (conditions.length === 1 && conditions[0] === 'MemoryPressure') {
    if (qosClass !== 'BestEffort' || toleratesMemoryPressure) return undefined;
  }
  return {
    reason: 'Evicted',
    message: `The node had condition: [${conditions.join(' ')}]. `,
  };
}

export interface Offender {
  readonly container: string;
  /** Quantities. */
  readonly usage: string;
  readonly request: string;
}

/** The message of an evicted Pod: one sentence more for each container above its request. */
export function evictionMessage(
  resource: string,
  threshold: string,
  available: string,
  offenders: readonly Offender[],
): string {
  const parts = offenders.map(
    ({ container, usage, request }) =>
      `Container ${container} was using ${usage}, request is ${request}, has larger consumption of ${resource}. `,
  );
  const limits = `Threshold quantity: ${threshold}, available: ${available}. `;
  return `The node was low on resource: ${resource}. ${limits}${parts.join('')}`;
}
