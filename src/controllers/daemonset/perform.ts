/** Creates and deletes the Pods of a DaemonSet, and expects to see that (ctl-03 §C.3). */
import type { DaemonSet } from '../../api/daemonset.ts';
import { type Draft, keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Status } from '../../api/status.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { creationInDoubt } from '../creationindoubt.ts';
import { slowStart } from '../replicaset/slowstart.ts';
import type { Changes } from './manage.ts';
import { podsFrom } from './template.ts';

/** Most Pods that one pass creates, and most that it deletes. */
export const burstReplicas = 250;

/** Returns the first error. */
export function* perform(
  ds: DaemonSet,
  hash: string,
  changes: Changes,
  context: ControllerContext,
): Requests<string | undefined> {
  const nodes = changes.create.slice(0, burstReplicas);
  const victims = changes.delete.slice(0, burstReplicas);
  context.expectations.expect(keyOf(ds), nodes.length, victims.map(keyOf));
  const draftFor = podsFrom(ds, hash);
  const started = yield* slowStart(nodes.length, (i) =>
    createPod(ds, draftFor(nodes[i]!), context),
  );
  const skipped = nodes.length - started.calls;
  if (skipped > 0) context.expectations.creationsDropped(keyOf(ds), skipped);
  let error = started.error;
  for (const pod of victims) {
    const failure = yield* deletePod(ds, pod, context);
    error ??= failure;
  }
  return error;
}

function* createPod(
  ds: DaemonSet,
  object: Draft<Pod>,
  context: ControllerContext,
): Requests<string | undefined> {
  const { expectations, consistency } = context;
  const key = keyOf(ds);
  const { namespace } = ds.metadata;
  const created = yield* call<Pod>({
    verb: 'create',
    kind: 'Pod',
    namespace: namespace!,
    object,
  });
  if (created.ok) {
    const { name, resourceVersion } = created.object.metadata;
    expectations.creationWritten(key, resourceVersion);
    consistency.wrote(key, 'Pod', resourceVersion);
    context.record(ds, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`);
    return undefined;
  }
  if (!created.definite) return yield* creationInDoubt(key, ds, created.status, context);
  // What is awaited never comes: there is no second try in a namespace that goes.
  if (isNamespaceTerminating(created.status)) return undefined;
  expectations.creationsDropped(key, 1);
  context.record(ds, 'Warning', 'FailedCreate', `Error creating: ${created.status.message}`);
  return created.status.message;
}

/** The Pod that was seen, and no other: what changed meanwhile is looked at again. */
function* deletePod(
  ds: DaemonSet,
  pod: Pod,
  context: ControllerContext,
): Requests<string | undefined> {
  const { expectations, consistency } = context;
  const { name, uid, resourceVersion } = pod.metadata;
  const deleted = yield* call<Pod>({
    verb: 'delete',
    kind: 'Pod',
    namespace: ds.metadata.namespace!,
    name,
    options: { preconditions: { uid, resourceVersion } },
  });
  if (deleted.ok) {
    consistency.wrote(keyOf(ds), 'Pod', deleted.object.metadata.resourceVersion);
    context.record(ds, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return undefined;
  }
  expectations.deletionObserved(keyOf(ds), keyOf(pod));
  if (deleted.status.reason === 'NotFound') return undefined;
  context.record(ds, 'Warning', 'FailedDelete', `Error deleting: ${deleted.status.message}`);
  return deleted.status.message;
}

const isNamespaceTerminating = ({ details }: Status): boolean =>
  details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
