/** The claims among a Pod's volumes: those that it names, and those that are made for it alone. */
import { makeKey } from '../meta.ts';
import type { Pod } from './pod.ts';

export interface PodClaim {
  /** Of `spec.volumes`. */
  readonly volume: string;
  /** Of the PersistentVolumeClaim. */
  readonly name: string;
  /** Made for the Pod, by a template among its volumes. */
  readonly isEphemeral: boolean;
}

const none: readonly PodClaim[] = [];

export function claimedBy({ metadata, spec: { volumes } }: Pod): readonly PodClaim[] {
  if (volumes === undefined) return none;
  return volumes.flatMap((volume): readonly PodClaim[] => {
    const source = volume['persistentVolumeClaim'] as { readonly claimName?: string } | undefined;
    const name = source?.claimName;
    if (name) return [{ volume: volume.name, name, isEphemeral: false }];
    if (!volume['ephemeral']) return none;
    return [{ volume: volume.name, name: `${metadata.name}-${volume.name}`, isEphemeral: true }];
  });
}

const noKeys: readonly string[] = [];

export const claimKeysOf = (pod: Pod): readonly string[] =>
  pod.spec.volumes === undefined
    ? noKeys
    : claimedBy(pod).map(({ name }) => makeKey(pod.metadata.namespace, name));
