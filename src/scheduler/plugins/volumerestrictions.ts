/**
 * VolumeRestrictions: disks that only one Pod of a node may have, and claims that only one Pod of the
 * cluster may have (sched-06).
 */
import { makeKey } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { claimedBy } from '../../api/pod/podclaims.ts';
import type { View } from '../../store/view.ts';
import { type Cycle, type Plugin, type PluginState, type Unfit, unfit } from '../framework.ts';
import { claimOf, namedKeys } from './volumes.ts';

const noDisk = unfit('node(s) had no available disk');
const inUse = unfit(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);

/** How many claims that only one Pod may have are in use by others. */
class Exclusive implements PluginState {
  readonly claims: ReadonlySet<string>;
  uses: number;

  constructor(claims: ReadonlySet<string>, uses: number) {
    this.claims = claims;
    this.uses = uses;
  }

  copy(): PluginState {
    return new Exclusive(this.claims, this.uses);
  }

  change(pod: Pod, by: 1 | -1): void {
    for (const key of namedKeys(pod)) if (this.claims.has(key)) this.uses += by;
  }
}

const name = 'VolumeRestrictions';

const stateOf = ({ state }: Cycle): Exclusive | undefined =>
  state.get(name) as Exclusive | undefined;

export const volumeRestrictions: Plugin = {
  name,
  preFilter(cycle) {
    const { pod, cache, view } = cycle;
    if (pod.spec.volumes === undefined) return false;
    const claims = exclusiveClaims(pod, view);
    if ('reasons' in claims) return claims;
    let uses = 0;
    for (const key of claims) {
      const perNode = cache.countOf({
        id: `${name} ${key}`,
        counts: (other) => namedKeys(other).includes(key),
      });
      // In use is in use, by however many.
      if ([...perNode.values()].some((count) => count > 0)) uses += 1;
    }
    if (uses === 0 && disksOf(pod).length === 0) return false;
    cycle.state.set(name, new Exclusive(claims, uses));
    return true;
  },
  filter(cycle, { pods }) {
    const disks = disksOf(cycle.pod);
    if (disks.length > 0) {
      for (const other of pods.values()) if (conflict(disks, disksOf(other))) return noDisk;
    }
    return (stateOf(cycle)?.uses ?? 0) > 0 ? inUse : undefined;
  },
  addPod(cycle, pod) {
    stateOf(cycle)?.change(pod, 1);
    return undefined;
  },
  removePod(cycle, pod) {
    stateOf(cycle)?.change(pod, -1);
    return undefined;
  },
  hints: [
    { on: ['Node/Add'] },
    {
      on: ['PersistentVolumeClaim/Add'],
      helps: (pod, { object: { metadata } }) =>
        namedKeys(pod).includes(makeKey(metadata.namespace, metadata.name)),
    },
    {
      on: ['Pod/Delete'],
      helps: (pod, { object }) =>
        object.metadata.namespace === pod.metadata.namespace &&
        (conflict(disksOf(pod), disksOf(object as Pod)) ||
          namedKeys(object as Pod).some((key) => namedKeys(pod).includes(key))),
    },
  ],
};

/** Those that only one Pod may have; or that one of those that it names is missing. */
function exclusiveClaims(pod: Pod, view: View): ReadonlySet<string> | Unfit {
  const keys = new Set<string>();
  for (const { name, isEphemeral } of claimedBy(pod)) {
    if (isEphemeral) continue;
    const { namespace } = pod.metadata;
    const claim = claimOf(view, namespace, name);
    if (claim === undefined) return unfit(`persistentvolumeclaim "${name}" not found`, true);
    if (claim.spec.accessModes?.includes('ReadWriteOncePod')) keys.add(makeKey(namespace, name));
  }
  return keys;
}

interface Disk {
  readonly ids: readonly string[];
  /** Several may read it at the same time. */
  readonly shared: boolean;
}

type Source = Readonly<Record<string, unknown>>;

function disksOf({ spec: { volumes } }: Pod): readonly Disk[] {
  if (volumes === undefined) return noDisks;
  return volumes.flatMap((volume): readonly Disk[] => {
    const source = (kind: string) => volume[kind] as Source | undefined;
    const gce = source('gcePersistentDisk');
    if (gce) return [{ ids: [`gce ${gce['pdName']}`], shared: gce['readOnly'] === true }];
    const ebs = source('awsElasticBlockStore');
    if (ebs) return [{ ids: [`ebs ${ebs['volumeID']}`], shared: false }];
    const iscsi = source('iscsi');
    if (iscsi) return [{ ids: [`iscsi ${iscsi['iqn']}`], shared: iscsi['readOnly'] === true }];
    const rbd = source('rbd');
    if (!rbd) return [];
    const { pool = 'rbd', image } = rbd;
    const monitors = (rbd['monitors'] as readonly string[] | undefined) ?? [];
    const ids = monitors.map((monitor) => `rbd ${monitor} ${pool} ${image}`);
    return [{ ids, shared: rbd['readOnly'] === true }];
  });
}

const noDisks: readonly Disk[] = [];

const conflict = (some: readonly Disk[], others: readonly Disk[]): boolean =>
  some.some((one) =>
    others.some(
      (other) => !(one.shared && other.shared) && one.ids.some((id) => other.ids.includes(id)),
    ),
  );
