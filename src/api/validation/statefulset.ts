/** Validation of StatefulSets (api-06 §2). */
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { goStringMap } from '../patch/gotext.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { selectorOf } from '../selectors/selectors.ts';
import type { StatefulSet, StatefulSetStatus } from '../statefulset.ts';
import {
  type Errors,
  forbidden,
  invalid,
  invalidRaw,
  nonNegative,
  shown,
  unsupported,
} from './errors.ts';
import { validateCount } from './intstr.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { validatePodAnnotations } from './podannotations.ts';
import { validateSelector } from './workload.ts';

type Spec = StatefulSet['spec'];

export function validateStatefulSet({ spec }: StatefulSet): readonly FieldError[] {
  const errors: Errors = [];
  const { podManagementPolicy: policy } = spec;
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(
      invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"),
    );
  }
  validateStrategy(errors, spec.updateStrategy);
  validateRetention(errors, spec);
  nonNegative(errors, 'spec.replicas', spec.replicas);
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  nonNegative(errors, 'spec.ordinals.start', spec.ordinals?.start);
  if (validateSelector(errors, spec.selector, 'statefulset')) validateTemplate(errors, spec);
  return errors;
}

function validateStrategy(errors: Errors, strategy: Spec['updateStrategy']): void {
  const { type, rollingUpdate } = strategy;
  const field = 'spec.updateStrategy';
  if (type === 'RollingUpdate') {
    if (rollingUpdate === undefined) return;
    const at = `${field}.rollingUpdate`;
    nonNegative(errors, `${at}.partition`, rollingUpdate.partition);
    const { maxUnavailable } = rollingUpdate;
    if (maxUnavailable === undefined) return;
    validateCount(errors, maxUnavailable, `${at}.maxUnavailable`);
    if (maxUnavailable === 0 || /^0+%$/.test(String(maxUnavailable))) {
      errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, 'cannot be 0'));
    }
  } else if (type !== 'OnDelete') {
    const detail = "must be 'RollingUpdate' or 'OnDelete'";
    errors.push(invalidRaw(field, strategyText(type, rollingUpdate), detail));
  } else if (rollingUpdate !== undefined) {
    const detail = "only allowed for updateStrategy 'RollingUpdate'";
    errors.push(invalidRaw(`${field}.rollingUpdate`, rollingText(rollingUpdate), detail));
  }
}

type RollingUpdate = Spec['updateStrategy']['rollingUpdate'];

/** The internal types are shown, whose fields are named as in Go. */
const rollingText = (rolling: NonNullable<RollingUpdate>): string =>
  `{"Partition":${rolling.partition ?? 0},"MaxUnavailable":${shown(rolling.maxUnavailable)}}`;

const strategyText = (type: string | undefined, rolling: RollingUpdate): string =>
  `{"Type":${shown(type)},"RollingUpdate":${rolling === undefined ? 'null' : rollingText(rolling)}}`;

const retentions = ['Retain', 'Delete'];

function validateRetention(errors: Errors, { persistentVolumeClaimRetentionPolicy }: Spec): void {
  for (const [field, value] of Object.entries(persistentVolumeClaimRetentionPolicy)) {
    if (retentions.includes(value)) continue;
    const at = `spec.persistentVolumeClaimRetentionPolicy.${field}`;
    errors.push(unsupported(at, value, retentions));
  }
}

const noSpec = {} as PodSpec;

/** The Pod spec itself is not looked at: what is wrong with it is told when a Pod is created. */
function validateTemplate(errors: Errors, { selector, template }: Spec): void {
  const field = 'spec.template';
  const { labels, annotations } = template?.metadata ?? {};
  if (selector !== undefined && !selectorOf(selector)(labels)) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalidRaw(`${field}.metadata.labels`, goStringMap(labels), detail));
  }
  validateLabels(errors, labels, `${field}.labels`);
  validateAnnotations(errors, annotations, `${field}.annotations`);
  validatePodAnnotations(errors, annotations, template?.spec ?? noSpec, `${field}.annotations`);
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== 'Always') {
    errors.push(unsupported(`${field}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in StatefulSet is not Supported';
    errors.push(forbidden(`${field}.spec.activeDeadlineSeconds`, detail));
  }
}

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const satisfies readonly (keyof Spec)[];

const onlyChangeable = `updates to statefulset spec for fields other than ${changeable
  .slice(0, -1)
  .map((field) => `'${field}'`)
  .join(', ')} and 'minReadySeconds' are forbidden`;

export function validateStatefulSetUpdate(
  next: StatefulSet,
  current: StatefulSet,
): readonly FieldError[] {
  const errors = [...validateStatefulSet(next)];
  if (!semanticDeepEqual(fixedPart(next.spec), fixedPart(current.spec))) {
    errors.push(forbidden('spec', onlyChangeable));
  }
  return errors;
}

const fixedPart = (spec: Spec): unknown =>
  Object.fromEntries(
    Object.entries(spec).filter(([field]) => !(changeable as readonly string[]).includes(field)),
  );

const counts = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'observedGeneration',
  'collisionCount',
] as const satisfies readonly (keyof StatefulSetStatus)[];

const partsOfReplicas = [
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
] as const satisfies readonly (keyof StatefulSetStatus)[];

export function validateStatefulSetStatus(
  next: StatefulSetStatus,
  current: StatefulSetStatus,
): readonly FieldError[] {
  const errors: Errors = [];
  for (const name of counts) nonNegative(errors, `status.${name}`, next[name]);
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0, collisionCount } = next;
  for (const name of partsOfReplicas) {
    const count = next[name] ?? 0;
    if (count <= replicas) continue;
    errors.push(invalid(`status.${name}`, count, 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas) {
    const detail = 'cannot be greater than status.readyReplicas';
    errors.push(invalid('status.availableReplicas', availableReplicas, detail));
  }
  const before = current.collisionCount;
  if (before !== undefined && (collisionCount ?? -1) < before) {
    errors.push(invalid('status.collisionCount', collisionCount ?? 0, 'cannot be decremented'));
  }
  return errors;
}
