/** Priority: from the Pod's class, or from the one that is the default; else 0. Most Pods preempt. */

import type { KubeObject } from '../../api/meta.ts';
import type { PodSpec } from '../../api/pod/podspec.ts';
import { blank } from '../../blank.ts';
import type { View } from '../../store/view.ts';

/** The two classes that every cluster has. */
const systemClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

interface PriorityClass extends KubeObject {
  readonly value: number;
  readonly preemptionPolicy?: string;
  readonly globalDefault?: boolean;
}

/** What a Pod's class says; the same object as long as the class is the same. */
export type Class = Pick<PriorityClass, 'value' | 'preemptionPolicy'> & {
  readonly metadata?: { readonly name: string };
};

const policy = 'PreemptLowerPriority';

const none: Class = { value: 0 };
const system = new Map(
  Object.entries(systemClasses).map(([name, value]): [string, Class] => [
    name,
    { value, metadata: { name } },
  ]),
);

/** The class that a Pod has; undefined if there is none of the name that it gives. */
export function classOf({ priorityClassName: name }: PodSpec, view: View): Class | undefined {
  if (name) return system.get(name) ?? view.get<PriorityClass>('PriorityClass', name);
  let found: PriorityClass | undefined;
  for (const one of view.list<PriorityClass>('PriorityClass')) {
    if (one.globalDefault === true && (found === undefined || one.value < found.value)) found = one;
  }
  return found ?? none;
}

export type Priority =
  | { readonly ok: true; readonly spec: PodSpec }
  | { readonly ok: false; readonly why: string };

export function withPriority(spec: PodSpec, found: Class | undefined): Priority {
  if (found === undefined) {
    return { ok: false, why: `no PriorityClass with name ${spec.priorityClassName} was found` };
  }
  const { value: priority, preemptionPolicy = policy, metadata } = found;
  if (spec.priority !== undefined && spec.priority !== priority) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
    return { ok: false, why };
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    const why = `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`;
    return { ok: false, why };
  }
  const named = metadata === undefined ? {} : { priorityClassName: metadata.name };
  return { ok: true, spec: { ...blank, ...spec, ...named, priority, preemptionPolicy } };
}
