/** Writes to the claims of a set: makes the missing ones, and sets whom they belong to. */
import { keyOf, type OwnerReference } from '../../api/meta.ts';
import type { StatefulSet } from '../../api/statefulset.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { claimsOf } from './claims.ts';
import { isInRange, podName } from './ordinals.ts';
import { hasUnexpectedController, ownersOf, type PodIdentity } from './retention.ts';

/** The claims of one ordinal, as the pass knows them by now. */
export interface Claims {
  readonly existing: readonly PersistentVolumeClaim[];
  readonly error?: string;
}

/**
 * Makes those that are missing. What follows goes on with the claims that were returned: a cache
 * that does not show them yet would leave them without an owner (k/k#142130).
 */
export function* createClaims(
  set: StatefulSet,
  ordinal: number,
  context: ControllerContext,
): Requests<Claims> {
  const existing: PersistentVolumeClaim[] = [];
  const errors: string[] = [];
  const pod = podName(set, ordinal);
  for (const { name, draft, claim } of claimsOf(set, ordinal, context.view)) {
    if (claim !== undefined) {
      if (claim.metadata.deletionTimestamp !== undefined) {
        errors.push(`pvc ${name} is being deleted`);
      }
      existing.push(claim);
      continue;
    }
    const created = yield* call<PersistentVolumeClaim>({
      verb: 'create',
      kind: 'PersistentVolumeClaim',
      namespace: set.metadata.namespace!,
      object: draft,
    });
    if (created.ok) {
      existing.push(created.object);
      wrote(set, created.object, context);
      const message = `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
      context.record(set, 'Normal', 'SuccessfulCreate', message);
      continue;
    }
    const { reason, message } = created.status;
    errors.push(`failed to create PVC ${name}: ${message}`);
    if (reason === 'AlreadyExists') continue;
    const failure = `Create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${message}`;
    context.record(set, 'Warning', 'FailedCreate', failure);
  }
  return errors.length === 0 ? { existing } : { existing, error: aggregate(errors) };
}

const wrote = (
  set: StatefulSet,
  { metadata }: PersistentVolumeClaim,
  { consistency }: ControllerContext,
): void => consistency.wrote(keyOf(set), 'PersistentVolumeClaim', metadata.resourceVersion);

const aggregate = (errors: readonly string[]): string =>
  errors.length === 1 ? errors[0]! : `[${[...new Set(errors)].join(', ')}]`;

/** Those that the cache shows. */
export const knownClaims = (
  set: StatefulSet,
  ordinal: number,
  { view }: ControllerContext,
): readonly PersistentVolumeClaim[] =>
  claimsOf(set, ordinal, view).flatMap(({ claim }) => (claim === undefined ? [] : [claim]));

export const ownersMatch = (
  set: StatefulSet,
  claims: readonly PersistentVolumeClaim[],
  pod: PodIdentity,
  ordinal: number,
): boolean => claims.every((claim) => wantedOwners(set, claim, pod, ordinal) === undefined);

/** Undefined: it has the right ones. */
function wantedOwners(
  set: StatefulSet,
  claim: PersistentVolumeClaim,
  pod: PodIdentity,
  ordinal: number,
): readonly OwnerReference[] | undefined {
  const before = claim.metadata.ownerReferences;
  const wanted = ownersOf(claim, set, pod, isInRange(set, ordinal));
  return wanted === before || wanted.length + (before?.length ?? 0) === 0 ? undefined : wanted;
}

/** Gives each claim the owner that the policy asks for. Returns them as they are now. */
export function* setOwners(
  set: StatefulSet,
  claims: readonly PersistentVolumeClaim[],
  pod: PodIdentity,
  ordinal: number,
  context: ControllerContext,
): Requests<Claims> {
  const existing: PersistentVolumeClaim[] = [];
  for (const claim of claims) {
    const { ownerReferences: _before, ...metadata } = claim.metadata;
    const { name } = metadata;
    if (hasUnexpectedController(claim, set, pod)) {
      const message = `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a managing controller, the retention policy is ignored for this claim`;
      context.record(set, 'Warning', 'ConflictingController', message);
    }
    const ownerReferences = wantedOwners(set, claim, pod, ordinal);
    if (ownerReferences === undefined) {
      existing.push(claim);
      continue;
    }
    const updated = yield* call<PersistentVolumeClaim>({
      verb: 'update',
      kind: 'PersistentVolumeClaim',
      object: {
        ...claim,
        metadata: {
          ...metadata,
          ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
        },
      },
    });
    if (!updated.ok) {
      const why = updated.status.message;
      return {
        existing,
        error: `could not update claim ${name} for delete policy ownerRefs: ${why}`,
      };
    }
    wrote(set, updated.object, context);
    existing.push(updated.object);
  }
  return { existing };
}
