/** Static and mirror Pods, and those that a kubelet may evict others for (kubelet-05). */
import type { Pod } from '../../api/pod/pod.ts';

export const configSource = 'kubernetes.io/config.source';
export const configMirror = 'kubernetes.io/config.mirror';
export const configHash = 'kubernetes.io/config.hash';

/** system-cluster-critical and above. */
const criticalPriority = 2_000_000_000;

type Part = Pick<Pod, 'metadata' | 'spec'>;

/** It comes of a file or a URL, and not of the API server. */
export function isStaticPod({ metadata }: Pick<Pod, 'metadata'>): boolean {
  const source = metadata.annotations?.[configSource];
  return source !== undefined && source !== 'api';
}

export const isMirrorPod = ({ metadata }: Pick<Pod, 'metadata'>): boolean =>
  metadata.annotations?.[configMirror] !== undefined;

export const isCriticalPriority = (priority: number | undefined): boolean =>
  (priority ?? 0) >= criticalPriority;

export const isCriticalPod = (pod: Part): boolean =>
  isStaticPod(pod) || isMirrorPod(pod) || isCriticalPriority(pod.spec?.priority);

/** Whether a kubelet may evict the second for the first. */
export function isPreemptable(preemptor: Part, pod: Part): boolean {
  if (isCriticalPod(preemptor) && !isCriticalPod(pod)) return true;
  const [ours, theirs] = [preemptor.spec?.priority, pod.spec?.priority];
  return ours !== undefined && theirs !== undefined && ours > theirs;
}
