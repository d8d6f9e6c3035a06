/** What a write to a Pod's status may not do (pkg/apis/core/validation, pkg/registry/core/pod). */
import type { FieldError } from '../kind.ts';
import type { Condition, ObjectMeta, OwnerReference } from '../meta.ts';
import { forbidden, invalid } from '../validation/errors.ts';
import { isIPv4, validateIP } from '../validation/ip.ts';
import { qualifiedNameErrors, subdomainErrors } from '../validation/names.ts';
import type { ContainerStatus, Pod, PodStatus } from './pod.ts';
import { filled } from './poddefaults.ts';
import type { Container, PodSpec } from './podspec.ts';
import { mayRestartAll, restartsAfter } from './restartpolicy.ts';

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
  if (next.conditions !== current.conditions) errors.push(...conditionErrors(next.conditions));
  const { nominatedNodeName: name } = next;
  if (name && name !== current.nominatedNodeName) {
    const field = 'status.nominatedNodeName';
    errors.push(...subdomainErrors(name).map((error) => invalid(field, name, error)));
  }
  if (next.qosClass !== current.qosClass) {
    errors.push(invalid('status.qosClass', next.qosClass ?? '', 'field is immutable'));
  }
  for (const list of statusLists) {
    if (next[list] === current[list]) continue;
    errors.push(...revived(next[list], current[list], `status.${list}`, restarts[list](spec)));
  }
  if (next.podIPs !== current.podIPs) errors.push(...addressErrors(next.podIPs, 'status.podIPs'));
  if (next.hostIPs !== current.hostIPs) {
    errors.push(...addressErrors(next.hostIPs, 'status.hostIPs'));
  }
  return errors;
}

const ofServer = new Set(['PodScheduled', 'Ready', 'Initialized', 'ContainersReady']);

/** Upstream says of them that they are in `metadata`. */
function conditionErrors(conditions: readonly Condition[] = []): readonly FieldError[] {
  return conditions.flatMap(({ type }, i) =>
    ofServer.has(type)
      ? []
      : qualifiedNameErrors(type).map((error) =>
          invalid(`metadata.conditions[${i}].Type`, type, error),
        ),
  );
}

function addressErrors(
  addresses: readonly { readonly ip: string }[] = [],
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  addresses.forEach(({ ip }, i) => {
    validateIP(errors, `${field}[${i}]`, ip);
  });
  if (addresses.length < 2 || errors.length > 0) return errors;
  const fours = addresses.filter(({ ip }) => isIPv4(ip)).length;
  if (addresses.length === 2 && fours === 1) return errors;
  const given = addresses.map(({ ip }) => ({ IP: ip }));
  return [invalid(field, given, 'may specify no more than one IP for each IP family')];
}

const statusLists = [
  'containerStatuses',
  'initContainerStatuses',
  'ephemeralContainerStatuses',
] as const;

/** Whether a container of that name may run again after it ended like this. */
type Restarts = (name: string, exitCode: number) => boolean;

const restarts: Readonly<Record<(typeof statusLists)[number], (spec: PodSpec) => Restarts>> = {
  containerStatuses: (spec) => (name, exitCode) =>
    mayRestartAll(spec) ||
    restartsAfter(named(spec.containers, name), spec.restartPolicy, exitCode),
  initContainerStatuses: (spec) => (name, exitCode) => {
    const container = named(spec.initContainers ?? [], name);
    if (spec.restartPolicy === 'Always' || container.restartPolicy === 'Always') return true;
    return mayRestartAll(spec) || restartsAfter(container, spec.restartPolicy, exitCode);
  },
  ephemeralContainerStatuses: () => () => false,
};

const named = (containers: readonly Container[], name: string): Container =>
  containers.find((one) => one.name === name) ?? { name: '', image: '' };

/** Containers that ended for good, but run or wait again. */
function revived(
  next: readonly ContainerStatus[] = [],
  current: readonly ContainerStatus[] = [],
  field: string,
  mayRestart: Restarts,
): readonly FieldError[] {
  const detail = 'may not be transitioned to non-terminated state';
  return current.flatMap(({ name, state }, i) => {
    if (state?.terminated === undefined) return [];
    if (mayRestart(name, state.terminated.exitCode)) return [];
    return next
      .filter((status) => status.name === name && status.state?.terminated === undefined)
      .map(() => forbidden(`${field}[${i}].state`, detail));
  });
}
