/** What a write to a Pod's status may not do (pkg/apis/core/validation, pkg/registry/core/pod). */
import type { FieldError } from './kind.ts';
import type { Condition, ObjectMeta, OwnerReference } from './meta.ts';
import type { ContainerStatus, Pod, PodStatus } from './pod.ts';
import { filled } from './poddefaults.ts';
import type { Container, PodSpec } from './podspec.ts';
import { mayRestartAll, restartsAfter } from './restartpolicy.ts';
import { forbidden, invalid } from './validation/errors.ts';

/** Owners stay as they are, and so does what the writer left out but may not take away. */
export function preparePodStatus(next: Pod, { metadata, status: before }: Pod): Pod {
  return filled(next, {
    metadata: withOwners(next.metadata, metadata.ownerReferences),
    status: withKept(next.status, before),
  });
}

function withOwners(
  metadata: ObjectMeta,
  owners: readonly OwnerReference[] | undefined,
): ObjectMeta {
  if (metadata.ownerReferences === owners) return metadata;
  const { ownerReferences: _given, ...others } = metadata;
  return owners === undefined ? others : { ...others, ownerReferences: owners };
}

function withKept(status: PodStatus, before: PodStatus): PodStatus {
  const qosClass = status.qosClass || before.qosClass;
  const observedGeneration = status.observedGeneration || before.observedGeneration;
  const conditions = withObserved(status.conditions, before.conditions);
  const isKept =
    qosClass === status.qosClass &&
    observedGeneration === status.observedGeneration &&
    conditions === status.conditions;
  if (isKept) return status;
  return {
    ...status,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(qosClass === undefined ? {} : { qosClass }),
  };
}

/** A condition keeps the generation that it was observed at, unless it says a new one. */
function withObserved(
  conditions: readonly Condition[] | undefined,
  before: readonly Condition[] | undefined,
): readonly Condition[] | undefined {
  if (conditions === before || before === undefined || conditions === undefined) return conditions;
  let observed: Condition[] | undefined;
  conditions.forEach((condition, i) => {
    if (condition.observedGeneration) return;
    const old = before.find(({ type }) => type === condition.type)?.observedGeneration;
    if (!old) return;
    observed ??= [...conditions];
    observed[i] = { ...condition, observedGeneration: old };
  });
  return observed ?? conditions;
}

export function validatePodStatusUpdate(
  { status: next }: Pod,
  { spec, status: current }: Pod,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (next.qosClass !== current.qosClass) {
    errors.push(invalid('status.qosClass', next.qosClass ?? '', 'field is immutable'));
  }
  if (next.containerStatuses !== current.containerStatuses) {
    const field = 'status.containerStatuses';
    errors.push(...revived(next.containerStatuses, current.containerStatuses, field, spec));
  }
  return errors;
}

/** Containers that ended for good, but run or wait again. */
function revived(
  next: readonly ContainerStatus[] | undefined,
  current: readonly ContainerStatus[] | undefined,
  field: string,
  spec: PodSpec,
): readonly FieldError[] {
  const { restartPolicy, containers } = spec;
  if (current === undefined || mayRestartAll(spec)) return [];
  const errors: FieldError[] = [];
  for (const { name, state } of current) {
    if (state?.terminated === undefined) continue;
    const container = containers.find((one) => one.name === name);
    const { exitCode } = state.terminated;
    if (restartsAfter(container ?? unknownContainer, restartPolicy, exitCode)) continue;
    (next ?? []).forEach((status, i) => {
      if (status.name !== name || status.state?.terminated !== undefined) return;
      const detail = 'may not be transitioned to non-terminated state';
      errors.push(forbidden(`${field}[${i}].state`, detail));
    });
  }
  return errors;
}

const unknownContainer: Container = { name: '', image: '' };
