/** Whether a Pod needs a new sandbox, and which attempt that would be (kubelet-01). */
import type { PodSpec } from '../../api/pod/podspec.ts';
import type { SandboxRecord } from '../runtime/cri.ts';

export interface SandboxNeed {
  readonly isNeeded: boolean;
  readonly attempt: number;
}

/** Newest sandbox first. */
export function sandboxNeed(
  { hostNetwork }: PodSpec,
  sandboxes: readonly SandboxRecord[],
): SandboxNeed {
  const [newest] = sandboxes;
  if (newest === undefined) return { isNeeded: true, attempt: 0 };
  const ready = sandboxes.filter(({ state }) => state === 'Ready').length;
  const hasAddress = hostNetwork === true || newest.ip !== '';
  if (ready > 1 || newest.state !== 'Ready' || !hasAddress) {
    return { isNeeded: true, attempt: newest.attempt + 1 };
  }
  return { isNeeded: false, attempt: newest.attempt };
}
