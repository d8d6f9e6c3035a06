/** What may change in a Pod once it exists: images, tolerations added, a shorter deadline. */
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import type { Container, PodSpec } from '../podspec.ts';
import { forbidden, invalid } from './errors.ts';

interface HasSpec {
  readonly spec: PodSpec;
}

const rule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePodUpdate(
  { spec: next }: HasSpec,
  current: HasSpec,
): readonly FieldError[] {
  const { spec: old } = current;
  if (next === old) return [];
  if (next.containers.length !== old.containers.length) {
    return [forbidden('spec.containers', 'pod updates may not add or remove containers')];
  }
  const gatesLeft = next.schedulingGates ?? [];
  const gatesBefore = old.schedulingGates ?? [];
  if (gatesLeft.some(({ name }) => !gatesBefore.some((gate) => gate.name === name))) {
    return [
      forbidden('spec.schedulingGates', 'only deletion is allowed, but found new scheduling gate'),
    ];
  }
  const deadline = next.activeDeadlineSeconds;
  if (deadline === undefined && old.activeDeadlineSeconds !== undefined) {
    const detail = 'must not update from a positive integer to nil value';
    return [invalid('spec.activeDeadlineSeconds', 0, detail)];
  }
  if (deadline !== undefined && deadline > (old.activeDeadlineSeconds ?? deadline)) {
    return [
      invalid(
        'spec.activeDeadlineSeconds',
        deadline,
        'must be less than or equal to previous value',
      ),
    ];
  }
  const kept = (old.tolerations ?? []).every((toleration) =>
    next.tolerations?.some((other) => semanticDeepEqual(toleration, other)),
  );
  if (!kept) {
    return [
      forbidden(
        'spec.tolerations',
        'existing toleration can not be modified except its tolerationSeconds',
      ),
    ];
  }
  return semanticDeepEqual(mutable(next, old), old) ? [] : [forbidden('spec', rule)];
}

/** `next` with everything that may change put back as it was. */
function mutable(next: PodSpec, old: PodSpec): PodSpec {
  const images = (containers: readonly Container[], before: readonly Container[]) =>
    containers.map((container, i) => ({
      ...container,
      image: before[i]?.image ?? container.image,
    }));
  const restored: Record<string, unknown> = {
    ...next,
    containers: images(next.containers, old.containers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
  };
  if (next.initContainers !== undefined) {
    restored.initContainers = images(next.initContainers, old.initContainers ?? []);
  }
  if ((old.schedulingGates ?? []).length > 0) {
    restored.nodeSelector = old.nodeSelector;
    restored.affinity = old.affinity;
  }
  return restored as unknown as PodSpec;
}
