/** POST to a collection: default, admit, name, validate, store (api-02 §2). */

import { type FieldError, type Kind, nameOf } from '../api/kind.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import { rejection } from '../api/status.ts';
import { invalid as invalidField, required } from '../api/validation/errors.ts';
import { nameErrorsOf, validateMetadata } from '../api/validation/metadata.ts';
import { blank } from '../blank.ts';
import { admit } from './admission/index.ts';
import { admissionRefusal } from './admission/judging.ts';
import type { Handling } from './apiserver.ts';
import { bodyRefusal, encoded } from './decoding.ts';
import { freshMetadata, homeOf } from './metadata.ts';
import { generateName } from './names.ts';
import { mutated } from './policies/mutating.ts';
import { alreadyExists, badRequest, invalid, notAllowed, wrongNamespace } from './reject.ts';
import { type CreateRequest, type Response, refused } from './request.ts';
import { addressed } from './serviceaddresses.ts';

/** Names tried before a collision is reported. */
const attemptsMax = 8;

export function create(request: CreateRequest, handling: Handling): Response {
  const { namespace, fieldValidation } = request;
  const { kind, store, now } = handling;
  if (kind.closed !== undefined) return refused(notAllowed(kind.closed));
  const undecodable = bodyRefusal(request.object, kind, fieldValidation);
  if (undecodable !== undefined) return refused(undecodable);
  const object = encoded(request.object, kind, fieldValidation);
  const given = object.metadata ?? {};
  if (given.resourceVersion) {
    return refused(
      rejection('InternalError', 'resourceVersion should not be set on objects to be created'),
    );
  }
  if (kind.namespaced && namespace && given.namespace && given.namespace !== namespace) {
    return refused(badRequest(wrongNamespace));
  }
  const home = homeOf(kind, namespace || given.namespace);
  const name = given.name || freeName(handling, home, given.generateName) || '';
  const { status, ...rest } = object;
  const keepsStatus = !kind.hasStatus || kind.keepsStatusOnCreate === true;
  const fresh: KubeObject = {
    ...blank,
    ...rest,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: freshMetadata(given, name, home, handling),
    ...(keepsStatus && status !== undefined ? { status } : {}),
  };
  const spokenOf = given.name || given.generateName || 'Unknown!';
  const defaulted = kind.defaults(fresh);
  const plugged = admit(defaulted, spokenOf, handling);
  if (!plugged.ok) return refused(plugged.status);
  const admitted = mutated(plugged.object, { operation: 'CREATE' }, handling);
  if (!admitted.ok) return refused(admitted.status);
  const warn = (text: string) => handling.said.warn(text);
  const prepared = (one: KubeObject) => kind.prepareForCreate?.(one, now, warn) ?? one;
  const ready = prepared(admitted.object);
  const errors = validate(ready, kind);
  if (errors.length > 0) return refused(invalid(kind, name, errors));
  const refusal = admissionRefusal(ready, undefined, handling);
  if (refusal !== undefined) return refused(refusal);
  const placed = addressed(ready, undefined, handling);
  if (!placed.ok) return refused(invalid(kind, name, placed.errors));
  const existing = store.get(nameOf(kind), makeKey(home, name));
  if (existing !== undefined) {
    const beingDeleted = existing.metadata.deletionTimestamp !== undefined;
    return refused(alreadyExists(kind, name, beingDeleted));
  }
  const asked = handling.tracker === undefined ? undefined : prepared(defaulted);
  const made = handling.write('create', undefined, placed.object, undefined, asked);
  return { ok: true, object: made, created: true };
}

function freeName(
  { store, kind, seed }: Handling,
  namespace: string | undefined,
  base: Draft['metadata']['generateName'],
): string | undefined {
  if (!base) return undefined;
  let name = '';
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    name = generateName(base, seed, store.revision + 1, attempt);
    if (store.get(nameOf(kind), makeKey(namespace, name)) === undefined) break;
  }
  return name;
}

function validate(object: KubeObject, kind: Kind): readonly FieldError[] {
  const { metadata } = object;
  const own = kind.validate(object);
  const common = validateMetadata(metadata, kind.kind);
  if (metadata.name === '') {
    const missing = required('metadata.name', 'name or generateName is required');
    return [missing, ...common.filter(({ field }) => field !== 'metadata.name'), ...own];
  }
  if (common.length === 0) return own;
  return [...generateNameErrors(metadata.generateName, kind), ...common, ...own];
}

/** A base may end in what a name may not: something will follow. */
function generateNameErrors(base: string | undefined, kind: Kind): readonly FieldError[] {
  if (base === undefined) return [];
  return nameErrorsOf(base.replace(/-$/, 'a'), kind.kind).map((error) =>
    invalidField('metadata.generateName', base, error),
  );
}
