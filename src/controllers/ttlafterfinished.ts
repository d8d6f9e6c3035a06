/** TTL-after-finished controller (ctl-04 §C): deletes Jobs some time after they have ended. */
import type { Job } from '../api/job/job.ts';
import { isJobFinished } from '../api/job/jobstatus.ts';
import type { Key } from '../api/meta.ts';
import { keyOf, splitKey } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import { parseTimestamp } from '../api/time.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

export const ttlAfterFinishedController = (): Controller => ({
  name: 'ttl-after-finished-controller',
  watches: ['Job'],
  keysFor,
  reconcile,
});

function keysFor({ type, object }: WatchEvent, { queue, now }: ControllerContext): void {
  if (type === 'DELETED') return;
  const leftMs = timeLeft(object as Job, now);
  if (leftMs !== undefined) queue.addAfter(keyOf(object), leftMs);
}

/** Milliseconds until the Job expires; undefined: it does not. */
export function timeLeft(job: Job, now: number): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec;
  if (ttlSecondsAfterFinished === undefined || !isJobFinished(job)) return undefined;
  if (job.metadata.deletionTimestamp !== undefined) return undefined;
  const end = job.status.conditions!.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return parseTimestamp(end!.lastTransitionTime!) + ttlSecondsAfterFinished * 1000 - now;
}

/** Asks the API server itself before it deletes: the cache may show a time to live of before. */
function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const cached = context.view.get<Job>('Job', key);
  if (cached === undefined || !isExpired(cached, context)) return undefined;
  const { namespace, name } = splitKey(key);
  const named = { kind: 'Job', namespace: namespace!, name };
  const live = yield* call<Job>({ verb: 'get', ...named });
  if (!live.ok) return goneOr(live.status);
  if (!isExpired(live.object, context)) return undefined;
  const { uid } = live.object.metadata;
  const deleted = yield* call({
    verb: 'delete',
    ...named,
    options: { propagationPolicy: 'Foreground', preconditions: { uid } },
  });
  return deleted.ok ? undefined : goneOr(deleted.status);
}

/** One that will expire is looked at again then. */
function isExpired(job: Job, { queue, now }: ControllerContext): boolean {
  const leftMs = timeLeft(job, now);
  if (leftMs !== undefined && leftMs > 0) queue.addAfter(keyOf(job), leftMs);
  return leftMs !== undefined && leftMs <= 0;
}

const goneOr = ({ reason, message }: Status): Outcome =>
  reason === 'NotFound' ? undefined : { error: message };
