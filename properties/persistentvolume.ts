/** What volumes and claims promise (properties §7). */

import { type KubeObject, makeKey } from '../src/api/meta.ts';
import type { Node } from '../src/api/node.ts';
import { isNodeReady } from '../src/api/nodestatus.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodTerminal } from '../src/api/pod/podstatus.ts';
import { attachableOf, isShareable } from '../src/api/volume/attachable.ts';
import type { PersistentVolume } from '../src/api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../src/api/volume/persistentvolumeclaim.ts';
import type { VolumeAttachment } from '../src/api/volume/volumeattachment.ts';
import { matchingVolume } from '../src/api/volume/volumematching.ts';
import { volumeElsewhere } from '../src/explain/volumes.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import type { View } from '../src/store/view.ts';
import { type Eventually, type Judged, onWriteOf, type Properties, type World } from './rule.ts';

const claimKind = 'PersistentVolumeClaim';
const volumeKind = 'PersistentVolume';

/** The claim that a volume refers to, if that very claim lives. */
function claimantOf({ spec }: PersistentVolume, view: View): PersistentVolumeClaim | undefined {
  const { namespace, name = '', uid } = spec.claimRef ?? {};
  const claim = view.get<PersistentVolumeClaim>(claimKind, makeKey(namespace, name));
  return uid !== undefined && claim?.metadata.uid === uid ? claim : undefined;
}

const pairs = onWriteOf(
  ['PersistentVolume', 'PersistentVolumeClaim'],
  'V-S1',
  'a bound claim and its volume name each other, and neither is pointed at another',
  (entry, { now }) => {
    if (entry.by === 'user' || entry.after === undefined) return undefined;
    if (entry.kind === claimKind) return claimPair(entry, now);
    if (entry.kind !== volumeKind || entry.before === undefined) return undefined;
    const was = (entry.before as PersistentVolume).spec.claimRef?.uid;
    const is = (entry.after as PersistentVolume).spec.claimRef?.uid;
    const pointed = was !== undefined && is !== undefined && was !== is;
    return pointed ? `${entry.key} was one claim's and is another's` : undefined;
  },
);

function claimPair({ before, after, key }: WriteEntry, now: View): Judged {
  const claim = after as PersistentVolumeClaim;
  const { volumeName } = claim.spec;
  const was = (before as PersistentVolumeClaim | undefined)?.spec.volumeName;
  if (was !== undefined && was !== volumeName) return `${key} had ${was} and has ${volumeName}`;
  const becameBound =
    claim.status.phase === 'Bound' &&
    (before as PersistentVolumeClaim | undefined)?.status.phase !== 'Bound';
  if (!becameBound) return undefined;
  const twin = now
    .by<PersistentVolumeClaim>(claimKind, 'volume', volumeName ?? '')
    .find(
      ({ metadata, status }) => metadata.uid !== claim.metadata.uid && status.phase === 'Bound',
    );
  return twin && `${key} and ${twin.metadata.name} share ${volumeName}`;
}

const noDataLost = onWriteOf(
  ['PersistentVolume', 'PersistentVolumeClaim'],
  'V-S2',
  'reclaims a volume only when its claim is gone, and lets no claim go that a Pod uses',
  (entry, world) => {
    if (entry.by === 'user') return undefined;
    if (entry.kind === volumeKind) return reclaimed(entry, world.now);
    return entry.kind === claimKind ? letGo(entry, world) : undefined;
  },
);

function reclaimed({ verb, before, after, key }: WriteEntry, now: View): Judged {
  if (before === undefined) return undefined;
  const volume = before as PersistentVolume;
  const claim = claimantOf(volume, now);
  const isDeleted = verb === 'delete' && isFirstMark(before, after);
  const isFreed =
    (after as PersistentVolume | undefined)?.spec.claimRef === undefined && after !== undefined;
  if (claim !== undefined && claim.spec.volumeName === volume.metadata.name) {
    if (isDeleted) return `${key} is deleted, and its claim ${claim.metadata.name} lives`;
    if (isFreed) return `${key} is freed, and its claim ${claim.metadata.name} lives`;
  }
  if (!isDeleted) return undefined;
  const { persistentVolumeReclaimPolicy: policy } = volume.spec;
  const { phase = '' } = volume.status;
  if (claim !== undefined && !claim.spec.volumeName) {
    return `${key} is deleted, and is kept for ${claim.metadata.name}`;
  }
  if (policy !== 'Delete') return `${key} is deleted, and is to be kept: ${policy}`;
  return phase === 'Released' || phase === 'Failed'
    ? undefined
    : `${key} is deleted while ${phase}`;
}

const isFirstMark = (before: KubeObject, after: KubeObject | undefined): boolean =>
  before.metadata.deletionTimestamp === undefined &&
  (after === undefined || after.metadata.deletionTimestamp !== undefined);

/** Pods that used it when the pass began: what is given to a node later finds it going. */
function letGo({ by, before, after, key }: WriteEntry, { acting, simulation, now }: World): Judged {
  if (by !== 'pvc-protection-controller' || before === undefined || acting === undefined) {
    return undefined;
  }
  const left = after?.metadata.finalizers?.length ?? 0;
  if (left >= (before.metadata.finalizers?.length ?? 0)) return undefined;
  const users = (view: View) =>
    view.by<Pod>('Pod', 'persistentVolumeClaim', key).filter(usesClaims);
  const still = new Set(users(now).map(({ metadata }) => metadata.uid));
  const user = users(simulation.store.view(acting.began)).find(({ metadata }) =>
    still.has(metadata.uid),
  );
  return user && `${key} is let go while ${user.metadata.name} uses it`;
}

/** Also once it has ended; but claims that were made for it need not wait until it is gone. */
const usesClaims = ({ spec, metadata }: Pod): boolean =>
  Boolean(spec.nodeName) && metadata.deletionGracePeriodSeconds !== 0;

const exclusive = onWriteOf(
  ['VolumeAttachment'],
  'V-S3',
  'a volume that may be at one node only is brought to no other before it has left',
  ({ before, after, key }, { now }) => {
    if (before !== undefined) return undefined;
    const { spec } = after as VolumeAttachment;
    const name = spec.source.persistentVolumeName ?? '';
    const volume = now.get<PersistentVolume>(volumeKind, name);
    if (volume === undefined || isShareable(volume)) return undefined;
    const other = now
      .by<VolumeAttachment>('VolumeAttachment', 'volume', name)
      .find(({ metadata }) => metadata.name !== key);
    return other && `${name} goes to ${spec.nodeName} and is at ${other.spec.nodeName}`;
  },
);

const mounted = onWriteOf(
  ['VolumeAttachment'],
  'V-S4',
  'a volume is not taken from a node that is well and has it in use',
  ({ verb, by, before, key }, { acting, simulation, now }) => {
    if (verb !== 'delete' || acting === undefined) return undefined;
    const { metadata, spec } = before as VolumeAttachment;
    if (by !== 'attachdetach-controller' || metadata.deletionTimestamp !== undefined) {
      return undefined;
    }
    const seen = simulation.store.view(acting.began);
    const volume = now.get<PersistentVolume>(volumeKind, spec.source.persistentVolumeName ?? '');
    const name = volume && attachableOf(volume, () => undefined)?.uniqueName;
    const isUsed = (view: View) => {
      const node = view.get<Node>('Node', spec.nodeName);
      return (
        node !== undefined &&
        isNodeReady(node) &&
        (node.status.volumesInUse ?? []).includes(name ?? '')
      );
    };
    return isUsed(seen) && isUsed(now) ? `${key} is taken from ${spec.nodeName}` : undefined;
  },
);

const leftAlone: Eventually = {
  id: 'V-L2',
  claim: 'at rest volumes are at the nodes whose Pods run with them, and at no other',
  holds({ now }) {
    for (const { metadata, spec } of now.list<VolumeAttachment>('VolumeAttachment')) {
      const node = now.get<Node>('Node', spec.nodeName);
      if (node !== undefined && !isNodeReady(node)) continue;
      const volume = now.get<PersistentVolume>(volumeKind, spec.source.persistentVolumeName ?? '');
      const { namespace, name = '' } = volume?.spec.claimRef ?? {};
      const users = now.by<Pod>('Pod', 'persistentVolumeClaim', makeKey(namespace, name));
      const isUsed = users.some(
        (pod) => !isPodTerminal(pod) && pod.spec.nodeName === spec.nodeName,
      );
      if (!isUsed) return `${metadata.name} is left at ${spec.nodeName}`;
    }
    return undefined;
  },
};

const settled: Eventually = {
  id: 'V-L1',
  claim: 'at rest a claim has a volume if one fits, and both say so',
  holds({ now }) {
    for (const claim of now.list<PersistentVolumeClaim>(claimKind)) {
      if (claim.metadata.deletionTimestamp !== undefined) continue;
      const wrong = unsettled(claim, now);
      if (wrong !== undefined) return `${claim.metadata.name}: ${wrong}`;
    }
    return undefined;
  },
};

function unsettled(claim: PersistentVolumeClaim, now: View): Judged {
  const { phase } = claim.status;
  if (phase === 'Lost') return undefined;
  if (phase !== 'Bound') {
    const volumes = now.list<PersistentVolume>(volumeKind);
    const free = claim.spec.volumeName ? undefined : matchingVolume(claim, { volumes });
    return free && `is pending, and ${free.metadata.name} is free`;
  }
  const volume = now.get<PersistentVolume>(volumeKind, claim.spec.volumeName ?? '');
  if (volume === undefined) return `is bound, and ${claim.spec.volumeName} is gone`;
  if (volume.spec.claimRef?.uid !== claim.metadata.uid) {
    return `is bound to ${volume.metadata.name}, which is another's`;
  }
  return volume.status.phase === 'Bound' ? undefined : `its volume says ${volume.status.phase}`;
}

export const persistentVolume: Properties = {
  always: [pairs, noDataLost, exclusive, mounted],
  eventually: [settled, leftAlone],
  sometimes: [
    {
      id: 'V-W4',
      claim: 'a Pod waits for a volume that another node has',
      seen: (entry, { now }) => {
        if (entry.type !== 'write' || entry.kind !== 'Pod' || entry.after === undefined)
          return false;
        return volumeElsewhere(entry.after as Pod, now) !== undefined;
      },
    },
    {
      id: 'V-W1',
      claim: 'a claim gets its volume',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.kind === claimKind &&
        (entry.after as PersistentVolumeClaim | undefined)?.status.phase === 'Bound',
    },
    {
      id: 'V-W2',
      claim: 'a volume is deleted, for its claim is gone',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.kind === volumeKind &&
        entry.verb === 'delete' &&
        entry.by !== 'user',
    },
    {
      id: 'V-W3',
      claim: 'a claim is deleted and stays, for a Pod uses it',
      seen: (entry, { now }) =>
        entry.type === 'write' &&
        entry.kind === claimKind &&
        entry.verb === 'delete' &&
        now.by<Pod>('Pod', 'persistentVolumeClaim', entry.key).some(usesClaims),
    },
  ],
};
