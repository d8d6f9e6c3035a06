/** What Pods and kubelets promise, as far as Pods go (properties §6). */
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodReady, isPodTerminal } from '../src/api/pod/podstatus.ts';
import { isFailedByOldCache } from './podgc/oldcache.ts';
import { type Eventually, onWriteOf, type Properties } from './rule.ts';

const phases: Readonly<Record<string, readonly string[]>> = {
  Pending: ['Running', 'Succeeded', 'Failed'],
  Running: ['Succeeded', 'Failed'],
  Succeeded: [],
  Failed: [],
};

const phaseGraph = onWriteOf(
  ['Pod'],
  'P-S1',
  'phases only go forward, restart counts only grow',
  (entry, world) => {
    const { kind, before, after, key } = entry;
    if (kind !== 'Pod' || before === undefined || after === undefined) return undefined;
    if (isFailedByOldCache(entry, world)) return undefined;
    const [was, is] = [(before as Pod).status, (after as Pod).status];
    const [from, to] = [was.phase ?? 'Pending', is.phase ?? 'Pending'];
    if (from !== to && !phases[from]?.includes(to)) return `${key} went from ${from} to ${to}`;
    for (const container of is.containerStatuses ?? []) {
      const old = was.containerStatuses?.find(({ name }) => name === container.name);
      if (old !== undefined && container.restartCount < old.restartCount)
        return `restarts of ${key} fell from ${old.restartCount} to ${container.restartCount}`;
    }
    return undefined;
  },
);

/** It says that it is ready, and does not run. */
const isIdle = (pod: Pod | undefined): boolean =>
  pod !== undefined && isPodReady(pod) && pod.status.phase !== 'Running';

const soundness = onWriteOf(
  ['Pod'],
  'P-S2',
  'Ready means running, and living Pods have addresses of their own',
  ({ kind, before, after, key, by }, { now }) => {
    if (kind !== 'Pod' || after === undefined) return undefined;
    const pod = after as Pod;
    // The collector fails Pods of nodes that are gone, and says nothing of their conditions: so they stay.
    const isCollected = by === 'pod-garbage-collector' || isIdle(before as Pod | undefined);
    if (isIdle(pod) && !isCollected) return `${key} is ready and ${pod.status.phase}`;
    const { podIP } = pod.status;
    // Pods in the network of their node share its address.
    if (podIP === undefined || isPodTerminal(pod) || pod.spec.hostNetwork) return undefined;
    const twin = now
      .list<Pod>('Pod')
      .find(
        (other) =>
          other.metadata.uid !== pod.metadata.uid &&
          other.status.podIP === podIP &&
          !other.spec.hostNetwork &&
          !isPodTerminal(other),
      );
    return twin === undefined ? undefined : `${key} and ${twin.metadata.name} share ${podIP}`;
  },
);

const ownNode = onWriteOf(
  ['Pod'],
  'P-S3',
  'a kubelet writes only to Pods of its node',
  ({ kind, by, before, after, key }) => {
    if (kind !== 'Pod' || !by.startsWith('kubelet/')) return undefined;
    const { nodeName } = ((after ?? before) as Pod).spec;
    return by === `kubelet/${nodeName}` ? undefined : `${by} wrote ${key}, which is on ${nodeName}`;
  },
);

const deletionEnds: Eventually = {
  id: 'P-L1',
  claim: 'at rest no Pod is still being deleted',
  holds({ now }) {
    const stuck = now
      .list<Pod>('Pod')
      .find(
        ({ metadata }) =>
          metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0,
      );
    return stuck === undefined ? undefined : `${stuck.metadata.name} is still terminating`;
  },
};

export const pod: Properties = {
  always: [phaseGraph, soundness, ownNode],
  eventually: [deletionEnds],
  sometimes: [
    {
      id: 'P-W1',
      claim: 'a Pod becomes ready',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.kind === 'Pod' &&
        entry.after !== undefined &&
        isPodReady(entry.after as Pod),
    },
  ],
};
