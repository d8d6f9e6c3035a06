/**
 * Pods that no Job will count any more: those whose Job is gone or has ended, and those that have no
 * owner. Their finalizer is removed, or they could never go (ctl-04 §A.2).
 */
import type { Job } from '../../api/job/job.ts';
import { isJobFinished } from '../../api/job/jobstatus.ts';
import { controllerOf, type Key, keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Requests } from '../../sim/component.ts';
import type { ControllerContext, Outcome } from '../../sim/controller.ts';
import type { View } from '../../store/view.ts';
import { resolveController } from '../resolve.ts';
import { removeFinalizer } from './podcontrol.ts';
import { isManagedElsewhere } from './pods.ts';

const prefix = 'orphan|';

export const orphanKey = (pod: Pod): Key => `${prefix}${keyOf(pod)}`;

export const isOrphanKey = (key: Key): boolean => key.startsWith(prefix);

export function* syncOrphan(key: Key, context: ControllerContext): Requests<Outcome> {
  const pod = context.view.get<Pod>('Pod', key.slice(prefix.length));
  if (pod === undefined || !isOrphan(pod, context.view)) return undefined;
  const refused = yield* removeFinalizer(undefined, pod, context);
  if (refused === undefined || refused.reason === 'NotFound') return undefined;
  return { error: refused.message };
}

function isOrphan(pod: Pod, view: View): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined) return true;
  if (owner.kind !== 'Job' || owner.apiVersion !== 'batch/v1') return false;
  const job = resolveController<Job>(view, 'Job', pod);
  return job === undefined || (!isManagedElsewhere(job) && isJobFinished(job));
}
