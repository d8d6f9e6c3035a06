/** Priority: without a class a Pod has priority 0, and preempts. */
import type { PodSpec } from '../../api/podspec.ts';

/** The two classes that every cluster has. */
const systemClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

const policy = 'PreemptLowerPriority';

export type Priority =
  | { readonly ok: true; readonly spec: PodSpec }
  | { readonly ok: false; readonly why: string };

export function withPriority(spec: PodSpec): Priority {
  const { priorityClassName, preemptionPolicy } = spec;
  const priority =
    priorityClassName === undefined
      ? 0
      : Object.hasOwn(systemClasses, priorityClassName)
        ? systemClasses[priorityClassName]
        : undefined;
  if (priority === undefined) {
    return { ok: false, why: `no PriorityClass with name ${priorityClassName} was found` };
  }
  if (spec.priority !== undefined && spec.priority !== priority) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
    return { ok: false, why };
  }
  if (preemptionPolicy !== undefined && preemptionPolicy !== policy) {
    const why = `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    return { ok: false, why };
  }
  return { ok: true, spec: { ...spec, priority, preemptionPolicy: policy } };
}
