/** The rollback annotation of extensions/v1beta1 (ctl-02 §B.10): old clients still write it. */
import type { Deployment } from '../../api/deployment.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { private_, shared } from './annotations.ts';
import { getNewReplicaSet } from './newreplicaset.ts';
import { findOld, revisionOf, rollbackKey, sameTemplate, withoutHash } from './replicasets.ts';

/** The revision that is asked for, 0 for the one before; undefined if none is. */
export function rollbackTarget({ metadata: { annotations } }: Deployment): number | undefined {
  const text = annotations?.[rollbackKey];
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** The template of now becomes a revision first, so that it can be gone back to. Returns an error. */
export function* rollBack(
  given: Deployment,
  replicaSets: readonly ReplicaSet[],
  target: number,
  context: ControllerContext,
): Requests<string | undefined> {
  const old = findOld(given, replicaSets);
  const found = yield* getNewReplicaSet(given, replicaSets, old, true, context);
  if (!found.ok) return found.status.message;
  const { deployment } = found;
  const all = [...old, found.rs!];
  const revision = target === 0 ? previousRevision(all) : target;
  const warn = (reason: string, message: string) =>
    context.record(deployment, 'Warning', reason, message);
  if (revision === 0) {
    warn('DeploymentRollbackRevisionNotFound', 'Unable to find last revision.');
    return yield* withoutAnnotation(deployment);
  }
  const rs = all.find((candidate) => revisionOf(candidate) === revision);
  if (rs === undefined) {
    warn('DeploymentRollbackRevisionNotFound', 'Unable to find the revision to rollback to.');
    return yield* withoutAnnotation(deployment);
  }
  const { name } = deployment.metadata;
  if (sameTemplate(deployment.spec.template, rs.spec.template)) {
    warn(
      'DeploymentRollbackTemplateUnchanged',
      `The rollback revision contains the same template as current deployment "${name}"`,
    );
    return yield* withoutAnnotation(deployment);
  }
  const metadata = {
    ...deployment.metadata,
    annotations: { ...private_(deployment), ...shared(rs) },
  };
  const spec = { ...deployment.spec, template: withoutHash(rs.spec.template) };
  const error = yield* withoutAnnotation({ ...deployment, metadata, spec });
  if (error !== undefined) return error;
  const message = `Rolled back deployment "${name}" to revision ${revision}`;
  context.record(deployment, 'Normal', 'DeploymentRollback', message);
  return undefined;
}

/** The second highest revision; 0 if there is none. */
function previousRevision(replicaSets: readonly ReplicaSet[]): number {
  const revisions = replicaSets.map((rs) => revisionOf(rs) ?? 0).sort((a, b) => b - a);
  return revisions[1] ?? 0;
}

function* withoutAnnotation(deployment: Deployment): Requests<string | undefined> {
  const { [rollbackKey]: _, ...annotations } = deployment.metadata.annotations ?? {};
  const updated = yield* call<Deployment>({
    verb: 'update',
    kind: 'Deployment',
    object: { ...deployment, metadata: { ...deployment.metadata, annotations } },
  });
  return updated.ok ? undefined : updated.status.message;
}
