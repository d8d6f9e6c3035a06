/** Metadata: what clients may say, and what only the server does (api-02 §2, §4). */

import { share } from '../api/equal.ts';
import type { Kind } from '../api/kind.ts';
import type { Draft, ObjectMeta } from '../api/meta.ts';
import { timestamp } from '../api/time.ts';
import { blank } from '../blank.ts';
import type { Handling } from './apiserver.ts';
import { generateUid } from './names.ts';

type Given = Draft['metadata'];

/** A namespaced object whose namespace nobody named goes to `default`. */
export const homeOf = ({ namespaced }: Kind, namespace: string | undefined): string | undefined =>
  namespaced ? namespace || 'default' : undefined;

/** The metadata of an object that is about to be created. */
export function freshMetadata(
  given: Given,
  name: string,
  namespace: string | undefined,
  { kind, seed, store, now }: Handling,
): ObjectMeta {
  const { generateName, generation, labels, annotations, ownerReferences, finalizers } = given;
  const revision = store.revision + 1;
  const metadata: Record<string, unknown> = { name };
  if (generateName) metadata.generateName = generateName;
  if (namespace !== undefined) metadata.namespace = namespace;
  metadata.uid = generateUid(seed, revision);
  metadata.resourceVersion = String(revision);
  // Only kinds that count their generations overrule what the client says.
  if (kind.generation !== undefined) metadata.generation = 1;
  else if (generation) metadata.generation = generation;
  metadata.creationTimestamp = timestamp(now);
  if (isFilled(labels)) metadata.labels = labels;
  if (isFilled(annotations)) metadata.annotations = annotations;
  if (ownerReferences?.length) metadata.ownerReferences = ownerReferences;
  if (finalizers?.length) metadata.finalizers = finalizers;
  if (isTracked(given.managedFields)) metadata.managedFields = given.managedFields;
  return metadata as unknown as ObjectMeta;
}

/** The current metadata with what a client may change taken over; itself if nothing changed. */
export function mergedMetadata(given: Given, current: ObjectMeta): ObjectMeta {
  if (given === current) return current;
  const labels = taken(given.labels, current.labels);
  const annotations = taken(given.annotations, current.annotations);
  const ownerReferences = taken(given.ownerReferences, current.ownerReferences);
  const finalizers = taken(given.finalizers, current.finalizers);
  const managedFields = owners(given.managedFields, current.managedFields);
  if (
    labels === current.labels &&
    annotations === current.annotations &&
    ownerReferences === current.ownerReferences &&
    finalizers === current.finalizers &&
    managedFields === current.managedFields
  ) {
    return current;
  }
  const {
    labels: _l,
    annotations: _a,
    ownerReferences: _o,
    finalizers: _f,
    managedFields: _m,
    ...kept
  } = current;
  return {
    ...blank,
    ...kept,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
}

type Owners = ObjectMeta['managedFields'];

/** Who says nothing of the owners keeps them; an empty list, or an empty entry, forgets them. */
function owners(given: Owners | null, current: Owners): Owners {
  if (given === undefined || given === null || given === current) return current;
  return isTracked(given) ? share(current, given) : undefined;
}

const isTracked = (given: Owners | null): boolean =>
  given?.some((entry) => isFilled(entry as object)) === true;

function taken<T extends object>(given: T | undefined, current: T | undefined): T | undefined {
  if (given === current) return current;
  return isFilled(given) ? share(current, given) : undefined;
}

function isFilled(value: object | null | undefined): value is object {
  for (const _ in value) return true;
  return false;
}
