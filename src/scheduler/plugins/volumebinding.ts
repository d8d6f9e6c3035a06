/** VolumeBinding: a Pod goes where its volumes are, or can be (sched-06). */

import { isControlledBy, type KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { claimedBy, type PodClaim } from '../../api/pod/podclaims.ts';
import { compareQuantities } from '../../api/quantity.ts';
import type { CsiDriver } from '../../api/volume/csi.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { StorageClass } from '../../api/volume/storageclass.ts';
import type { View } from '../../store/view.ts';
import type { ClusterEvent } from '../events.ts';
import { type Cycle, type Plugin, type PluginState, unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import {
  type Claims,
  planVolumes,
  type StorageCapacity,
  sizeMaxOf,
  type VolumePlan,
} from './volumeplan.ts';
import { claimOf, claimsOf, isBound, isOwnClaim, usesClaims, waitsForConsumer } from './volumes.ts';

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
    { on: ['PersistentVolume/Add', 'PersistentVolume/Update'] },
    { on: ['Node/Add', 'Node/UpdateNodeLabel'] },
    {
      on: ['StorageClass/Add', 'StorageClass/Update'],
      helps: (_pod, { old, object }) =>
        old === undefined || topologiesOf(old) !== topologiesOf(object),
    },
    {
      on: ['CSINode/Add', 'CSINode/Update'],
      helps: (_pod, { old, object }) => old === undefined || migrated(old) !== migrated(object),
    },
    { on: ['CSIDriver/Update'], helps: stopsCounting },
    {
      on: ['CSIStorageCapacity/Add', 'CSIStorageCapacity/Update'],
      helps: (_pod, { old, object }) => {
        const after = sizeMaxOf(object as StorageCapacity);
        if (old === undefined) return true;
        const before = sizeMaxOf(old as StorageCapacity);
        return (
          after !== undefined && (before === undefined || compareQuantities(after, before) > 0)
        );
      },
    },
    {
      on: ['PersistentVolumeClaim/Add', 'PersistentVolumeClaim/Update'],
      helps: isOwnClaim,
    },
  ],
};

const topologiesOf = (object: KubeObject): string =>
  JSON.stringify((object as StorageClass).allowedTopologies ?? []);

/** The plugins of a node that a driver stands for by now. */
const migrated = ({ metadata: { annotations } }: KubeObject): string | undefined =>
  annotations?.['storage.alpha.kubernetes.io/migrated-plugins'];

/** A driver that mounts a volume of the Pod itself does not say any more how much room there is. */
function stopsCounting({ spec: { volumes = [] } }: Pod, { old, object }: ClusterEvent): boolean {
  const counts = (driver: CsiDriver): boolean => driver.spec.storageCapacity === true;
  const uses = volumes.some(
    (volume) => (volume['csi'] as { driver?: string } | undefined)?.driver === object.metadata.name,
  );
  return uses && counts(old as CsiDriver) && !counts(object as CsiDriver);
}

function unusable(pod: Pod, { name, isEphemeral }: PodClaim, view: View): string | undefined {
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
