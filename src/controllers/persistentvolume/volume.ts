/** What the binder does about a volume (ctl-08 §D): who has it, and what becomes of it afterwards. */
import { makeKey } from '../../api/meta.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import { hasAnnotation, provisionedBy } from '../../api/volume/volumeannotations.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { unbind } from './bind.ts';
import { reclaim } from './reclaim.ts';
import { writePhase } from './write.ts';

/** Returns an error. */
export function* syncVolume(
  volume: PersistentVolume,
  context: ControllerContext,
): Requests<string | undefined> {
  // A volume that is kept for a claim is free until the claim comes.
  if (!volume.spec.claimRef?.uid) return yield* phase(volume, 'Available', context);
  const found = yield* claimantOf(volume, context);
  if ('error' in found) return found.error;
  const { claim } = found;
  if (claim === undefined) return yield* release(volume, context);
  const { volumeName } = claim.spec;
  if (!volumeName) {
    if ((claim.spec.volumeMode ?? filesystem) !== (volume.spec.volumeMode ?? filesystem)) {
      return tellMismatch(volume, claim, context);
    }
    const { namespace, name } = claim.metadata;
    context.queue.add(makeKey(namespace, name));
    return undefined;
  }
  if (volumeName === volume.metadata.name) return yield* phase(volume, 'Bound', context);
  const unneeded =
    hasAnnotation(volume, provisionedBy) && volume.spec.persistentVolumeReclaimPolicy === 'Delete';
  return unneeded ? yield* release(volume, context) : yield* unbind(volume, context);
}

const filesystem = 'Filesystem';

function tellMismatch(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
  { record }: Pick<ControllerContext, 'record'>,
): undefined {
  const why = 'due to incompatible volumeMode.';
  const [wanted, has] = [claim.metadata.name, volume.metadata.name];
  const toVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${wanted}" ${why}`;
  const toClaim = `Cannot bind PersistentVolume "${has}" to requested PersistentVolumeClaim ${why}`;
  record(volume, 'Warning', 'VolumeMismatch', toVolume);
  record(claim, 'Warning', 'VolumeMismatch', toClaim);
  return undefined;
}

function* phase(
  volume: PersistentVolume,
  wanted: 'Available' | 'Bound',
  context: ControllerContext,
): Requests<string | undefined> {
  const written = yield* writePhase(volume, wanted, undefined, context);
  return 'error' in written ? written.error : undefined;
}

type Claimant = { readonly claim: PersistentVolumeClaim | undefined } | { readonly error: string };

/**
 * The claim that the volume refers to, if it lives. The cache may lag behind the volume's: what it
 * does not show is asked of the API server, because data are at stake (k/k#105131).
 */
function* claimantOf(volume: PersistentVolume, { view }: ControllerContext): Requests<Claimant> {
  const { namespace, name = '', uid } = volume.spec.claimRef!;
  const cached = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', makeKey(namespace, name));
  if (cached?.metadata.uid === uid) return { claim: cached };
  const live = yield* call<PersistentVolumeClaim>({
    verb: 'get',
    kind: 'PersistentVolumeClaim',
    namespace: namespace ?? '',
    name,
  });
  if (live.ok) return { claim: live.object.metadata.uid === uid ? live.object : undefined };
  return live.status.reason === 'NotFound' ? { claim: undefined } : { error: live.status.message };
}

/** A failure stays to be seen; reclaiming is tried again all the same. */
function* release(
  volume: PersistentVolume,
  context: ControllerContext,
): Requests<string | undefined> {
  const released =
    volume.status.phase === 'Failed'
      ? { object: volume }
      : yield* writePhase(volume, 'Released', undefined, context);
  if ('error' in released) return released.error;
  return yield* reclaim(released.object, context);
}
