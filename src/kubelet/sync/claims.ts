/** Claims among a Pod's volumes: what they stand for, and what has to be at the node for them. */

import type { Pod } from '../../api/pod/pod.ts';
import { claimedBy, type PodClaim } from '../../api/pod/podclaims.ts';
import { attachableOf } from '../../api/volume/attachable.ts';
import { type CsiDriver, csiOf } from '../../api/volume/csi.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { mountedNames } from './references.ts';

/** A volume of a Pod that somebody else has to bring. */
export interface Brought {
  /** Of `spec.volumes`. */
  readonly volume: string;
  readonly uniqueName: string;
}

export interface Claimed {
  readonly brought: readonly Brought[];
  /** Volumes whose claims are no good, and why, in the kubelet's words. */
  readonly unprocessed: readonly { readonly volume: string; readonly problem: string }[];
}

/** Those that some container mounts; others are not set up. */
export function mountedClaims(pod: Pod): readonly PodClaim[] {
  const claims = claimedBy(pod);
  if (claims.length === 0) return claims;
  const mounted = mountedNames(pod.spec);
  return claims.filter(({ volume }) => mounted.has(volume));
}

/** Asks for each claim and its volume; undefined if there are none. */
export function* readClaims(pod: Pod): Requests<Claimed | undefined> {
  const claims = mountedClaims(pod);
  if (claims.length === 0) return undefined;
  const brought: Brought[] = [];
  const unprocessed: { readonly volume: string; readonly problem: string }[] = [];
  const { namespace } = pod.metadata;
  for (const { volume, name } of claims) {
    const found = yield* volumeOf(name, namespace!);
    if (typeof found === 'string') {
      const problem = `error processing PVC ${namespace}/${name}: ${found}`;
      unprocessed.push({ volume, problem });
      continue;
    }
    const driver = yield* driverOf(found);
    const attachable = attachableOf(found, () => driver);
    if (attachable !== undefined) brought.push({ volume, uniqueName: attachable.uniqueName });
  }
  return { brought, unprocessed };
}

/** The volume of a claim, or what is wrong. */
function* volumeOf(name: string, namespace: string): Requests<PersistentVolume | string> {
  const kind = 'PersistentVolumeClaim';
  const claim = yield* call<PersistentVolumeClaim>({ verb: 'get', kind, namespace, name });
  if (!claim.ok) return `failed to fetch PVC from API server: ${claim.status.message}`;
  const { volumeName } = claim.object.spec;
  if (claim.object.status.phase !== 'Bound' || !volumeName) return 'PVC is not bound';
  const volume = yield* call<PersistentVolume>({
    verb: 'get',
    kind: 'PersistentVolume',
    name: volumeName,
  });
  if (!volume.ok)
    return `failed to fetch PV ${volumeName} from API server: ${volume.status.message}`;
  return volume.object;
}

function* driverOf(volume: PersistentVolume): Requests<CsiDriver | undefined> {
  const csi = csiOf(volume);
  if (csi === undefined) return undefined;
  const found = yield* call<CsiDriver>({ verb: 'get', kind: 'CSIDriver', name: csi.driver });
  return found.ok ? found.object : undefined;
}
