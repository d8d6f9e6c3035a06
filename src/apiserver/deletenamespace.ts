/** DELETE of a Namespace: it is Terminating until the namespace controller has emptied it. */
import type { Namespace } from '../api/namespace.ts';
import { timestamp } from '../api/time.ts';
import { immortal } from './admission/namespace.ts';
import type { Handling } from './apiserver.ts';
import { removeObject } from './delete.ts';
import { finalizersFor } from './finalizers.ts';
import { conflict, forbidden } from './reject.ts';
import { type DeleteOptions, type Response, refused } from './request.ts';

export function removeNamespace(
  current: Namespace,
  options: DeleteOptions,
  handling: Handling,
): Response {
  const { kind, now } = handling;
  const { name, deletionTimestamp } = current.metadata;
  if (immortal.has(name)) {
    return refused(forbidden(kind, name, 'this namespace may not be deleted'));
  }
  const why = unmetPrecondition(options, current);
  if (why !== undefined) return refused(conflict(kind, name, why));
  if (deletionTimestamp !== undefined) {
    const isEmptied = current.spec.finalizers === undefined;
    return isEmptied ? removeObject(current, options, handling) : { ok: true, object: current };
  }
  const finalizers = finalizersFor(current, options, kind);
  const { finalizers: _before, ...metadata } = current.metadata;
  const next: Namespace = {
    ...current,
    metadata: {
      ...metadata,
      deletionTimestamp: timestamp(now),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
    status: { ...current.status, phase: 'Terminating' },
  };
  return { ok: true, object: handling.write('delete', current, next) };
}

/** In other words than for all other kinds: the storage checks it, and not the strategy. */
function unmetPrecondition(
  { preconditions = {} }: DeleteOptions,
  { metadata: { uid, resourceVersion } }: Namespace,
): string | undefined {
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    return `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`;
  }
  const version = preconditions.resourceVersion;
  return version === undefined || version === resourceVersion
    ? undefined
    : `Precondition failed: ResourceVersion in precondition: ${version}, ResourceVersion in object meta: ${resourceVersion}`;
}
