/** Writes to the Pods of a set, and what Events say about them (ctl-03 §B.6). */
import { type Draft, keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { StatefulSet } from '../../api/statefulset.ts';
import type { Status } from '../../api/status.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { type Claims, createClaims, knownClaims, ownersMatch, setOwners } from './claimcontrol.ts';
import { identified, storageMatches } from './identity.ts';
import type { PodIdentity } from './retention.ts';

type Verb = 'Create' | 'Delete' | 'Update';

function told(
  verb: Verb,
  set: StatefulSet,
  pod: string,
  error: string | undefined,
  context: ControllerContext,
): void {
  const what = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
  if (error === undefined) context.record(set, 'Normal', `Successful${verb}`, `${what} successful`);
  else context.record(set, 'Warning', `Failed${verb}`, `${what} failed error: ${error}`);
}

const wrote = (set: StatefulSet, { metadata }: Pod, { consistency }: ControllerContext): void =>
  consistency.wrote(keyOf(set), 'Pod', metadata.resourceVersion);

/** What a Pod is known by before it exists. */
export const unborn = (name: string): PodIdentity => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: '' },
});

/** Its claims first, then the Pod, then whom the claims belong to. Returns an error. */
export function* createPod(
  set: StatefulSet,
  draft: Draft<Pod>,
  ordinal: number,
  context: ControllerContext,
): Requests<string | undefined> {
  const tell = (verb: Verb, error?: string) => told(verb, set, name, error, context);
  const name = draft.metadata.name!;
  const claims = yield* createClaims(set, ordinal, context);
  if (claims.error !== undefined) {
    tell('Create', claims.error);
    return claims.error;
  }
  const created = yield* call<Pod>({
    verb: 'create',
    kind: 'Pod',
    namespace: set.metadata.namespace!,
    object: draft,
  });
  if (created.ok) wrote(set, created.object, context);
  else if (created.status.reason === 'AlreadyExists') return created.status.message;
  const pod = created.ok ? created.object : unborn(name);
  const { error } = yield* setOwners(set, claims.existing, pod, ordinal, context);
  if (error !== undefined) {
    tell('Update', error);
    return error;
  }
  const failure = created.ok ? undefined : created.status.message;
  tell('Create', failure);
  return failure;
}

/** That one and no other of its name. */
export function* deletePod(
  set: StatefulSet,
  pod: Pod,
  context: ControllerContext,
): Requests<Status | undefined> {
  const { namespace, name, uid } = pod.metadata;
  const deleted = yield* call<Pod>({
    verb: 'delete',
    kind: 'Pod',
    namespace: namespace!,
    name,
    options: { preconditions: { uid } },
  });
  if (deleted.ok) wrote(set, deleted.object, context);
  const status = deleted.ok ? undefined : deleted.status;
  told('Delete', set, name, status?.message, context);
  return status;
}

/** Its claims exist, and belong to whom they should. Returns them. */
export function* tendClaims(
  set: StatefulSet,
  pod: Pod,
  ordinal: number,
  context: ControllerContext,
): Requests<Claims> {
  const isPending = pod.status.phase === 'Pending';
  const claims: Claims = isPending
    ? yield* createClaims(set, ordinal, context)
    : { existing: knownClaims(set, ordinal, context) };
  if (claims.error !== undefined) return claims;
  const owned = yield* setOwners(set, claims.existing, pod, ordinal, context);
  if (owned.error !== undefined) told('Update', set, pod.metadata.name, owned.error, context);
  return owned;
}

/** Its labels, its volumes and whom its claims belong to, if any of them is wrong. Returns an error. */
export function* keepIdentity(
  set: StatefulSet,
  pod: Pod,
  ordinal: number,
  known: readonly PersistentVolumeClaim[],
  context: ControllerContext,
): Requests<string | undefined> {
  const object = identified(set, pod, ordinal);
  if (object === pod && ownersMatch(set, known, pod, ordinal)) return undefined;
  const tell = (error?: string) => told('Update', set, pod.metadata.name, error, context);
  const claims: Claims = storageMatches(set, pod, ordinal)
    ? { existing: known }
    : yield* createClaims(set, ordinal, context);
  const error =
    claims.error ?? (yield* setOwners(set, claims.existing, pod, ordinal, context)).error;
  if (error !== undefined) {
    tell(error);
    return error;
  }
  const updated = yield* call<Pod>({ verb: 'update', kind: 'Pod', object });
  if (updated.ok) wrote(set, updated.object, context);
  const failure = updated.ok ? undefined : updated.status.message;
  tell(failure);
  return failure;
}
