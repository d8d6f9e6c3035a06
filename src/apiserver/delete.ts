/**
 * DELETE: marks, waits for grace and finalizers, removes (api-07 §1).
 *
 * Only Pods have a grace period; finalizers hold any object, those of the garbage collector
 * (`foregroundDeletion`, `orphan`) included, which the propagation policy puts on.
 */
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { Namespace } from '../api/namespace.ts';
import { parseTimestamp, timestamp } from '../api/time.ts';
import { immortal } from './admission/namespace.ts';
import type { Handling } from './apiserver.ts';
import { forbidden, notFound, preconditionFailed } from './reject.ts';
import { type DeleteOptions, type DeleteRequest, type Response, refused } from './request.ts';

export function remove(request: DeleteRequest, handling: Handling): Response {
  const { kind, store } = handling;
  const { name, options = {} } = request;
  const home = kind.namespaced ? (request.namespace ?? 'default') : undefined;
  const current = store.get(kind.kind, makeKey(home, name));
  if (current === undefined) return refused(notFound(kind, name));
  const { uid, resourceVersion } = current.metadata;
  const expected = options.preconditions ?? {};
  if (expected.uid !== undefined && expected.uid !== uid) {
    const why = `the UID in the precondition (${expected.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    return refused(preconditionFailed(kind, name, why));
  }
  if (expected.resourceVersion !== undefined && expected.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${expected.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    return refused(preconditionFailed(kind, name, why));
  }
  if (kind.kind === 'Namespace') return removeNamespace(current as Namespace, handling);
  if (kind.gracePeriod !== undefined) return removeGracefully(current, options, handling);
  const finalizers = finalizersAfter(current, options, kind);
  if (finalizers.length > 0) return mark(current, finalizers, 0, handling);
  return { ok: true, object: handling.write('delete', current, undefined) };
}

function removeGracefully(
  current: KubeObject,
  options: DeleteOptions,
  handling: Handling,
): Response {
  const { kind, now } = handling;
  const period = kind.gracePeriod!(current, options.gracePeriodSeconds) ?? 0;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = current.metadata;
  if (deletionTimestamp === undefined) {
    const finalizers = finalizersAfter(current, options, kind);
    const marked = mark(current, finalizers, period, handling);
    if (period > 0 || finalizers.length > 0 || !marked.ok) return marked;
    return { ok: true, object: handling.write('delete', marked.object, undefined) };
  }
  const held = (current.metadata.finalizers ?? []).length > 0;
  if (deletionGracePeriodSeconds === 0 && held) return { ok: true, object: current };
  if (deletionGracePeriodSeconds > 0) {
    const shorter = options.gracePeriodSeconds !== undefined && period < deletionGracePeriodSeconds;
    if (!shorter) return { ok: true, object: current };
    if (period > 0 || held) {
      const asked = parseTimestamp(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
      const metadata = {
        ...current.metadata,
        deletionTimestamp: timestamp(Math.max(asked + period * 1000, now)),
        deletionGracePeriodSeconds: period,
      };
      return { ok: true, object: handling.write('delete', current, { ...current, metadata }) };
    }
    const metadata = {
      ...current.metadata,
      deletionTimestamp: timestamp(now),
      deletionGracePeriodSeconds: 0,
    };
    const last = handling.write('delete', current, { ...current, metadata });
    return { ok: true, object: handling.write('delete', last, undefined) };
  }
  return { ok: true, object: handling.write('delete', current, undefined) };
}

/** The object stays, marked, until its grace is over and its finalizers are gone. */
function mark(
  current: KubeObject,
  finalizers: readonly string[],
  period: number,
  handling: Handling,
): Response {
  const { finalizers: before, ...rest } = current.metadata;
  const marked = rest.deletionTimestamp !== undefined;
  const sameFinalizers =
    finalizers.length === (before ?? []).length && finalizers.every((f) => before?.includes(f));
  if (marked && sameFinalizers) return { ok: true, object: current };
  const metadata = {
    ...rest,
    ...(finalizers.length === 0 ? {} : { finalizers }),
    ...(marked
      ? {}
      : {
          deletionTimestamp: timestamp(handling.now + period * 1000),
          deletionGracePeriodSeconds: period,
          ...(rest.generation === undefined ? {} : { generation: rest.generation + 1 }),
        }),
  };
  return { ok: true, object: handling.write('delete', current, { ...current, metadata }) };
}

const gcFinalizers = ['orphan', 'foregroundDeletion'];

/** The finalizers that it has once the propagation policy has had its say. */
function finalizersAfter(
  { metadata: { finalizers = [], deletionTimestamp } }: KubeObject,
  { propagationPolicy }: DeleteOptions,
  kind: Kind,
): readonly string[] {
  if (kind.kind === 'Event' || deletionTimestamp !== undefined) return finalizers;
  const others = finalizers.filter((finalizer) => !gcFinalizers.includes(finalizer));
  const policy =
    propagationPolicy ??
    (finalizers.length > others.length ? undefined : (kind.defaultPropagation ?? 'Background'));
  if (policy === undefined) return finalizers;
  if (policy === 'Orphan') return [...others, 'orphan'];
  if (policy === 'Foreground') return [...others, 'foregroundDeletion'];
  return others;
}

/** A Namespace stays Terminating until the namespace controller has emptied it. */
function removeNamespace(current: Namespace, handling: Handling): Response {
  const { name, deletionTimestamp } = current.metadata;
  if (immortal.has(name)) {
    return refused(forbidden(handling.kind, name, 'this namespace may not be deleted'));
  }
  if (deletionTimestamp !== undefined) return { ok: true, object: current };
  const metadata = { ...current.metadata, deletionTimestamp: timestamp(handling.now) };
  const status = { ...current.status, phase: 'Terminating' as const };
  const next: Namespace = { ...current, metadata, status };
  return { ok: true, object: handling.write('delete', current, next) };
}
