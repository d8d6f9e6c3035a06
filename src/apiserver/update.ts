/** PUT, and the end of every PATCH: what may change is taken over, the rest stays as it was. */
import { deepEqual, share } from '../api/equal.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import { normalized } from '../api/normalize.ts';
import { rejection } from '../api/status.ts';
import { typeNameOf } from '../api/structure.ts';
import { validateMetadata, validateMetadataUpdate } from '../api/validation/metadata.ts';
import type { Handling } from './apiserver.ts';
import { create } from './create.ts';
import { conflict, invalid, notFound } from './reject.ts';
import { type Response, refused } from './request.ts';
import { updateScale } from './scale.ts';

export function update(
  raw: KubeObject,
  subresource: string | undefined,
  handling: Handling,
  verb: 'update' | 'patch',
): Response {
  const { kind, store } = handling;
  if (subresource === 'scale') return updateScale(raw, handling, verb);
  const { name, namespace } = raw.metadata;
  const home = kind.namespaced ? (namespace ?? 'default') : undefined;
  const current = store.get(kind.kind, makeKey(home, name));
  if (current === undefined) {
    if (!kind.createsOnUpdate || subresource !== undefined) return refused(notFound(kind, name));
    return create({ verb: 'create', kind: kind.kind, object: raw as never }, handling);
  }
  const given = normalized(raw, typeNameOf(kind.apiVersion, kind.kind), current);
  const refusal = precondition(given.metadata, current, kind);
  if (refusal !== undefined) return refused(refusal);
  const next = merged(given, current, subresource, handling);
  if (next === current) return { ok: true, object: current };
  const errors =
    subresource === 'status'
      ? (kind.validateStatusUpdate?.(next, current) ?? [])
      : validate(next, current, kind);
  if (errors.length > 0) return refused(invalid(kind, name, errors));
  return { ok: true, object: commit(next, current, subresource, handling, verb) };
}

/** Stores the new version, or removes the object if nothing holds it any more. */
export function commit(
  next: KubeObject,
  current: KubeObject,
  subresource: string | undefined,
  handling: Handling,
  verb: 'update' | 'patch' | 'delete',
): KubeObject {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = next.metadata;
  const held = finalizers !== undefined || (deletionGracePeriodSeconds ?? 0) > 0;
  if (deletionTimestamp === undefined || held || subresource !== undefined || spokenFor(next)) {
    return handling.write(verb, current, next, subresource);
  }
  handling.write('delete', current, undefined);
  return next;
}

/** A Namespace also waits for the finalizers in its spec. */
const spokenFor = ({ kind, spec }: KubeObject): boolean =>
  kind === 'Namespace' && ((spec as { finalizers?: readonly string[] }).finalizers ?? []).length > 0;

function precondition(given: ObjectMeta, current: KubeObject, kind: Kind) {
  const { name, uid, resourceVersion } = current.metadata;
  if (given.uid && given.uid !== uid) {
    return conflict(
      kind,
      name,
      `StorageError: invalid object, Code: 4, Key: /registry/${kind.resource}/${makeKey(current.metadata.namespace, name)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${uid}`,
    );
  }
  if (!given.resourceVersion) {
    if (kind.conditionalUpdateOnly !== true) return undefined;
    return rejection(
      'Invalid',
      `${kind.resource} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update`,
    );
  }
  if (!/^\d+$/.test(given.resourceVersion)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(given.resourceVersion)}: invalid syntax`;
    return rejection('InternalError', why);
  }
  return given.resourceVersion === resourceVersion ? undefined : conflict(kind, name);
}

/** The new version: equal parts keep the identity of the old ones, all equal is the old one. */
function merged(
  given: KubeObject,
  current: KubeObject,
  subresource: string | undefined,
  { kind, now }: Handling,
): KubeObject {
  if (subresource === 'status') {
    const status = share(current.status, given.status ?? {});
    const conditionsOnly = { ...current, status };
    const next = kind.prepareForStatusUpdate?.(conditionsOnly, current, now) ?? conditionsOnly;
    const metadata = kind.kind === 'Deployment' || kind.kind === 'Node'
      ? statusMetadata(given.metadata, current.metadata)
      : current.metadata;
    if (next.status === current.status && metadata === current.metadata) return current;
    return { ...next, metadata };
  }
  const { status: _ignored, ...own } = given;
  let next: KubeObject = {
    ...(kind.hasStatus ? own : given),
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: mergedMetadata(given.metadata, current.metadata),
    ...(kind.hasStatus && current.status !== undefined ? { status: current.status } : {}),
  };
  next = kind.defaults(next);
  next = kind.prepareForUpdate?.(next, current, now) ?? next;
  next = share(current, next);
  if (next === current || deepEqual(next, current)) return current;
  if (kind.generation?.(next, current) !== true) return next;
  const generation = (current.metadata.generation ?? 0) + 1;
  return { ...next, metadata: { ...next.metadata, generation } };
}

/** What a client may change; the server keeps the rest. */
function mergedMetadata(given: ObjectMeta, current: ObjectMeta): ObjectMeta {
  const { labels, annotations, ownerReferences, finalizers, ...kept } = current;
  const metadata: Record<string, unknown> = { ...kept };
  metadata['deletionTimestamp'] = current.deletionTimestamp ?? given.deletionTimestamp;
  if (metadata['deletionTimestamp'] === undefined) delete metadata['deletionTimestamp'];
  take(metadata, 'labels', given.labels, labels);
  take(metadata, 'annotations', given.annotations, annotations);
  take(metadata, 'ownerReferences', given.ownerReferences, ownerReferences);
  take(metadata, 'finalizers', given.finalizers, finalizers);
  return share(current, metadata as unknown as ObjectMeta);
}

/** A status write of these kinds may carry labels and annotations, but nothing else. */
function statusMetadata(given: ObjectMeta, current: ObjectMeta): ObjectMeta {
  const { labels, annotations, ...kept } = current;
  const metadata: Record<string, unknown> = { ...kept };
  take(metadata, 'labels', given.labels ?? labels, labels);
  take(metadata, 'annotations', given.annotations ?? annotations, annotations);
  return share(current, metadata as unknown as ObjectMeta);
}

function take(
  metadata: Record<string, unknown>,
  field: string,
  given: object | undefined,
  current: object | undefined,
): void {
  if (given === undefined || given === null || Object.keys(given).length === 0) return;
  metadata[field] = share(current, given);
}

const validate = (next: KubeObject, current: KubeObject, kind: Kind) => [
  ...validateMetadataUpdate(next.metadata, current.metadata),
  ...(next.metadata === current.metadata ? [] : validateMetadata(next.metadata, kind.kind)),
  ...kind.validateUpdate(next, current),
];
