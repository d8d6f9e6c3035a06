/** PUT, and the end of every PATCH: what may change is taken over, the rest stays (api-02 §4). */

import { share } from '../api/equal.ts';
import { type Kind, nameOf } from '../api/kind.ts';
import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import type { Namespace } from '../api/namespace.ts';
import type { Status } from '../api/status.ts';
import { blank } from '../blank.ts';
import { admissionRefusal } from './admission/judging.ts';
import type { Handling } from './apiserver.ts';
import { create } from './create.ts';
import { gone } from './delete.ts';
import { uidMismatch } from './etcd.ts';
import { homeOf, mergedMetadata } from './metadata.ts';
import type { Asked } from './policies/asked.ts';
import { isMutated, type Mutated, mutated } from './policies/mutating.ts';
import { isPoliced, policyRefusal } from './policies/validating.ts';
import { conflict, internalError, invalid, notFound, versionRequired } from './reject.ts';
import { type Response, refused } from './request.ts';
import { scaleOf } from './scaleof.ts';
import { addressed } from './serviceaddresses.ts';
import { updateErrors } from './updateerrors.ts';

/** What an update is, apart from the object that it brings. */
export interface Update {
  readonly verb: 'update' | 'patch';
  readonly subresource: string | undefined;
  /** Parts that are equal to those of what is stored are the same already. */
  readonly isShared?: true;
}

export function update(given: KubeObject, how: Update, handling: Handling): Response {
  const { kind } = handling;
  const { name, namespace, uid = '' } = given.metadata;
  const home = homeOf(kind, namespace);
  const current = handling.held(home, name);
  if (uid !== '' && uid !== current?.metadata.uid) {
    return refused(uidMismatch(kind, home, name, uid, current?.metadata.uid ?? ''));
  }
  if (current === undefined) {
    if (!kind.createsOnUpdate || how.subresource !== undefined)
      return refused(notFound(kind, name));
    const { resourceVersion: _none, ...metadata } = given.metadata;
    return create({ verb: 'create', kind: nameOf(kind), object: { ...given, metadata } }, handling);
  }
  const stale = versionRefusal(given.metadata.resourceVersion, current, kind);
  if (stale !== undefined) return refused(stale);
  const revised = revision(given, current, how, handling);
  if (!revised.ok) return refused(revised.status);
  const next = merged(revised.object, current, how, handling);
  const errors = updateErrors(given, next, current, kind, how.subresource);
  if (errors.length > 0) return refused(invalid(kind, name, errors));
  const refusal =
    isJudged(how, kind) && next !== current
      ? admissionRefusal(next, current, handling, how.subresource)
      : isPoliced(handling)
        ? policyRefusal(changeOf(next, current, how.subresource, kind), handling)
        : undefined;
  if (refusal !== undefined) return refused(refusal);
  if (isLetGo(next, current)) {
    gone(current, handling, how.verb, how.subresource);
    return { ok: true, object: next };
  }
  // Nothing changed: nothing is written, and the version stays; but what is stored in an old form gets the new one.
  if (next === current && handling.isKept(current)) return { ok: true, object: current };
  const placed = addressed(next, current, handling);
  if (!placed.ok) return refused(invalid(kind, name, placed.errors));
  return { ok: true, object: handling.write(how.verb, current, placed.object, how.subresource) };
}

/** Status, size and the like change nothing that admission judges, unless somebody vouches for something by them. */
const isJudged = ({ subresource }: Update, { kind }: Kind): boolean =>
  subresource === undefined ||
  subresource === 'resize' ||
  subresource === 'ephemeralcontainers' ||
  kind === 'CertificateSigningRequest';

/** What policies make of what is given. Of a status or a size they make nothing. */
function revision(
  given: KubeObject,
  current: KubeObject,
  { subresource }: Update,
  handling: Handling,
): Mutated {
  if (subresource !== undefined || !isMutated(handling)) return { ok: true, object: given };
  const metadata = mergedMetadata(given.metadata, current.metadata);
  const whole = handling.kind.defaults(named(given, current, metadata, handling.kind));
  return mutated(whole, { operation: 'UPDATE', before: current }, handling);
}

/** A change of a size is about the Scale, and not about what has it. */
function changeOf(
  object: KubeObject,
  before: KubeObject,
  subresource: string | undefined,
  kind: Kind,
): Asked {
  const operation = 'UPDATE';
  if (subresource !== 'scale') return { operation, object, before, subresource };
  return {
    operation,
    object: scaleOf(object, kind),
    before: scaleOf(before, kind),
    subresource,
    bodyKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  };
}

/** Nothing holds a terminating object any more: the update removes it. */
function isLetGo({ kind, metadata, spec }: KubeObject, current: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = current.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0) return false;
  if (metadata.finalizers !== undefined) return false;
  return kind !== 'Namespace' || (spec as Namespace['spec']).finalizers === undefined;
}

function versionRefusal(
  given: string | undefined,
  { metadata: { name, resourceVersion } }: KubeObject,
  kind: Kind,
): Status | undefined {
  if (given === resourceVersion) return undefined;
  if (given === undefined || given === '' || given === '0') {
    return kind.conditionalUpdateOnly === true ? versionRequired(kind, name) : undefined;
  }
  if (!/^\d+$/.test(given)) {
    const parsing = `strconv.ParseUint: parsing ${JSON.stringify(given)}`;
    return internalError(`${parsing}: invalid syntax`);
  }
  return conflict(kind, name);
}

/** The new version: equal parts keep the identity of the old ones, all equal is the old one. */
function merged(
  given: KubeObject,
  current: KubeObject,
  { subresource, isShared }: Update,
  handling: Handling,
): KubeObject {
  const isFixed = subresource === 'status' && handling.kind.keepsMetadataOnStatus === true;
  const { managedFields } = given.metadata;
  const metadata = mergedMetadata(
    isFixed ? { ...current.metadata, ...(managedFields && { managedFields }) } : given.metadata,
    current.metadata,
  );
  return subresource === 'status' || subresource === 'approval'
    ? withStatus(given, current, metadata, handling, isShared)
    : withoutStatus(given, current, metadata, subresource, handling);
}

function withStatus(
  given: KubeObject,
  current: KubeObject,
  metadata: ObjectMeta,
  { kind, now }: Handling,
  isShared = false,
): KubeObject {
  const status = isShared ? given.status : share(current.status, given.status ?? {});
  if (status === current.status && metadata === current.metadata) return current;
  const next = { ...current, metadata, status };
  const prepared = kind.prepareForStatusUpdate?.(next, current, now) ?? next;
  return prepared === next ? next : share(current, prepared);
}

function withoutStatus(
  given: KubeObject,
  current: KubeObject,
  metadata: ObjectMeta,
  subresource: string | undefined,
  { kind, now }: Handling,
): KubeObject {
  const whole = named(given, current, metadata, kind);
  const defaulted = kind.defaults(whole);
  const prepared =
    subresource === 'finalize'
      ? kind.prepareForFinalize?.(defaulted, current)
      : ((subresource === undefined
          ? undefined
          : kind.prepareForSubresource?.(subresource, defaulted, current)) ??
        kind.prepareForUpdate?.(defaulted, current, now));
  const next = share(current, prepared ?? defaulted);
  if (next === current || kind.generation?.(next, current) !== true) return next;
  const generation = (current.metadata.generation ?? 0) + 1;
  return { ...next, metadata: { ...next.metadata, generation } };
}

/** What is given, as an object of the kind; its status stays. */
function named(
  given: KubeObject,
  current: KubeObject,
  metadata: ObjectMeta,
  { apiVersion, kind, hasStatus }: Kind,
): KubeObject {
  if (!hasStatus) return { ...blank, ...given, apiVersion, kind, metadata };
  const { status: _given, ...own } = given;
  const { status } = current;
  return status === undefined
    ? { ...blank, ...own, apiVersion, kind, metadata }
    : { ...blank, ...own, apiVersion, kind, metadata, status };
}
