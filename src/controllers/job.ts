/** Job controller (ctl-04 §A): runs Pods until enough of them have succeeded, or too many failed. */
import type { Job } from '../api/job/job.ts';
import { isJobFinished } from '../api/job/jobstatus.ts';
import { controllerOf, keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { WatchEvent } from '../sim/component.ts';
import type { Controller, ControllerContext } from '../sim/controller.ts';
import { deadlineIn } from './job/conditions.ts';
import { batchPeriodMs } from './job/manage.ts';
import { JobMemory } from './job/memory.ts';
import { isOrphanKey, orphanKey, syncOrphan } from './job/orphan.ts';
import { isTracked } from './job/pods.ts';
import { syncJob } from './job/sync.ts';
import { matchingKeys, resolveController } from './resolve.ts';

export function jobController(): Controller {
  const memory = new JobMemory();
  return {
    name: 'job-controller',
    watches: ['Job', 'Pod'],
    backoff: { baseMs: 1_000, maxMs: 60_000 },
    keysFor(event, context) {
      if (event.kind === 'Job') jobChanged(event as WatchEvent<Job>, context, memory);
      else podChanged(event as WatchEvent<Pod>, context, memory);
    },
    reconcile: (key, context) =>
      isOrphanKey(key) ? syncOrphan(key, context) : syncJob(key, context, memory),
    memory: () => memory.state(),
  };
}

function jobChanged(event: WatchEvent<Job>, context: ControllerContext, memory: JobMemory): void {
  const { key, old, object: job, type } = event;
  const { queue, now } = context;
  const replaced = old !== undefined && old.metadata.uid !== job.metadata.uid;
  if (type === 'DELETED' || replaced) {
    context.expectations.forget(key);
    context.consistency.forget(key);
    memory.forget(key);
    abandon(replaced ? old : job, context);
  }
  const sameSpec = type === 'MODIFIED' && old?.metadata.generation === job.metadata.generation;
  if (sameSpec && !replaced) queue.addAfter(key, batchPeriodMs);
  else queue.add(key);
  if (type !== 'MODIFIED') return;
  if (isJobFinished(job)) abandon(job, context);
  const deadline = job.spec.activeDeadlineSeconds;
  if (job.status.startTime === undefined || deadline === old?.spec.activeDeadlineSeconds) return;
  const leftMs = deadlineIn(job, now);
  if (leftMs !== undefined) queue.addAfter(key, leftMs);
}

/** The Job will count no more Pods: those that wait for it are let go. */
function abandon(job: Job, { view, queue }: ControllerContext): void {
  for (const pod of view.by<Pod>('Pod', 'controller', job.metadata.uid)) {
    if (isTracked(pod)) queue.add(orphanKey(pod));
  }
}

function podChanged(event: WatchEvent<Pod>, context: ControllerContext, memory: JobMemory): void {
  const { type, object: pod, old } = event;
  const { view, queue, expectations } = context;
  if (type === 'MODIFIED' && pod === old) return;
  const deleting = pod.metadata.deletionTimestamp !== undefined;
  if (type === 'DELETED' || deleting) return podDeleted(event, context, memory);
  const owner = resolveController<Job>(view, 'Job', pod);
  const released = !isTracked(pod);
  const refChanged = old !== undefined && controllerOf(pod)?.uid !== controllerOf(old)?.uid;
  const before = refChanged ? resolveController<Job>(view, 'Job', old) : undefined;
  if (before !== undefined) {
    if (released) memory.releaseObserved(keyOf(before), pod.metadata.uid);
    // Nobody would tell the Job when it goes: it is not waited for any longer.
    expectations.deletionObserved(keyOf(before), keyOf(pod));
    queue.addAfter(keyOf(before), batchPeriodMs);
  }
  if (controllerOf(pod) !== undefined) {
    if (owner === undefined) return;
    const key = keyOf(owner);
    if (type === 'ADDED') expectations.creationObserved(key);
    else if (released) memory.releaseObserved(key, pod.metadata.uid);
    queue.addAfter(key, batchPeriodMs);
    return;
  }
  if (!released) queue.add(orphanKey(pod));
  if (type === 'MODIFIED' && !refChanged && pod.metadata.labels === old?.metadata.labels) return;
  for (const key of matchingKeys(view, 'Job', pod)) queue.addAfter(key, batchPeriodMs);
}

/** A Pod that is gone, or that is being deleted. */
function podDeleted(event: WatchEvent<Pod>, context: ControllerContext, memory: JobMemory): void {
  const { type, object: pod } = event;
  const { view, queue, expectations } = context;
  const owner = resolveController<Job>(view, 'Job', pod);
  if (owner === undefined || isJobFinished(owner)) {
    const ownerKind = controllerOf(pod)?.kind ?? 'Job';
    if (isTracked(pod) && ownerKind === 'Job') queue.add(orphanKey(pod));
    return;
  }
  const key = keyOf(owner);
  expectations.deletionObserved(key, keyOf(pod));
  if (type === 'DELETED' || !isTracked(pod)) memory.releaseObserved(key, pod.metadata.uid);
  queue.addAfter(key, batchPeriodMs);
}
