/** [G13b] How long a key that fails has to wait before it is tried again (properties §1, G13). */
import type { ReconciledEntry } from '../src/log/entry.ts';
import type { Component } from '../src/sim/component.ts';
import type { Simulation } from '../src/sim/simulation.ts';
import type { Always, Judged, Properties } from './rule.ts';

/** A key whose last passes failed. */
interface Failing {
  readonly times: number;
  readonly at: number;
  /** As the last pass said. */
  readonly retryMs: number;
  readonly causes: readonly number[];
}

/** What is remembered of a component, until it starts anew. */
interface Retries {
  readonly failing: Map<string, Failing>;
  total: number;
  /** The pass before, whose key may have woken others by what had woken itself. */
  last: { readonly n: number; readonly key: string };
}

/** So many retries of all keys are only held up by their own failures: the limiter of all has a burst of 100. */
const freeMax = 50;
/** It asks for a limited retry in a pass itself, when a deadline is near, and so do operators as they like. */
const retriesItself = (by: string, process: string): boolean =>
  by === 'deployment-controller' || process !== 'kube-controller-manager';
/** Controllers ask for whole seconds themselves: what comes sooner is a retry. */
const soonMs = 1_000;

const componentOf = (
  { process, by }: ReconciledEntry,
  simulation: Simulation,
): Component | undefined =>
  simulation.process(process)?.slots.find(({ component }) => component.actor === by)?.component;

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

/** Nothing but the failure itself woke it, and too soon. */
const isEarly = ({ at, retryMs, causes }: Failing, now: number, woken: readonly number[]) =>
  causes.length > 0 && isSame(causes, woken) && now < at + retryMs && retryMs < soonMs;

const backsOff: Always = {
  id: 'G13b',
  claim:
    'a key that fails waits twice as long each time, and as little as at first once it succeeded',
  types: ['delivered', 'reconciled'],
  begin() {
    const memory = new WeakMap<Component, Retries>();
    /** When something reached a process last: it may wake a key by what woke it before. */
    const reached = new Map<string, number>();
    return (entry, { simulation }): Judged => {
      if (entry.type === 'delivered') reached.set(entry.by, entry.n);
      if (entry.type !== 'reconciled') return undefined;
      const component = componentOf(entry, simulation);
      if (component?.backoff === undefined) return undefined;
      const retries = memory.get(component) ?? {
        failing: new Map(),
        total: 0,
        last: { n: 0, key: '' },
      };
      memory.set(component, retries);
      const { key, result, t: at, causes, by, process } = entry;
      const before = retries.failing.get(key);
      retries.failing.delete(key);
      const isUndisturbed =
        retries.last.key === key && (reached.get(process) ?? 0) < retries.last.n;
      retries.last = { n: entry.n, key };
      if (before !== undefined && isUndisturbed && isEarly(before, at, causes)) {
        return `${by} tries ${key} again after ${at - before.at} ms, and said ${before.retryMs} ms`;
      }
      if (result.type !== 'error' || result.retryMs === undefined) return undefined;
      const { retryMs } = result;
      const times = (before?.times ?? 0) + 1;
      retries.failing.set(key, { times, at, retryMs, causes });
      retries.total += 1;
      const { baseMs, maxMs } = component.backoff;
      const waits = `${by} lets ${key} wait ${retryMs} ms after failure ${times}`;
      const least = Math.min(baseMs * 2 ** (times - 1), maxMs);
      if (retryMs < least) return `${waits}, and ${least} ms are due`;
      const isKnown = retries.total <= freeMax && !retriesItself(by, process);
      return isKnown && retryMs > least ? `${waits}, and ${least} ms are enough` : undefined;
    };
  },
};

export const retries: Properties = {
  always: [backsOff],
  sometimes: [
    {
      id: 'G-W2',
      claim: 'a key fails three times in a row',
      seen: (entry) =>
        entry.type === 'reconciled' &&
        entry.result.type === 'error' &&
        (entry.result.retryMs ?? 0) >= 20,
    },
  ],
};
