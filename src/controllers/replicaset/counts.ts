/** What a status tells of Pods, as numbers. */
import type { Labels } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodAvailable, isPodReady } from '../../api/pod/podstatus.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';

export interface PodCounts {
  readonly active: number;
  /** Of those, with all labels of the template; ready; and ready for `minReadySeconds`. */
  readonly labelled: number;
  readonly ready: number;
  readonly available: number;
  /** Being deleted, and not finished yet. */
  readonly terminating: number;
}

/** `pods` are active. */
export function countPods(
  rs: ReplicaSet,
  pods: readonly Pod[],
  terminating: number,
  now: number,
): PodCounts {
  const { minReadySeconds = 0 } = rs.spec;
  const labels = templateLabels(rs);
  let labelled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of pods) {
    if (hasAll(pod.metadata.labels, labels)) labelled += 1;
    if (!isPodReady(pod)) continue;
    ready += 1;
    if (isPodAvailable(pod, minReadySeconds, now)) available += 1;
  }
  return { active: pods.length, labelled, ready, available, terminating };
}

export const templateLabels = ({ spec }: ReplicaSet): Labels =>
  spec.template.metadata?.labels ?? {};

export function hasAll(labels: Labels | undefined, wanted: Labels): boolean {
  if (labels === wanted) return true;
  for (const name in wanted) if (labels?.[name] !== wanted[name]) return false;
  return true;
}
