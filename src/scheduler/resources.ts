/** What Pods ask for, as numbers: milli-CPUs, bytes, and units of everything else. */
import type { PodSpec } from '../api/podspec.ts';
import { milliOf, wholeOf } from '../api/quantity.ts';

export interface Resources {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly scalar: Readonly<Record<string, number>>;
}

export interface PodRequests {
  readonly plain: Resources;
  /** With what scoring assumes for containers that do not say: 100m and 200Mi. */
  readonly nonZero: { readonly cpuMilli: number; readonly memoryBytes: number };
  readonly none: boolean;
}

const assumedCpuMilli = 100;
const assumedMemoryBytes = 200 * 1024 * 1024;

const remembered = new WeakMap<PodSpec['containers'], PodRequests>();

/** Sum of the containers, at least the largest init container, sidecars added; plus overhead. */
export function requestsOf(spec: PodSpec): PodRequests {
  let found = remembered.get(spec.containers);
  if (found === undefined) {
    found = compute(spec);
    remembered.set(spec.containers, found);
  }
  return found;
}

type Sum = Record<string, number>;

function compute({ containers, initContainers = [], overhead }: PodSpec): PodRequests {
  const plain: Sum = {};
  const assumed: Sum = {};
  for (const container of containers) {
    add(plain, numbers(container.resources?.requests));
    add(assumed, withAssumed(container.resources?.requests));
  }
  const sidecars: Sum = {};
  const sidecarsAssumed: Sum = {};
  const init: Sum = {};
  const initAssumed: Sum = {};
  for (const container of initContainers) {
    const own = numbers(container.resources?.requests);
    const ownAssumed = withAssumed(container.resources?.requests);
    if (container.restartPolicy === 'Always') {
      add(plain, own);
      add(assumed, ownAssumed);
      add(sidecars, own);
      add(sidecarsAssumed, ownAssumed);
      max(init, sidecars);
      max(initAssumed, sidecarsAssumed);
    } else {
      max(init, sum(own, sidecars));
      max(initAssumed, sum(ownAssumed, sidecarsAssumed));
    }
  }
  max(plain, init);
  max(assumed, initAssumed);
  add(plain, numbers(overhead));
  add(assumed, numbers(overhead));
  const { cpu = 0, memory = 0, 'ephemeral-storage': storage = 0, ...scalar } = plain;
  return {
    plain: { cpuMilli: cpu, memoryBytes: memory, storageBytes: storage, scalar },
    nonZero: { cpuMilli: assumed.cpu ?? 0, memoryBytes: assumed.memory ?? 0 },
    none: cpu === 0 && memory === 0 && storage === 0 && Object.keys(scalar).length === 0,
  };
}

/** CPU in thousandths, everything else in whole units. */
export function numbers(list: Readonly<Record<string, string>> | undefined): Sum {
  const out: Sum = {};
  for (const [name, text] of Object.entries(list ?? {})) {
    out[name] = name === 'cpu' ? milliOf(text) : wholeOf(text);
  }
  return out;
}

function withAssumed(list: Readonly<Record<string, string>> | undefined): Sum {
  return { cpu: assumedCpuMilli, memory: assumedMemoryBytes, ...numbers(list) };
}

function add(into: Sum, other: Sum): void {
  for (const name in other) into[name] = (into[name] ?? 0) + other[name]!;
}

function max(into: Sum, other: Sum): void {
  for (const name in other) into[name] = Math.max(into[name] ?? 0, other[name]!);
}

const sum = (a: Sum, b: Sum): Sum => {
  const out = { ...a };
  add(out, b);
  return out;
};
