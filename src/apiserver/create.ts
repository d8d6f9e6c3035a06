/** POST to a collection: default, admit, validate, name, store. */
import type { Kind } from '../api/kind.ts';
import type { Draft, KubeObject, ObjectMeta } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { Pod } from '../api/pod.ts';
import { normalized } from '../api/normalize.ts';
import { rejection } from '../api/status.ts';
import { typeNameOf } from '../api/structure.ts';
import { timestamp } from '../api/time.ts';
import { validateMetadata } from '../api/validation/metadata.ts';
import { admitToNamespace } from './admission/namespace.ts';
import { admitPodSpec } from './admission/pod.ts';
import type { Handling } from './apiserver.ts';
import { generateName, generateUid } from './names.ts';
import { alreadyExists, badRequest, forbidden, invalid } from './reject.ts';
import { type CreateRequest, type Response, refused } from './request.ts';

/** Names tried before a collision is reported. */
const attemptsMax = 8;

export function create({ namespace, object }: CreateRequest, handling: Handling): Response {
  const { kind, store, now } = handling;
  const metadata = object.metadata ?? {};
  if (metadata.resourceVersion) {
    const message = 'resourceVersion should not be set on objects to be created';
    return refused({ ...rejection('InternalError', message), code: 500 });
  }
  const home = homeOf(kind, namespace, metadata.namespace);
  if (home === mismatch) return refused(badRequest(wrongNamespace));
  const name = metadata.name || freeName(handling, home, metadata.generateName);
  if (name !== undefined && home !== undefined) {
    const denied = admitToNamespace(store, kind, home, name);
    if (denied !== undefined) return refused(denied);
  }
  if (name === undefined) {
    const message = 'Required value: name or generateName is required';
    const error = { reason: 'FieldValueRequired', field: 'metadata.name', message };
    return refused(invalid(kind, '', [error]));
  }
  let draft = kind.defaults(fresh(object, name, home, handling));
  if (kind.prepareForCreate !== undefined) draft = kind.prepareForCreate(draft, now);
  if (kind.kind === 'Pod') {
    const admitted = admitPodSpec((draft as Pod).spec);
    if (!admitted.ok) return refused(forbidden(kind, name, admitted.why));
    draft = { ...draft, spec: admitted.spec };
  }
  const errors = [...validateMetadata(draft.metadata, kind.kind), ...kind.validate(draft)];
  if (errors.length > 0) return refused(invalid(kind, name, errors));
  const existing = store.get(kind.kind, makeKey(home, name));
  if (existing !== undefined) {
    const beingDeleted = existing.metadata.deletionTimestamp !== undefined;
    return refused(alreadyExists(kind, name, beingDeleted));
  }
  return { ok: true, object: handling.write('create', undefined, draft) };
}

const mismatch = Symbol('mismatch');
const wrongNamespace =
  'the namespace of the provided object does not match the namespace sent on the request';

/** The namespace that it goes to; none for cluster-scoped kinds. */
function homeOf(kind: Kind, path: string | undefined, own: string | undefined) {
  if (!kind.namespaced) return undefined;
  if (path !== undefined && own && own !== path) return mismatch;
  return path ?? own ?? 'default';
}

function freeName(
  { store, kind, seed }: Handling,
  namespace: string | undefined,
  base: string | undefined,
): string | undefined {
  if (!base) return undefined;
  let name = '';
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    name = generateName(base, seed, store.revision + 1, attempt);
    if (store.get(kind.kind, makeKey(namespace, name)) === undefined) return name;
  }
  return name;
}

/** The object with the metadata that only the server sets, and without what clients may not. */
function fresh(
  object: Draft,
  name: string,
  namespace: string | undefined,
  { kind, seed, store, now }: Handling,
): KubeObject {
  const { generateName: base, labels, annotations, ownerReferences, finalizers } = object.metadata;
  const metadata: Record<string, unknown> = { name };
  if (base) metadata['generateName'] = base;
  if (namespace !== undefined) metadata['namespace'] = namespace;
  metadata['uid'] = generateUid(seed, store.revision + 1);
  metadata['resourceVersion'] = '';
  if (kind.generation !== undefined) metadata['generation'] = 1;
  metadata['creationTimestamp'] = timestamp(now);
  if (filledMap(labels)) metadata['labels'] = labels;
  if (filledMap(annotations)) metadata['annotations'] = annotations;
  if (ownerReferences?.length) metadata['ownerReferences'] = ownerReferences;
  if (finalizers?.length) metadata['finalizers'] = finalizers;
  const { status, ...rest } = normalDraft(object, kind);
  const keepsStatus = !kind.hasStatus || kind.keepsStatusOnCreate === true;
  return {
    ...rest,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: metadata as unknown as ObjectMeta,
    ...(keepsStatus && status !== undefined ? { status } : {}),
  };
}

const normalSpecs = new WeakSet<object>();

/** As the API's own encoder would write it. What many share is looked at once. */
function normalDraft(object: Draft, { apiVersion, kind }: Kind): Draft {
  if (kind === 'Event') return object;
  const { spec } = object;
  if (typeof spec === 'object' && spec !== null && normalSpecs.has(spec)) return object;
  const normal = normalized(object, typeNameOf(apiVersion, kind));
  if (typeof normal.spec === 'object' && normal.spec !== null) normalSpecs.add(normal.spec);
  return normal;
}

const filledMap = (map: object | undefined): boolean => {
  for (const _ in map) return true;
  return false;
};
