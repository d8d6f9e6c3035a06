/** PodDisruptionBudgets: how many of some Pods may be evicted at a time. */
import { blank } from '../blank.ts';
import { podDisruptionBudgetColumns } from './columns/poddisruptionbudget.ts';
import type { IntOrString } from './deployment.ts';
import type { Kind } from './kind.ts';
import { podDisruptionBudgetLifecycle } from './lifecycle/poddisruptionbudget.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled } from './pod/poddefaults.ts';
import type { LabelSelector } from './pod/podspec.ts';
import {
  validatePodDisruptionBudget,
  validatePodDisruptionBudgetStatus,
} from './validation/poddisruptionbudget.ts';

/** Which Pods that are not ready may be evicted; absent: `IfHealthyBudget`. */
export type UnhealthyPodEvictionPolicy = 'IfHealthyBudget' | 'AlwaysAllow';

export interface PodDisruptionBudgetStatus {
  /** The counts below are of this generation; evictions wait while it is an older one. */
  readonly observedGeneration?: number;
  /** Pods by name that were let go, and when: not seen to be deleted yet. */
  readonly disruptedPods?: Readonly<Record<string, string>>;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly conditions?: readonly Condition[];
}

export interface PodDisruptionBudget extends KubeObject {
  readonly apiVersion: 'policy/v1';
  readonly kind: 'PodDisruptionBudget';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly minAvailable?: IntOrString;
    /** None selects nothing, an empty one every Pod of the namespace. */
    readonly selector?: LabelSelector;
    readonly maxUnavailable?: IntOrString;
    readonly unhealthyPodEvictionPolicy?: UnhealthyPodEvictionPolicy;
  };
  readonly status: PodDisruptionBudgetStatus;
}

export const podDisruptionBudgetKind: Kind<PodDisruptionBudget> = {
  kind: 'PodDisruptionBudget',
  apiVersion: 'policy/v1',
  resource: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  subresources: ['status'],
  hasStatus: true,
  generation: (next, current) => next.spec !== current.spec,
  conditionalUpdateOnly: true,
  defaults: (budget) =>
    filled(budget, { spec: normalized(budget.spec ?? {}, 'policy.v1.PodDisruptionBudgetSpec') }),
  prepareForCreate: (budget) => ({ ...blank, ...budget, status: unseen }),
  validate: validatePodDisruptionBudget,
  validateUpdate: validatePodDisruptionBudget,
  validateStatusUpdate: validatePodDisruptionBudgetStatus,
  columns: podDisruptionBudgetColumns,
  lifecycle: podDisruptionBudgetLifecycle,
};

/** Before its controller has looked at it. */
const unseen: PodDisruptionBudgetStatus = {
  disruptionsAllowed: 0,
  currentHealthy: 0,
  desiredHealthy: 0,
  expectedPods: 0,
};
