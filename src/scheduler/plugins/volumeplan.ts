/**
 * What would become of a Pod's claims on a node: those that are bound must be reachable there, those
 * that wait for their first consumer get a volume or someone who makes one (sched-06).
 */

import type { KubeObject, Labels } from '../../api/meta.ts';
import { keyOf } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { LabelSelector } from '../../api/pod/podspec.ts';
import { compareQuantities, parseQuantity, type Quantity } from '../../api/quantity.ts';
import { selectorOf } from '../../api/selectors/selectors.ts';
import type { CsiDriver } from '../../api/volume/csi.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import { noProvisioner, type StorageClass } from '../../api/volume/storageclass.ts';
import { selectedNode } from '../../api/volume/volumeannotations.ts';
import { matchingVolume, requestOf } from '../../api/volume/volumematching.ts';
import type { View } from '../../store/view.ts';
import { matchesTerm } from './nodeselectorterm.ts';
import { classOf, volumeOf } from './volumes.ts';

export interface Claims {
  readonly bound: readonly PersistentVolumeClaim[];
  readonly delayed: readonly PersistentVolumeClaim[];
}

export interface VolumePlan {
  readonly bindings: readonly {
    readonly claim: PersistentVolumeClaim;
    readonly volume: PersistentVolume;
  }[];
  readonly provisions: readonly PersistentVolumeClaim[];
  readonly reasons: readonly string[];
  readonly unresolvable: boolean;
}

const missing = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
const unreachable = "node(s) didn't match PersistentVolume's node affinity";
const unmatched = "node(s) didn't find available persistent volumes to bind";
const tooFull = 'node(s) did not have enough free storage';

/** Static bindings first, the smallest claim first; what finds no volume is to be made there. */
export function planVolumes(
  { bound, delayed }: Claims,
  node: Node,
  { view, taken }: { readonly view: View; readonly taken: ReadonlyMap<string, string> },
): VolumePlan {
  const reasons: string[] = [];
  const why = unreachableOf(bound, node, view);
  if (why === unreachable) reasons.push(why);
  const chosen = ({ metadata }: PersistentVolumeClaim) => metadata.annotations?.[selectedNode];
  if (delayed.some((claim) => (chosen(claim) ?? node.metadata.name) !== node.metadata.name)) {
    reasons.push(unmatched);
    return { ...nothing, reasons: why === missing ? [...reasons, why] : reasons };
  }
  const bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  const provisions = delayed.filter((claim) => chosen(claim) !== undefined);
  const used = new Set<string>();
  const bySize = delayed
    .filter((claim) => chosen(claim) === undefined)
    .sort((a, b) => compareQuantities(requestOf(a), requestOf(b)));
  for (const claim of bySize) {
    const isFree = ({ metadata: { name } }: PersistentVolume): boolean =>
      !used.has(name) && (taken.get(name) ?? keyOf(claim)) === keyOf(claim);
    const volume = matchingVolume(claim, {
      volumes: view.list<PersistentVolume>('PersistentVolume').filter(isFree),
      reachable: (one) => reaches(one, node),
    });
    if (volume === undefined) provisions.push(claim);
    else {
      used.add(volume.metadata.name);
      bindings.push({ claim, volume });
    }
  }
  // The first that cannot be made is all that is told.
  for (const claim of provisions) {
    const obstacle = unprovisionable(claim, node, view);
    if (obstacle === undefined) continue;
    reasons.push(obstacle);
    break;
  }
  if (why === missing) reasons.push(why);
  return { bindings, provisions, reasons, unresolvable: true };
}

const nothing = { bindings: [], provisions: [], unresolvable: true };

/** What is wrong with the first bound claim with which something is. */
function unreachableOf(
  bound: readonly PersistentVolumeClaim[],
  node: Node,
  view: View,
): string | undefined {
  for (const claim of bound) {
    const volume = volumeOf(view, claim);
    if (volume === undefined) return missing;
    if (!reaches(volume, node)) return unreachable;
  }
  return undefined;
}

function reaches({ spec: { nodeAffinity } }: PersistentVolume, node: Node): boolean {
  const required = nodeAffinity?.required;
  return (
    required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
  );
}

/** Why nobody would make a volume for the claim there. */
function unprovisionable(claim: PersistentVolumeClaim, node: Node, view: View): string | undefined {
  const storageClass = classOf(view, claim);
  if (storageClass === undefined || storageClass.provisioner === noProvisioner) return unmatched;
  const { allowedTopologies = [] } = storageClass;
  const labels = node.metadata.labels ?? {};
  const isAllowed =
    allowedTopologies.length === 0 ||
    allowedTopologies.some(
      ({ matchLabelExpressions: all = [] }) =>
        all.length > 0 &&
        all.every(({ key, values }) => labels[key] !== undefined && values.includes(labels[key])),
    );
  if (!isAllowed) return unmatched;
  return hasRoom(claim, storageClass, { labels, view }) ? undefined : tooFull;
}

export interface StorageCapacity extends KubeObject {
  readonly storageClassName: string;
  readonly nodeTopology?: LabelSelector;
  readonly capacity?: string;
  readonly maximumVolumeSize?: string;
}

/** The size of the largest volume that there is room for, as far as is known. */
export const sizeMaxOf = ({ maximumVolumeSize, capacity }: StorageCapacity): Quantity | undefined =>
  parseQuantity(maximumVolumeSize ?? capacity ?? '');

/** A driver that says how much room there is must have said that there is enough. */
function hasRoom(
  claim: PersistentVolumeClaim,
  { metadata, provisioner }: StorageClass,
  { labels, view }: { readonly labels: Labels; readonly view: View },
): boolean {
  const driver = view.get<CsiDriver>('CSIDriver', provisioner);
  if (driver?.spec.storageCapacity !== true) return true;
  const request = requestOf(claim);
  return view.list<StorageCapacity>('CSIStorageCapacity').some((one) => {
    if (one.storageClassName !== metadata.name) return false;
    if (!selectorOf(one.nodeTopology)(labels)) return false;
    const amount = sizeMaxOf(one);
    return amount !== undefined && compareQuantities(amount, request) >= 0;
  });
}
