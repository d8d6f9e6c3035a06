/**
 * Namespace controller (ctl-06 §F): empties a namespace that is being deleted, says how far that is,
 * and lets it go when nothing is left.
 */
import type { Key } from '../api/meta.ts';
import type { Namespace } from '../api/namespace.ts';
import type { Status } from '../api/status.ts';
import { parseTimestamp } from '../api/time.ts';
import type { Requests } from '../sim/component.ts';
import {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from '../sim/controller.ts';
import { type Findings, withFindings } from './namespace/conditions.ts';
import { emptied } from './namespace/content.ts';
import { requeueSeconds } from './namespace/estimate.ts';

const kind = 'Namespace';

/** The finalizer of `spec` that is this controller's. */
const ownFinalizer = 'kubernetes';

/** Other API servers may not have seen the deletion yet: until they have, they let content in. */
const graceMs = 5_000;

export const namespaceController = (): Controller => ({
  name: 'namespace-controller',
  watches: [kind],
  patient: true,
  backoff: { baseMs: 5, maxMs: 60_000 },
  keysFor({ type, key, object }, { queue }) {
    if (type === 'DELETED' || object.metadata.deletionTimestamp === undefined) return;
    queue.addAfter(key, graceMs);
  },
  reconcile,
});

/** The phase needs no look: the API server sets it with the deletion mark, and never lets it change. */
function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  if (context.view.get(kind, key) === undefined) return undefined;
  const live = yield* call<Namespace>({ verb: 'get', kind, name: key });
  if (!live.ok) return goneOr(live.status);
  const namespace = live.object;
  const { deletionTimestamp } = namespace.metadata;
  if (deletionTimestamp === undefined || namespace.spec.finalizers === undefined) return undefined;
  const passed = (context.now - parseTimestamp(deletionTimestamp)) / 1000;
  const { estimate, errors, ...findings } = yield* emptied({ namespace: key, passed });
  yield* told(namespace, findings, context.now);
  if (errors.length > 0) return { error: aggregated(errors) };
  if (estimate === 0) return yield* finalize(namespace);
  context.queue.addAfter(key, requeueSeconds(estimate) * 1000);
  return undefined;
}

/** Writes what is new; a failure of that is not one of the pass. */
function* told(namespace: Namespace, findings: Findings, now: number): Requests<void> {
  const before = namespace.status.conditions ?? [];
  const conditions = withFindings(before, findings, now);
  if (conditions === before) return;
  const object = { ...namespace, status: { ...namespace.status, conditions } };
  yield { verb: 'update', kind, subresource: 'status', object };
}

/**
 * Gives up the finalizer; after a conflict once more, on what is there now. In the pass that wrote
 * the conditions the first try always conflicts: upstream, too, goes on with the version from before.
 */
function* finalize(namespace: Namespace): Requests<Outcome> {
  let latest = namespace;
  for (;;) {
    const object = finalized(latest);
    const done = yield* call({ verb: 'update', kind, subresource: 'finalize', object });
    if (done.ok) return undefined;
    if (done.status.reason !== 'Conflict') return goneOr(done.status);
    const { name, uid } = latest.metadata;
    const again = yield* call<Namespace>({ verb: 'get', kind, name });
    if (!again.ok) return goneOr(again.status);
    if (again.object.metadata.uid !== uid) {
      return { error: 'namespace uid has changed across retries' };
    }
    latest = again.object;
  }
}

/** The body of the request: it has no status, which the API reads as that of an active one. */
function finalized({ apiVersion, metadata, spec }: Namespace): Namespace {
  const finalizers = (spec.finalizers ?? []).filter((name) => name !== ownFinalizer).sort();
  return {
    apiVersion,
    kind,
    metadata,
    spec: finalizers.length === 0 ? {} : { finalizers },
    status: { phase: 'Active' },
  };
}

const goneOr = (status: Status): Outcome =>
  status.reason === 'NotFound' ? undefined : failed(status);

/** Several errors as one, each told once. */
function aggregated(errors: readonly string[]): string {
  const all = [...new Set(errors)];
  return all.length === 1 ? all[0]! : `[${all.join(', ')}]`;
}
