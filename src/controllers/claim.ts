/**
 * Adoption and release (ctl-01 §4): which objects a controller owns, by selector and controllerRef.
 */

import type { KubeObject } from '../api/meta.ts';
import { controllerOf, controllerRef, keyOf } from '../api/meta.ts';
import type { Matches } from '../api/selectors/selectors.ts';
import type { Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';

export interface Claim<T extends KubeObject> {
  readonly owner: KubeObject;
  readonly matches: Matches;
  /** What else an object must be, if labels are not all. */
  readonly fits?: (object: T) => boolean;
  readonly candidates: readonly T[];
  /** Finalizers that an adopted object gets. */
  readonly finalizers?: readonly string[];
}

export interface Claimed<T extends KubeObject> {
  readonly objects: readonly T[];
  readonly error?: string;
}

/** The candidates that are the owner's: kept, adopted; others that were its own are released. */
export function* claim<T extends KubeObject>({
  owner,
  matches,
  fits = () => true,
  candidates,
  finalizers,
}: Claim<T>): Requests<Claimed<T>> {
  const objects: T[] = [];
  const errors: string[] = [];
  const owning = owner.metadata.deletionTimestamp === undefined;
  let mayAdopt: { readonly error?: string } | undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches(object.metadata.labels) && fits(object)) objects.push(object);
      else if (owning) {
        const error = yield* release(owner, object);
        if (error !== undefined) errors.push(error);
      }
      continue;
    }
    if (!owning || !matches(object.metadata.labels) || !fits(object)) continue;
    if (object.metadata.deletionTimestamp !== undefined) continue;
    mayAdopt ??= yield* recheck(owner);
    const adopted = mayAdopt.error ?? (yield* adopt(owner, object, finalizers));
    if (typeof adopted === 'object') objects.push(adopted);
    else if (adopted !== gone) errors.push(prefixed(adopted, mayAdopt.error !== undefined, object));
  }
  return errors.length === 0 ? { objects } : { objects, error: aggregate(errors) };
}

const gone = Symbol('gone').toString();

const prefixed = (error: string, denied: boolean, object: KubeObject): string =>
  denied ? `can't adopt ${object.kind} ${keyOf(object)} (${object.metadata.uid}): ${error}` : error;

/** Reads the owner anew, uncached: a stale cache must not adopt for one that is gone. */
function* recheck(owner: KubeObject): Requests<{ readonly error?: string }> {
  const { kind } = owner;
  const { namespace, name, uid } = owner.metadata;
  const live = yield* call({ verb: 'get', kind, ...(namespace ? { namespace } : {}), name });
  if (!live.ok) return { error: live.status.message };
  const { metadata } = live.object;
  if (metadata.uid !== uid) {
    const found = `got uid ${metadata.uid}, wanted ${uid}`;
    return { error: `original ${kind} ${keyOf(owner)} is gone: ${found}` };
  }
  if (metadata.deletionTimestamp !== undefined) {
    return { error: `${keyOf(owner)} has just been deleted at ${metadata.deletionTimestamp}` };
  }
  return {};
}

/** Returns the adopted version: what follows must build on it. Or an error. */
function* adopt<T extends KubeObject>(
  owner: KubeObject,
  object: T,
  finalizers: readonly string[] | undefined,
): Requests<T | string> {
  const { namespace, name, uid } = object.metadata;
  const patch = {
    metadata: {
      ownerReferences: [controllerRef(owner)],
      uid,
      ...(finalizers === undefined ? {} : { finalizers }),
    },
  };
  const patched = yield* call<T>({
    verb: 'patch',
    kind: object.kind,
    ...(namespace ? { namespace } : {}),
    name,
    patchType: 'strategic',
    patch,
  });
  if (patched.ok) return patched.object;
  return patched.status.reason === 'NotFound' ? gone : patched.status.message;
}

/** Gone already, or no longer what it was: nothing to release. */
const releasedAnyway = new Set(['NotFound', 'Invalid']);

function* release(owner: KubeObject, object: KubeObject): Requests<string | undefined> {
  const { namespace, name, uid } = object.metadata;
  const removal = { $patch: 'delete', uid: owner.metadata.uid };
  const patched = yield* call({
    verb: 'patch',
    kind: object.kind,
    ...(namespace ? { namespace } : {}),
    name,
    patchType: 'strategic',
    patch: { metadata: { uid, ownerReferences: [removal] } },
  });
  if (patched.ok || releasedAnyway.has(patched.status.reason)) return undefined;
  return patched.status.message;
}

const aggregate = (errors: readonly string[]): string =>
  errors.length === 1 ? errors[0]! : `[${[...new Set(errors)].join(', ')}]`;
