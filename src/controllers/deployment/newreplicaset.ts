/** Finds the new ReplicaSet and keeps it up to date, or creates it (ctl-02 §B.3). */

import type { Deployment } from '../../api/deployment.ts';
import { controllerRef, isControlledBy, type KubeObject, makeKey } from '../../api/meta.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Status } from '../../api/status.ts';
import { blank } from '../../blank.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { hashOfTemplate } from '../hash.ts';
import { forNew } from './annotations.ts';
import { conditionOf, newCondition, withCondition } from './conditions.ts';
import { hasDeadline } from './progress.ts';
import { findNew, hashLabel, revisionKey, revisionOf, sameTemplate } from './replicasets.ts';
import { newReplicas } from './sizes.ts';
import { writeStatus } from './write.ts';

export type Found =
  | { readonly ok: true; readonly rs: ReplicaSet | undefined; readonly deployment: Deployment }
  | { readonly ok: false; readonly status: Status };

/** `deployment` in the answer is the version after what was written here. */
export function* getNewReplicaSet(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  create: boolean,
  context: ControllerContext,
): Requests<Found> {
  const revision = Math.max(0, ...old.map((rs) => revisionOf(rs) ?? 0)) + 1;
  const existing = findNew(deployment, all);
  if (existing !== undefined) return yield* keepUpToDate(deployment, existing, revision, context);
  if (!create) return { ok: true, rs: undefined, deployment };
  return yield* createNew(deployment, old, revision, context);
}

function* keepUpToDate(
  deployment: Deployment,
  rs: ReplicaSet,
  revision: number,
  context: ControllerContext,
): Requests<Found> {
  const annotations = forNew(deployment, rs, revision, true);
  const { minReadySeconds = 0 } = deployment.spec;
  if (
    annotations !== rs.metadata.annotations ||
    (rs.spec.minReadySeconds ?? 0) !== minReadySeconds
  ) {
    const updated = yield* call<ReplicaSet>({
      verb: 'update',
      kind: 'ReplicaSet',
      object: {
        ...rs,
        metadata: { ...rs.metadata, annotations },
        spec: withMinReadySeconds(rs.spec, minReadySeconds),
      } as ReplicaSet,
    });
    return updated.ok ? { ok: true, rs: updated.object, deployment } : updated;
  }
  let next = withRevision(deployment, rs.metadata.annotations?.[revisionKey]);
  if (
    hasDeadline(deployment) &&
    conditionOf(deployment.status.conditions, 'Progressing') === undefined
  ) {
    const message = `Found new replica set "${rs.metadata.name}"`;
    const found = newCondition('Progressing', 'True', 'FoundNewReplicaSet', message, context.now);
    const conditions = withCondition(next.status.conditions ?? [], found);
    next = { ...next, status: { ...next.status, conditions } };
  }
  if (next === deployment) return { ok: true, rs, deployment };
  const written = yield* writeStatus(next, next.status);
  return written.ok ? { ok: true, rs, deployment: written.object } : written;
}

function withMinReadySeconds(spec: ReplicaSet['spec'], seconds: number): ReplicaSet['spec'] {
  const { minReadySeconds: _, ...rest } = spec;
  return seconds === 0 ? rest : { ...rest, minReadySeconds: seconds };
}

function* createNew(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  revision: number,
  context: ControllerContext,
): Requests<Found> {
  const draft = replicaSetFor(deployment, old, revision);
  const { name, namespace } = draft.metadata;
  const created = yield* call<ReplicaSet>({
    verb: 'create',
    kind: 'ReplicaSet',
    namespace: namespace!,
    object: draft,
  });
  let rs: ReplicaSet;
  if (created.ok) {
    rs = created.object;
    if (rs.spec.replicas > 0) {
      const message = `Scaled up replica set ${name} from 0 to ${rs.spec.replicas}`;
      context.record(deployment, 'Normal', 'ScalingReplicaSet', message);
    }
  } else if (created.status.reason === 'AlreadyExists') {
    const cached = context.view.get<ReplicaSet>('ReplicaSet', makeKey(namespace, name));
    // Not in the cache yet: perhaps it is our own, so this is no collision but a reason to wait.
    if (cached === undefined) return { ok: false, status: created.status };
    if (!isOurs(cached, deployment)) return yield* collision(deployment, created.status);
    rs = cached;
  } else {
    return yield* failure(deployment, name, created.status, context);
  }
  let next = withRevision(deployment, String(revision));
  if (created.ok && hasDeadline(deployment)) {
    const message = `Created new replica set "${name}"`;
    const made = newCondition('Progressing', 'True', 'NewReplicaSetCreated', message, context.now);
    const conditions = withCondition(next.status.conditions ?? [], made);
    next = { ...next, status: { ...next.status, conditions } };
  }
  if (next === deployment) return { ok: true, rs, deployment };
  const written = yield* writeStatus(next, next.status);
  return written.ok ? { ok: true, rs, deployment: written.object } : written;
}

const isOurs = (rs: ReplicaSet, deployment: Deployment): boolean =>
  isControlledBy(rs, deployment) && sameTemplate(rs.spec.template, deployment.spec.template);

/** Another template has the same hash: counting collisions gives another name next time. */
function* collision(deployment: Deployment, status: Status): Requests<Found> {
  const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
  yield* writeStatus(deployment, { ...deployment.status, collisionCount });
  return { ok: false, status };
}

function* failure(
  deployment: Deployment,
  name: string,
  status: Status,
  context: ControllerContext,
): Requests<Found> {
  if (status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating')) {
    return { ok: false, status };
  }
  const message = `Failed to create new replica set "${name}": ${status.message}`;
  if (hasDeadline(deployment)) {
    const failed = newCondition(
      'Progressing',
      'False',
      'ReplicaSetCreateError',
      message,
      context.now,
    );
    const conditions = withCondition(deployment.status.conditions ?? [], failed);
    yield* writeStatus(deployment, { ...deployment.status, conditions });
  }
  context.record(deployment, 'Warning', 'ReplicaSetCreateError', message);
  return { ok: false, status };
}

function withRevision(deployment: Deployment, revision: string | undefined): Deployment {
  const { annotations } = deployment.metadata;
  if (revision === undefined || annotations?.[revisionKey] === revision) return deployment;
  const metadata = {
    ...deployment.metadata,
    annotations: { ...annotations, [revisionKey]: revision },
  };
  return { ...deployment, metadata };
}

/** The ReplicaSet as it will be created; `replicas` as the rollout allows it now. */
function replicaSetFor(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  revision: number,
): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = hashOfTemplate(template, deployment.status.collisionCount);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const empty: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: nameFor(deployment, hash),
      namespace: deployment.metadata.namespace!,
      labels,
      ownerReferences: [controllerRef(deployment)],
    } as unknown as KubeObject['metadata'],
    spec: {
      replicas: 0,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
  const annotations = forNew(deployment, empty, revision, false);
  const replicas = newReplicas(deployment, [...old, empty], empty);
  return {
    ...empty,
    metadata: { ...blank, ...empty.metadata, annotations },
    spec: { ...empty.spec, replicas },
  };
}

const nameMax = 253;

const nameFor = ({ metadata: { name } }: Deployment, hash: string): string =>
  `${name.slice(0, nameMax - hash.length - 1)}-${hash}`;
