/** Ordinals: which Pod of a set a name means, and which of them are wanted (ctl-03 §B.3). */
import type { Pod } from '../../api/pod/pod.ts';
import type { StatefulSet } from '../../api/statefulset.ts';

export const podName = ({ metadata }: StatefulSet, ordinal: number): string =>
  `${metadata.name}-${ordinal}`;

/** The number at the end of a name that begins with the set's; undefined: it is no member. */
export function ordinalOf({ metadata }: StatefulSet, pod: Pod): number | undefined {
  const [, parent, digits] = /^(.*)-([0-9]+)$/.exec(pod.metadata.name) ?? [];
  if (parent !== metadata.name) return undefined;
  const ordinal = Number(digits);
  return ordinal <= 2_147_483_647 ? ordinal : undefined;
}

export const startOf = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;

export function isInRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOf(set);
  return ordinal >= start && ordinal < start + set.spec.replicas;
}

/** One wanted ordinal, and the Pod that is there. */
export interface Slot {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

export interface Arranged {
  /** In ascending order. */
  readonly replicas: readonly Slot[];
  /** Pods outside the range, highest ordinal first. */
  readonly condemned: readonly Pod[];
}

export function arrange(set: StatefulSet, pods: readonly Pod[]): Arranged {
  const byOrdinal = new Map<number, Pod>();
  const condemned: { readonly ordinal: number; readonly pod: Pod }[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) continue;
    if (isInRange(set, ordinal)) byOrdinal.set(ordinal, pod);
    else condemned.push({ ordinal, pod });
  }
  const start = startOf(set);
  const replicas = Array.from({ length: set.spec.replicas }, (_, i) => ({
    ordinal: start + i,
    pod: byOrdinal.get(start + i),
  }));
  condemned.sort((a, b) => b.ordinal - a.ordinal);
  return { replicas, condemned: condemned.map(({ pod }) => pod) };
}
