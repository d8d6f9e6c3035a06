/** The deadline of a Pod that may run for so long only (kubelet-04). */
import { parseTimestamp } from '../../api/time.ts';
import type { PodContext } from './podcontext.ts';

export const deadlineExceeded = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

/** Whether it is over. Where it is to come, a timer `deadline` is set for it. */
export function isPastDeadline({ pod, status, env, uid }: PodContext): boolean {
  const { activeDeadlineSeconds } = pod.spec;
  const startTime = status.startTime ?? pod.status.startTime;
  if (activeDeadlineSeconds === undefined || startTime === undefined) return false;
  const deadline = parseTimestamp(startTime) + activeDeadlineSeconds * 1000;
  if (env.now >= deadline) return true;
  env.timer(`deadline ${uid}`, deadline);
  return false;
}
