/** The requests that the Job controller makes about Pods. */
import type { Key } from '../../api/meta.ts';
import { keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady } from '../../api/pod/podstatus.ts';
import type { Status } from '../../api/status.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { creationInDoubt } from '../creationindoubt.ts';
import { slowStart } from '../replicaset/slowstart.ts';
import type { JobPass } from './pass.ts';
import { isTracked, trackingFinalizer } from './pods.ts';
import { podFrom } from './podtemplate.ts';

/** Creates a Pod for each of the indexes; `undefined` stands for none. Returns an error. */
export function* createPods(
  pass: JobPass,
  indexes: readonly (number | undefined)[],
): Requests<string | undefined> {
  const { key, job, context, replaced, running } = pass;
  const { expectations, consistency } = context;
  expectations.expectCreations(key, indexes.length);
  running.active += indexes.length;
  const started = yield* slowStart(indexes.length, function* (i) {
    const index = indexes[i];
    const created = yield* call<Pod>({
      verb: 'create',
      kind: 'Pod',
      namespace: job.metadata.namespace!,
      object: podFrom(job, index, index === undefined ? undefined : replaced.get(index)),
    });
    if (created.ok) {
      const { name, resourceVersion } = created.object.metadata;
      expectations.creationWritten(key, resourceVersion);
      consistency.wrote(key, 'Pod', resourceVersion);
      context.record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`);
      return undefined;
    }
    // It counts and is awaited, but never comes: in a namespace that goes there is no second try.
    if (isNamespaceTerminating(created.status)) return undefined;
    running.active -= 1;
    if (!created.definite) return yield* creationInDoubt(key, job, created.status, context);
    expectations.creationsDropped(key, 1);
    context.record(job, 'Warning', 'FailedCreate', `Error creating: ${created.status.message}`);
    return created.status.message;
  });
  const skipped = indexes.length - started.calls;
  running.active -= skipped;
  if (skipped > 0) expectations.creationsDropped(key, skipped);
  return started.error;
}

const isNamespaceTerminating = ({ details }: Status): boolean =>
  details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;

/**
 * Deletes active Pods that the Job needs no longer: without their finalizer, so that they are not
 * counted. Returns the first error.
 */
export function* dismissPods(pass: JobPass, pods: readonly Pod[]): Requests<string | undefined> {
  const { key, context } = pass;
  context.expectations.expectDeletions(key, pods.map(keyOf));
  let error: string | undefined;
  const refusals: (Status | undefined)[] = [];
  for (const pod of pods) refusals.push(yield* removeFinalizer(key, pod, context));
  for (const [i, pod] of pods.entries()) {
    const refused = refusals[i] ?? (yield* deletePod(pass, pod));
    if (refused === undefined) {
      gone(pass, pod);
      continue;
    }
    context.expectations.deletionObserved(key, keyOf(pod));
    if (refused.reason === 'NotFound') gone(pass, pod);
    else error ??= refused.message;
  }
  return error;
}

/** Deletes active Pods, which will be counted; returns the first error. */
export function* endPods(pass: JobPass, pods: readonly Pod[]): Requests<string | undefined> {
  let error: string | undefined;
  for (const pod of pods) {
    const refused = yield* deletePod(pass, pod);
    if (refused === undefined || refused.reason === 'NotFound') gone(pass, pod);
    else error ??= refused.message;
  }
  return error;
}

function gone({ running }: JobPass, pod: Pod): void {
  running.active -= 1;
  running.terminating += 1;
  if (isPodReady(pod)) running.ready -= 1;
}

function* deletePod({ key, job, context }: JobPass, pod: Pod): Requests<Status | undefined> {
  const { namespace, name } = pod.metadata;
  const deleted = yield* call<Pod>({
    verb: 'delete',
    kind: 'Pod',
    namespace: namespace!,
    name,
    options: {},
  });
  if (deleted.ok) {
    context.consistency.wrote(key, 'Pod', deleted.object.metadata.resourceVersion);
    context.record(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return undefined;
  }
  const { reason, message } = deleted.status;
  if (reason !== 'NotFound') {
    context.record(job, 'Warning', 'FailedDelete', `Error deleting: ${message}`);
  }
  return deleted.status;
}

/** Lets go of a Pod that has the finalizer. Returns why not. */
export function* removeFinalizer(
  key: Key | undefined,
  pod: Pod,
  { consistency }: ControllerContext,
): Requests<Status | undefined> {
  if (!isTracked(pod)) return undefined;
  const { namespace, name } = pod.metadata;
  const patched = yield* call<Pod>({
    verb: 'patch',
    kind: 'Pod',
    namespace: namespace!,
    name,
    patchType: 'strategic',
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] } },
  });
  if (!patched.ok) return patched.status;
  if (key !== undefined) consistency.wrote(key, 'Pod', patched.object.metadata.resourceVersion);
  return undefined;
}
