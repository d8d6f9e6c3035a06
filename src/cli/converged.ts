/** Whether everything is as it is desired: what is not, in words. */
import type { Deployment } from '../api/deployment.ts';
import type { Event } from '../api/event.ts';
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodReady, isPodTerminal, podCondition } from '../api/pod/podstatus.ts';
import type { ReplicaSet } from '../api/replicaset.ts';
import { volumeElsewhere } from '../explain/volumes.ts';
import type { View } from '../store/view.ts';

export function unconverged(view: View): readonly string[] {
  const lines: string[] = [];
  for (const { metadata, spec, status } of view.list<Deployment>('Deployment')) {
    const {
      updatedReplicas = 0,
      availableReplicas = 0,
      observedGeneration = 0,
      replicas = 0,
    } = status;
    const done =
      observedGeneration >= (metadata.generation ?? 0) &&
      availableReplicas === spec.replicas &&
      replicas === spec.replicas &&
      (updatedReplicas === spec.replicas || spec.paused === true);
    if (done) continue;
    const reason =
      status.conditions?.find(({ type }) => type === 'Progressing')?.reason ?? 'not synced';
    lines.push(
      `Deployment ${metadata.name}: ${updatedReplicas} updated and ${availableReplicas} available of ${spec.replicas} (${reason})`,
    );
  }
  const alone = ['ReplicaSet', 'ReplicationController'].flatMap((kind) =>
    view.list<ReplicaSet>(kind),
  );
  for (const rs of alone) {
    const { availableReplicas = 0 } = rs.status;
    if (rs.metadata.ownerReferences !== undefined || availableReplicas === rs.spec.replicas)
      continue;
    lines.push(
      `${rs.kind} ${rs.metadata.name}: ${availableReplicas} available of ${rs.spec.replicas}`,
    );
  }
  return [...lines, ...unreadyPods(view)];
}

/** Pods that run no further, and why. */
export function unreadyPods(view: View): readonly string[] {
  const lines: string[] = [];
  for (const pod of view.list<Pod>('Pod')) {
    const { deletionTimestamp } = pod.metadata;
    if (isPodTerminal(pod) || (isPodReady(pod) && deletionTimestamp === undefined)) continue;
    const why = podCondition(pod, 'PodScheduled');
    const waiting = pod.status.containerStatuses?.find(({ state }) => state?.waiting)?.state
      ?.waiting;
    const told = waiting?.message ?? lastWarning(pod, view) ?? waitsForVolume(pod, view);
    const waits = [waiting?.reason ?? pod.status.phase, told].filter(Boolean);
    const reason = why?.status === 'False' ? why.message : waits.join(': ');
    lines.push(`Pod ${keyOf(pod)}: ${deletionTimestamp === undefined ? reason : 'Terminating'}`);
  }
  return lines;
}

/** Where nobody records Events. */
function waitsForVolume(pod: Pod, view: View): string | undefined {
  const found = volumeElsewhere(pod, view);
  return found && `volume ${found.volume} is at ${found.node}, and may be at one node only`;
}

/** What was last said to be wrong with it. */
const lastWarning = ({ metadata }: Pod, view: View): string | undefined =>
  view
    .list<Event>('Event')
    .filter(({ type, involvedObject }) => type === 'Warning' && involvedObject.uid === metadata.uid)
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .at(-1)?.message;
