/** NodeVolumeLimits: a driver attaches only so many volumes to a node (sched-06). */

import type { KubeObject } from '../../api/meta.ts';
import { keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { claimedBy } from '../../api/pod/podclaims.ts';
import { type CsiDriver, csiOf } from '../../api/volume/csi.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { View } from '../../store/view.ts';
import { type Plugin, unfit } from '../framework.ts';
import { isPlaced } from './nodeports.ts';
import { type CsiNode, claimsOf, classOf, isOwnClaim, usesClaims, volumeOf } from './volumes.ts';

const tooMany = unfit('node(s) exceed max volume count');

interface Attachment extends KubeObject {
  readonly spec: {
    readonly nodeName: string;
    readonly attacher: string;
    readonly source: { readonly persistentVolumeName?: string };
  };
}

export const nodeVolumeLimits: Plugin = {
  name: 'NodeVolumeLimits',
  preFilter: ({ pod }) => usesClaims(pod),
  filter({ pod, view }, { name, pods }) {
    const wanted = volumesOf(pod, view);
    if (wanted.size === 0) return undefined;
    const csiNode = view.get<CsiNode>('CSINode', name);
    const missing = missingDriver(wanted, csiNode, view);
    if (missing !== undefined) return unfit(`${missing} CSI driver is not installed on the node`);
    const limits = limitsOf(csiNode);
    if (limits.size === 0) return undefined;
    const attached = new Map<string, string>();
    for (const other of pods.values()) {
      if (usesClaims(other)) for (const one of volumesOf(other, view)) attached.set(...one);
    }
    const added = [...wanted].filter(([id]) => !attached.has(id)).map(([, driver]) => driver);
    // One that no Pod here uses counts, and counts again if it is what this Pod wants.
    for (const one of attachedTo(name, view)) attached.set(...one);
    for (const [driver, limit] of limits) {
      const count = (some: Iterable<string>) => [...some].filter((one) => one === driver).length;
      if (count(added) > 0 && count(attached.values()) + count(added) > limit) return tooMany;
    }
    return undefined;
  },
  hints: [
    { on: ['CSINode/Add'] },
    {
      on: ['VolumeAttachment/Delete'],
      helps: (pod) => claimedBy(pod).some(({ isEphemeral }) => !isEphemeral),
    },
    { on: ['PersistentVolumeClaim/Add'], helps: isOwnClaim },
    {
      on: ['Pod/Delete'],
      helps: (_pod, { object }) => isPlaced(object as Pod) && usesClaims(object as Pod),
    },
    {
      on: ['CSINode/Update'],
      helps(_pod, { old, object }) {
        const [before, after] = [limitsOf(old as CsiNode), limitsOf(object as CsiNode)];
        return [...after].some(([driver, limit]) => limit > (before.get(driver) ?? 0));
      },
    },
  ],
};

function limitsOf(csiNode: CsiNode | undefined): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of csiNode?.spec.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  }
  return limits;
}

/** The driver of each volume that a Pod needs to have attached; of one that is not made yet, too. */
function volumesOf(pod: Pod, view: View): Map<string, string> {
  const found = new Map<string, string>();
  for (const claim of claimsOf(view, pod)) {
    const volume = volumeOf(view, claim);
    const csi = volume && csiOf(volume);
    if (csi !== undefined) found.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
    else if (volume === undefined) {
      const provisioner = classOf(view, claim)?.provisioner;
      if (provisioner !== undefined) found.set(`${provisioner}/${keyOf(claim)}`, provisioner);
    }
  }
  return found;
}

function attachedTo(node: string, view: View): Map<string, string> {
  const found = new Map<string, string>();
  for (const { spec } of view.list<Attachment>('VolumeAttachment')) {
    const { nodeName, attacher, source } = spec;
    const name = nodeName === node ? source.persistentVolumeName : undefined;
    const volume = name && view.get<PersistentVolume>('PersistentVolume', name);
    const csi = volume ? csiOf(volume) : undefined;
    if (csi !== undefined) found.set(`${attacher}/${csi.volumeHandle}`, attacher);
  }
  return found;
}

/** A driver that wants Pods to go only where it is. */
function missingDriver(
  wanted: ReadonlyMap<string, string>,
  csiNode: CsiNode | undefined,
  view: View,
): string | undefined {
  const installed = csiNode?.spec.drivers ?? [];
  return [...new Set(wanted.values())].find(
    (driver) =>
      view.get<CsiDriver>('CSIDriver', driver)?.spec.preventPodSchedulingIfMissing === true &&
      !installed.some(({ name }) => name === driver),
  );
}
