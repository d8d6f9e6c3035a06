/**
 * DELETE: marks, waits for grace and finalizers, removes (api-07 §1).
 *
 * Only Pods have a grace period; finalizers hold any object, those of the garbage collector
 * included, which the propagation policy puts on.
 */

import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { Namespace } from '../api/namespace.ts';
import { parseTimestamp, timestamp } from '../api/time.ts';
import type { WriteVerb } from '../log/entry.ts';
import type { Handling } from './apiserver.ts';
import { removeNamespace } from './deletenamespace.ts';
import { finalizersFor } from './finalizers.ts';
import { policyRefusal } from './policies/validating.ts';
import { notFound, preconditionFailed } from './reject.ts';
import { type DeleteOptions, type DeleteRequest, type Response, refused } from './request.ts';

export function remove(
  { name, namespace, options = {} }: DeleteRequest,
  handling: Handling,
): Response {
  const { kind } = handling;
  const current = handling.held(namespace, name);
  if (current === undefined) return refused(notFound(kind, name));
  const denied = policyRefusal({ operation: 'DELETE', before: current }, handling);
  if (denied !== undefined) return refused(denied);
  if (kind.kind === 'Namespace') return removeNamespace(current as Namespace, options, handling);
  const why = unmetPrecondition(options, current);
  if (why !== undefined) return refused(preconditionFailed(kind, name, why));
  return removeObject(current, options, handling);
}

/** Removes an object that meets the preconditions, or begins to. */
export function removeObject(
  current: KubeObject,
  options: DeleteOptions,
  handling: Handling,
): Response {
  const graced = withGrace(current, options, handling);
  if (graced === 'pending') return { ok: true, object: current };
  const finalizers = finalizersFor(current, options, handling.kind);
  const held = finalizers.length > 0;
  if (graced === 'none') {
    if (!held) return { ok: true, object: gone(current, handling) };
    const marked = withFinalizers(markedNow(current.metadata, handling.now), finalizers);
    return { ok: true, object: write(marked, current, handling) };
  }
  // The mark is a version of its own, even where the removal follows at once.
  const marked = write(withFinalizers(graced, finalizers), current, handling);
  if (held || graced.deletionGracePeriodSeconds !== 0) return { ok: true, object: marked };
  return { ok: true, object: gone(marked, handling) };
}

/** The removal. A Service takes its Endpoints along: another of its name must not begin with them. */
export function gone(
  object: KubeObject,
  handling: Handling,
  verb: WriteVerb = 'delete',
  subresource?: string,
): KubeObject {
  const removed = handling.write(verb, object, undefined, subresource);
  const { namespace = '', name } = object.metadata;
  const kind = 'Endpoints';
  if (handling.kind.kind === 'Service' && handling.store.get(kind, makeKey(namespace, name))) {
    handling.ask({ verb: 'delete', kind, namespace, name });
  }
  return removed;
}

/** What a client took for granted of the object, and is not so. */
export function unmetPrecondition(
  { preconditions = {} }: DeleteOptions,
  { metadata: { uid, resourceVersion } }: KubeObject,
): string | undefined {
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    return `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
  }
  const version = preconditions.resourceVersion;
  if (version !== undefined && version !== resourceVersion) {
    return `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
  }
  return undefined;
}

/**
 * The metadata with a deletion mark that leaves time to stop; `none` where the kind knows no grace
 * or it is over; `pending` if it is running, and the request does not shorten it.
 */
function withGrace(
  current: KubeObject,
  { gracePeriodSeconds }: DeleteOptions,
  { kind, now }: Handling,
): ObjectMeta | 'none' | 'pending' {
  if (kind.gracePeriod === undefined) return 'none';
  const { metadata } = current;
  const requested = (gracePeriodSeconds ?? 0) < 0 ? 1 : gracePeriodSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp === undefined) {
    const period = kind.gracePeriod(current, requested) ?? 0;
    return marked(metadata, timestamp(now + period * 1000), period);
  }
  if (deletionGracePeriodSeconds === 0) return 'none';
  if (requested === undefined || requested >= deletionGracePeriodSeconds) return 'pending';
  const asked = parseTimestamp(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  return marked(metadata, timestamp(asked + requested * 1000), requested);
}

/** The mark of an object that only finalizers hold. */
function markedNow(metadata: ObjectMeta, now: number): ObjectMeta {
  const { deletionTimestamp } = metadata;
  const isDue = deletionTimestamp !== undefined && parseTimestamp(deletionTimestamp) <= now;
  return marked(metadata, isDue ? deletionTimestamp : timestamp(now), 0);
}

/** The first mark is a new generation: controllers must look at the object again. */
function marked(metadata: ObjectMeta, deletionTimestamp: string, period: number): ObjectMeta {
  const { generation, deletionTimestamp: before } = metadata;
  const isFirst = before === undefined && generation !== undefined;
  return {
    ...metadata,
    ...(isFirst ? { generation: generation + 1 } : {}),
    deletionTimestamp,
    deletionGracePeriodSeconds: period,
  };
}

function withFinalizers(metadata: ObjectMeta, finalizers: readonly string[]): ObjectMeta {
  const { finalizers: before = [], ...others } = metadata;
  if (finalizers.length === before.length && finalizers.every((name) => before.includes(name))) {
    return metadata;
  }
  return finalizers.length === 0 ? others : { ...others, finalizers };
}

/** Writes the metadata, unless it says what is stored already. */
function write(metadata: ObjectMeta, current: KubeObject, handling: Handling): KubeObject {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = current.metadata;
  const isSame =
    metadata.deletionTimestamp === deletionTimestamp &&
    metadata.deletionGracePeriodSeconds === deletionGracePeriodSeconds &&
    metadata.finalizers === finalizers;
  return isSame ? current : handling.write('delete', current, { ...current, metadata });
}
