/** A Deployment's ReplicaSets: which is the new one, in which order the others stand. */
import type { Deployment } from '../../api/deployment.ts';
import { semanticDeepEqual } from '../../api/equal.ts';
import type { PodTemplateSpec } from '../../api/pod/podspec.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';

export const hashLabel = 'pod-template-hash';
export const revisionKey = 'deployment.kubernetes.io/revision';
export const historyKey = 'deployment.kubernetes.io/revision-history';
export const desiredKey = 'deployment.kubernetes.io/desired-replicas';
export const maxKey = 'deployment.kubernetes.io/max-replicas';
export const rollbackKey = 'deprecated.deployment.rollback.to';

export const byCreation = (a: ReplicaSet, b: ReplicaSet): number =>
  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compare(a.metadata.name, b.metadata.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const stripped = new WeakMap<PodTemplateSpec, PodTemplateSpec>();

/** A ReplicaSet's template as its Deployment wrote it: without the label that tells them apart. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  let plain = stripped.get(template);
  if (plain === undefined) {
    const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
    plain = { ...template, metadata: { ...template.metadata, labels } };
    stripped.set(template, plain);
  }
  return plain;
}

const compared = new WeakMap<PodTemplateSpec, WeakMap<PodTemplateSpec, boolean>>();

/** Equal but for the hash label. Remembered: the same two are compared in every pass. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  let known = compared.get(a);
  if (known === undefined) {
    known = new WeakMap();
    compared.set(a, known);
  }
  let same = known.get(b);
  if (same === undefined) {
    same = semanticDeepEqual(withoutHash(a), withoutHash(b));
    known.set(b, same);
  }
  return same;
}

/** The oldest that has the Deployment's template: so going back to a template re-uses its own. */
export function findNew(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return [...replicaSets]
    .sort(byCreation)
    .find((rs) => sameTemplate(rs.spec.template, deployment.spec.template));
}

/** All but the new one. */
export function findOld(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): readonly ReplicaSet[] {
  const newRs = findNew(deployment, replicaSets);
  return replicaSets.filter((rs) => rs.metadata.uid !== newRs?.metadata.uid);
}

export const isActive = ({ spec }: ReplicaSet): boolean => spec.replicas > 0;

export const sizeOf = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((sum, { spec }) => sum + spec.replicas, 0);

export const availableOf = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((sum, { status }) => sum + (status.availableReplicas ?? 0), 0);

/** 0 if there is none; undefined if it is no number. */
export function revisionOf({
  metadata: { annotations },
}: ReplicaSet | Deployment): number | undefined {
  const text = annotations?.[revisionKey];
  if (text === undefined) return 0;
  return integer.test(text) ? Number(text) : undefined;
}

/** An annotation that counts; undefined if it is missing or no such number. */
export function countOf(
  { metadata: { annotations } }: ReplicaSet,
  key: string,
): number | undefined {
  const text = annotations?.[key] ?? '';
  return /^\d+$/.test(text) && Number(text) <= int32Max ? Number(text) : undefined;
}

const int32Max = 2_147_483_647;
const integer = /^[+-]?\d+$/;
