/** The scheduling cycle that placed a Pod, or the last one that could not; and which Pods wait. */
import { type Key, keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodTerminal } from '../api/pod/podstatus.ts';
import type { SchedulingDecision } from '../log/decision.ts';
import type { ReconciledEntry, WriteEntry } from '../log/entry.ts';
import type { History } from '../replay/restore.ts';

export interface ScheduledPod {
  readonly pod: Pod;
  /** The pass that decided; absent: none did, or it is not in the log. */
  readonly pass?: ReconciledEntry;
}

/** A Pod as it was at a cursor, or before it was removed, with the cycle that matters then. */
export function scheduledPod(history: History, key: Key, cursor: number): ScheduledPod | undefined {
  const writes = [...history.store.history('Pod', key)].filter(({ n }) => n <= cursor);
  const pod = (writes[0]?.after ?? writes[0]?.before) as Pod | undefined;
  if (pod === undefined) return undefined;
  const born = writes.find(({ before }) => before === undefined)?.n ?? 0;
  const bound = writes.find((write) => write.n >= born && bindsPod(write));
  const pass = pod.spec.nodeName
    ? bound && placing(history, key, bound.n, born)
    : lastCycle(history, key, cursor, born);
  return pass === undefined ? { pod } : { pod, pass };
}

/** Pods without a node that still need one, in the order of their names. */
export function pendingPods(history: History, cursor: number): readonly ScheduledPod[] {
  const waiting = history
    .view(cursor)
    .list<Pod>('Pod')
    .filter((pod) => !pod.spec.nodeName && !isPodTerminal(pod));
  return waiting
    .map(keyOf)
    .sort()
    .flatMap((key) => scheduledPod(history, key, cursor) ?? []);
}

export const decisionOf = ({ result }: ReconciledEntry): SchedulingDecision | undefined =>
  result.decision;

const bindsPod = ({ before, after }: WriteEntry): boolean =>
  before !== undefined && !(before as Pod).spec.nodeName && Boolean((after as Pod)?.spec.nodeName);

/**
 * The cycle of a binding. Its pass ends after the write; and if the Pod had to wait for volumes, the
 * decision is of an earlier pass than the binding.
 */
function placing(
  history: History,
  key: Key,
  bound: number,
  born: number,
): ReconciledEntry | undefined {
  for (let n = bound + 1; n <= history.length; n++) {
    const entry = history.at(n)!;
    if (entry.type !== 'reconciled' || !entry.writes.includes(bound)) continue;
    return decisionOf(entry) === undefined ? lastCycle(history, key, n, born) : entry;
  }
  return undefined;
}

function lastCycle(
  history: History,
  key: Key,
  upTo: number,
  born: number,
): ReconciledEntry | undefined {
  for (let n = upTo; n > born; n--) {
    const entry = history.at(n)!;
    if (entry.type === 'reconciled' && entry.key === key && decisionOf(entry) !== undefined)
      return entry;
  }
  return undefined;
}
