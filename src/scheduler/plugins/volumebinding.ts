/** VolumeBinding: a Pod goes where its volumes are, or can be (sched-06). */
import { isControlledBy } from '../../api/meta.ts';
import type { PersistentVolumeClaim } from '../../api/persistentvolumeclaim.ts';
import type { Pod } from '../../api/pod.ts';
import type { View } from '../../store/view.ts';
import { type Cycle, type Plugin, type PluginState, unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { type Claims, planVolumes, type VolumePlan } from './volumeplan.ts';
import {
  type Claimed,
  claimedBy,
  claimOf,
  claimsOf,
  isBound,
  usesClaims,
  waitsForConsumer,
} from './volumes.ts';

class Sorted implements PluginState, Claims {
  readonly bound: PersistentVolumeClaim[] = [];
  readonly delayed: PersistentVolumeClaim[] = [];

  copy(): PluginState {
    return this;
  }
}

const name = 'VolumeBinding';

/** What is to be done about the Pod's claims on a node; nothing if it has none. */
export const volumePlan = (cycle: Cycle, { node }: NodeInfo): VolumePlan | undefined => {
  const claims = cycle.state.get(name) as Sorted | undefined;
  const { view, cache } = cycle;
  return claims && planVolumes(claims, node, { view, taken: cache.assumedVolumes });
};

export const volumeBinding: Plugin = {
  name,
  preFilter(cycle) {
    const { pod, view } = cycle;
    if (!usesClaims(pod)) return false;
    for (const claimed of claimedBy(pod)) {
      const why = unusable(pod, claimed, view);
      if (why !== undefined) return unfit(why, true);
    }
    const sorted = new Sorted();
    for (const claim of claimsOf(view, pod)) {
      if (isBound(claim)) sorted.bound.push(claim);
      else if (!claim.spec.volumeName && waitsForConsumer(view, claim)) sorted.delayed.push(claim);
      else return unfit('pod has unbound immediate PersistentVolumeClaims', true);
    }
    cycle.state.set(name, sorted);
    return true;
  },
  filter(cycle, node) {
    const plan = volumePlan(cycle, node);
    return plan === undefined || plan.reasons.length === 0 ? undefined : plan;
  },
  hints: [
    { on: ['StorageClass/Add', 'StorageClass/Update', 'PersistentVolume/Add'] },
    { on: ['PersistentVolume/Update', 'Node/Add', 'Node/UpdateNodeLabel'] },
    { on: ['CSINode/Add', 'CSINode/Update', 'CSIDriver/Update', 'CSIDriver/Add'] },
    { on: ['CSIStorageCapacity/Add', 'CSIStorageCapacity/Update'] },
    {
      on: ['PersistentVolumeClaim/Add', 'PersistentVolumeClaim/Update'],
      helps: (pod, { object: { metadata } }) =>
        metadata.namespace === pod.metadata.namespace &&
        claimedBy(pod).some((claimed) => claimed.name === metadata.name),
    },
  ],
};

function unusable(pod: Pod, { name, isEphemeral }: Claimed, view: View): string | undefined {
  const claim = claimOf(view, pod.metadata.namespace, name);
  if (claim === undefined) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  }
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
  }
  if (claim.metadata.deletionTimestamp !== undefined) {
    return `persistentvolumeclaim "${name}" is being deleted`;
  }
  if (isEphemeral && !isControlledBy(claim, pod)) {
    const { namespace } = pod.metadata;
    return `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`;
  }
  return undefined;
}
