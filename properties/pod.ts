/** What Pods, kubelets and the scheduler promise, as far as Pods go (properties §6). */
import { makeKey } from '../src/api/meta.ts';
import type { Node } from '../src/api/node.ts';
import type { PersistentVolumeClaim } from '../src/api/persistentvolumeclaim.ts';
import type { Pod } from '../src/api/pod.ts';
import { isPodReady, isPodTerminal } from '../src/api/podstatus.ts';
import { milliOf } from '../src/api/quantity.ts';
import { matchesNode } from '../src/scheduler/plugins/nodeaffinity.ts';
import { toleratesAny } from '../src/scheduler/plugins/tolerations.ts';
import type { View } from '../src/store/view.ts';
import { type Eventually, onWrite, type Properties, type World } from './rule.ts';

const phases: Readonly<Record<string, readonly string[]>> = {
  Pending: ['Running', 'Succeeded', 'Failed'],
  Running: ['Succeeded', 'Failed'],
  Succeeded: [],
  Failed: [],
};

const phaseGraph = onWrite(
  'P-S1',
  'phases only go forward, restart counts only grow',
  ({ kind, before, after, key }) => {
    if (kind !== 'Pod' || before === undefined || after === undefined) return undefined;
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

const soundness = onWrite(
  'P-S2',
  'Ready means running, and living Pods have addresses of their own',
  ({ kind, after, key, by }, { now }) => {
    if (kind !== 'Pod' || after === undefined) return undefined;
    const pod = after as Pod;
    // The collector fails Pods of nodes that are gone, and says nothing of their conditions.
    const isCollected = by === 'pod-garbage-collector';
    if (isPodReady(pod) && pod.status.phase !== 'Running' && !isCollected)
      return `${key} is ready and ${pod.status.phase}`;
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

const ownNode = onWrite(
  'P-S3',
  'a kubelet writes only to Pods of its node',
  ({ kind, by, before, after, key }) => {
    if (kind !== 'Pod' || !by.startsWith('kubelet/')) return undefined;
    const { nodeName } = ((after ?? before) as Pod).spec;
    return by === `kubelet/${nodeName}` ? undefined : `${by} wrote ${key}, which is on ${nodeName}`;
  },
);

/** A scheduler keeps a cache of its own: what it could know is what it was told of nodes last. */
function knows({ acting, simulation, now }: World, node: string): boolean {
  if (acting === undefined) return now.get('Node', node) !== undefined;
  const { log, store } = simulation;
  const { name } = acting.slot.process;
  const told = log.entries.findLast(
    (entry) => entry.type === 'delivered' && entry.kind === 'Node' && entry.process === name,
  );
  const revisions = [acting.pass.revision, told?.type === 'delivered' ? told.revision : 0];
  return revisions.some((revision) => store.view(revision).get('Node', node) !== undefined);
}

const boundOnce = onWrite(
  'SCH-S2',
  'binds to a node that it saw, and only ungated Pods',
  ({ subresource, before, after, key }, world) => {
    if (subresource !== 'binding') return undefined;
    const { nodeName } = (after as Pod).spec;
    if (!knows(world, nodeName!)) return `${key} was bound to ${nodeName}, which is not there`;
    const gates = (before as Pod).spec.schedulingGates ?? [];
    return gates.length === 0 ? undefined : `${key} was bound with ${gates.length} gates`;
  },
);

const capacity = onWrite(
  'SCH-S1',
  'what is bound to a node fits it',
  ({ subresource, after, key }, { now }) => {
    if (subresource !== 'binding') return undefined;
    const { nodeName } = (after as Pod).spec;
    const node = now.get<Node>('Node', nodeName!);
    if (node === undefined) return undefined;
    const pods = now.by<Pod>('Pod', 'node', nodeName!).filter((pod) => !isPodTerminal(pod));
    const cpu = pods.reduce((sum, { spec }) => sum + cpuOf(spec), 0);
    const most = milliOf(node.status.allocatable?.cpu ?? '0');
    return cpu <= most ? undefined : `${key} overcommits ${nodeName}: ${cpu}m of ${most}m`;
  },
);

const cpuOf = ({ containers }: Pod['spec']): number =>
  containers.reduce((sum, { resources }) => sum + milliOf(resources?.requests?.cpu ?? '0'), 0);

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

/** No node takes a Pod before its claims are there, stay, and have their volumes. */
function hasItsClaims({ metadata, spec }: Pod, now: View): boolean {
  return (spec.volumes ?? []).every((volume) => {
    const used = volume['persistentVolumeClaim'] as { claimName: string } | undefined;
    if (used === undefined) return true;
    const key = makeKey(metadata.namespace, used.claimName);
    const claim = now.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return false;
    return claim.status.phase === 'Bound';
  });
}

/** By its labels and taints some node takes it. */
const isWelcome = ({ spec }: Pod, now: View): boolean =>
  now.list<Node>('Node').some((node) => {
    const { taints = [], unschedulable } = node.spec;
    const refusing = taints.filter(({ effect }) => effect !== 'PreferNoSchedule');
    if (unschedulable === true && !toleratesAny(spec.tolerations, cordon)) return false;
    const tolerated = refusing.every((taint) => toleratesAny(spec.tolerations, taint));
    return tolerated && matchesNode(spec, node);
  });

const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

const scheduled: Eventually = {
  id: 'SCH-L1',
  claim: 'at rest every Pod that a node would take has one, if its claims are bound',
  holds({ now }) {
    const waiting = now
      .list<Pod>('Pod')
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .filter((pod) => pod.spec.nodeName === undefined && !isPodTerminal(pod))
      .find((pod) => hasItsClaims(pod, now) && isWelcome(pod, now));
    return waiting === undefined ? undefined : `${waiting.metadata.name} was never bound`;
  },
};

export const pod: Properties = {
  always: [phaseGraph, soundness, ownNode, boundOnce, capacity],
  eventually: [deletionEnds, scheduled],
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
