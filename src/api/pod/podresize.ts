/**
 * `pods/resize`: CPU and memory of containers that run may change, and nothing else
 * (ValidatePodResize of pkg/apis/core/validation, dropNonResizeUpdates of pkg/registry/core/pod).
 */
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { forbidden, invalid } from '../validation/errors.ts';
import type { Pod } from './pod.ts';
import type { Container, PodSpec, ResourceRequirements } from './podspec.ts';
import { qosClassOf } from './qos.ts';
import { isSidecar } from './restartpolicy.ts';

type Amounts = Readonly<Record<string, string>> | undefined;

const none: readonly Container[] = [];
const lists = ['containers', 'initContainers'] as const;
const mirrorKey = 'kubernetes.io/config.mirror';

/** Whatever else the body says is left out; what would add or move containers stays, to be refused. */
export function withResized(next: Pod, current: Pod): Pod {
  const { spec: given } = next;
  const { spec: old } = current;
  const isSameSize = lists.every(
    (list) => (given[list] ?? none).length === (old[list] ?? none).length,
  );
  if (!isSameSize) return next;
  const { resources: _old, ...kept } = old;
  const spec: Record<string, unknown> = { ...kept };
  if (given.resources !== undefined) spec['resources'] = given.resources;
  for (const list of lists) {
    if (old[list] !== undefined) spec[list] = resized(given[list] ?? none, old[list]);
  }
  return { ...current, spec: spec as unknown as PodSpec };
}

function resized(given: readonly Container[], old: readonly Container[]): readonly Container[] {
  if (given.some(({ name }, i) => name !== old[i]!.name)) return given;
  return old.map((container, i) => {
    const { resources: _before, resizePolicy: _policy, ...kept } = container;
    const { resources, resizePolicy } = given[i]!;
    return {
      ...kept,
      ...(resources === undefined ? {} : { resources }),
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    };
  });
}

export function validatePodResize(next: Pod, current: Pod): readonly FieldError[] {
  if (current.metadata.annotations?.[mirrorKey] !== undefined) {
    return [forbidden('', 'static pods cannot be resized')];
  }
  if ((current.spec as { os?: { name?: string } }).os?.name === 'windows') {
    return [forbidden('', 'windows pods cannot be resized')];
  }
  const errors: FieldError[] = [];
  const before = current.status.qosClass ?? qosClassOf(current.spec);
  if (qosClassOf(next.spec) !== before) {
    const detail = 'Pod QOS Class may not change as a result of resizing';
    errors.push(invalid('spec', before, detail));
  }
  if (!isSupported(current)) {
    errors.push(forbidden('spec', 'Pod running on node without support for resize'));
  }
  errors.push(...wholeErrors(next.spec.resources, current.spec.resources));
  const misplaced = lists.flatMap((list) => orderErrors(next.spec, current.spec, list));
  if (misplaced.length > 0) return [...errors, ...misplaced];
  for (const list of [...lists].reverse()) {
    (current.spec[list] ?? none).forEach((old, i) => {
      const field = `spec.${list}[${i}].resources`;
      const { resources } = next.spec[list]![i]!;
      errors.push(...removals(resources, old.resources, field, 'resource'));
    });
  }
  for (const list of lists) {
    (next.spec[list] ?? none).forEach((container, i) => {
      errors.push(...changeErrors(container, current.spec[list]![i]!, list, i));
    });
  }
  return errors;
}

/** The kubelet of a container that runs tells its resources if it can change them. */
function isSupported({ status }: Pod): boolean {
  const running = status.containerStatuses?.find(({ state }) => state?.running !== undefined);
  return running === undefined || running.resources !== undefined;
}

/** Resources of the Pod as a whole. */
function wholeErrors(
  next: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
): readonly FieldError[] {
  if (isUnset(next) && isUnset(old)) return [];
  const field = 'spec.resources';
  if (old !== undefined && next === undefined) {
    return [forbidden(field, 'pod-level resources cannot be removed')];
  }
  const errors = [...removals(next, old, field, 'pod-level resource')];
  if (!semanticDeepEqual(withoutResizable(next), withoutResizable(old))) {
    errors.push(forbidden('spec', 'only cpu and memory resources are mutable at pod-level'));
  }
  return errors;
}

const isUnset = (resources: ResourceRequirements | undefined): boolean =>
  semanticDeepEqual(resources?.requests, {}) && semanticDeepEqual(resources?.limits, {});

function orderErrors(
  next: PodSpec,
  current: PodSpec,
  list: (typeof lists)[number],
): readonly FieldError[] {
  const [now, old] = [next[list] ?? none, current[list] ?? none];
  if (now.length !== old.length) {
    return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)];
  }
  return now.flatMap(({ name }, i) =>
    name === old[i]!.name
      ? []
      : [forbidden(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`)],
  );
}

function removals(
  next: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
  field: string,
  what: string,
): readonly FieldError[] {
  const isRemoved = (now: Amounts, before: Amounts): boolean =>
    Object.keys(before ?? {}).some((name) => now?.[name] === undefined);
  return (['requests', 'limits'] as const).flatMap((part) =>
    isRemoved(next?.[part] as Amounts, old?.[part] as Amounts)
      ? [forbidden(`${field}.${part}`, `${what} ${part} cannot be removed`)]
      : [],
  );
}

function changeErrors(
  next: Container,
  old: Container,
  list: (typeof lists)[number],
  i: number,
): readonly FieldError[] {
  const rest = ({ resources, ...others }: Container) => ({
    ...others,
    resources: withoutResizable(resources),
  });
  const isSame = semanticDeepEqual(rest(next), rest(old));
  const only = (detail: string) => [forbidden('spec', detail)];
  if (list === 'containers') {
    return isSame ? [] : only('only cpu and memory resources are mutable');
  }
  const field = `spec.initContainers[${i}]`;
  const errors: FieldError[] = [];
  if (!isSame) {
    const detail = 'only cpu and memory resources for init or sidecar containers are mutable';
    errors.push(forbidden(field, detail));
  }
  const restarts = next.resizePolicy?.some((one) => one.restartPolicy === 'RestartContainer');
  if (!isSidecar(next) && restarts === true && !semanticDeepEqual(next, old)) {
    const detail =
      'non-sidecar init containers with a resize policy of RestartContainer cannot be resized';
    errors.push(forbidden(field, detail));
  }
  return errors;
}

/** What may not change of resources. */
function withoutResizable(resources: ResourceRequirements | undefined): unknown {
  const kept = (amounts: Amounts) => {
    const { cpu: _cpu, memory: _memory, ...others } = amounts ?? {};
    return others;
  };
  return {
    ...resources,
    requests: kept(resources?.requests as Amounts),
    limits: kept(resources?.limits as Amounts),
  };
}
