/** HorizontalPodAutoscalers: how large a workload should be, by what is measured of it. */
import { blank } from '../blank.ts';
import { horizontalPodAutoscalerColumns } from './columns/horizontalpodautoscaler.ts';
import type { Kind } from './kind.ts';
import { horizontalPodAutoscalerLifecycle } from './lifecycle/horizontalpodautoscaler.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled } from './pod/poddefaults.ts';
import type { LabelSelector } from './pod/podspec.ts';
import {
  validateHorizontalPodAutoscaler,
  validateHorizontalPodAutoscalerStatus,
  validateHorizontalPodAutoscalerUpdate,
} from './validation/horizontalpodautoscaler.ts';

export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** Quantities are texts. `type` says which of the others counts. */
export interface MetricTarget {
  readonly type: 'Utilization' | 'Value' | 'AverageValue';
  readonly value?: string;
  readonly averageValue?: string;
  /** Percent of what the containers request. */
  readonly averageUtilization?: number;
}

export interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelector;
}

/** Exactly the part that `type` names is there. */
export interface MetricSpec {
  readonly type: 'Object' | 'Pods' | 'Resource' | 'ContainerResource' | 'External';
  readonly object?: {
    readonly describedObject: ObjectReference;
    readonly target: MetricTarget;
    readonly metric: MetricIdentifier;
  };
  readonly pods?: { readonly metric: MetricIdentifier; readonly target: MetricTarget };
  readonly resource?: { readonly name: string; readonly target: MetricTarget };
  readonly containerResource?: {
    readonly name: string;
    readonly target: MetricTarget;
    readonly container: string;
  };
  readonly external?: { readonly metric: MetricIdentifier; readonly target: MetricTarget };
}

/** What was measured: the part of the same name as in the spec. */
export interface MetricStatus {
  readonly type: MetricSpec['type'] | '';
  readonly object?: {
    readonly describedObject: ObjectReference;
    readonly current: MetricValue;
    readonly metric: MetricIdentifier;
  };
  readonly pods?: { readonly current: MetricValue; readonly metric: MetricIdentifier };
  readonly resource?: { readonly name: string; readonly current: MetricValue };
  readonly containerResource?: {
    readonly name: string;
    readonly current: MetricValue;
    readonly container: string;
  };
  readonly external?: { readonly current: MetricValue; readonly metric: MetricIdentifier };
}

export interface MetricValue {
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly policies?: readonly ScalingPolicy[];
  /** How far from the target nothing is done, as a quantity; absent: a tenth. */
  readonly tolerance?: string;
}

export interface Behavior {
  readonly scaleUp?: ScalingRules;
  readonly scaleDown?: ScalingRules;
}

export interface HorizontalPodAutoscalerStatus {
  readonly lastScaleTime?: string;
  readonly currentReplicas?: number;
  readonly desiredReplicas: number;
  readonly currentMetrics: readonly MetricStatus[] | null;
  readonly conditions?: readonly Condition[];
}

export interface HorizontalPodAutoscaler extends KubeObject {
  readonly apiVersion: 'autoscaling/v2';
  readonly kind: 'HorizontalPodAutoscaler';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly scaleTargetRef: ObjectReference;
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly MetricSpec[];
    readonly behavior?: Behavior;
  };
  readonly status: HorizontalPodAutoscalerStatus;
}

export const horizontalPodAutoscalerKind: Kind<HorizontalPodAutoscaler> = {
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v2',
  resource: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  namespaced: true,
  subresources: ['status'],
  hasStatus: true,
  defaults(autoscaler) {
    const spec = normalized(autoscaler.spec ?? {}, 'autoscaling.v2.HorizontalPodAutoscalerSpec');
    const { minReplicas = 1, behavior, metrics = [] } = spec;
    return filled(autoscaler, {
      spec: filled(spec, {
        minReplicas,
        metrics: metrics.length === 0 ? byProcessor : metrics,
        ...(behavior === undefined ? {} : { behavior: defaultBehavior(behavior) }),
      }),
    });
  },
  prepareForCreate: (autoscaler) => ({ ...blank, ...autoscaler, status: nothingMeasured }),
  validate: validateHorizontalPodAutoscaler,
  validateUpdate: validateHorizontalPodAutoscalerUpdate,
  validateStatusUpdate: validateHorizontalPodAutoscalerStatus,
  columns: horizontalPodAutoscalerColumns,
  lifecycle: horizontalPodAutoscalerLifecycle,
};

const byProcessor: readonly MetricSpec[] = [
  {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
  },
];

const nothingMeasured: HorizontalPodAutoscalerStatus = { currentMetrics: null, desiredReplicas: 0 };

const allAtOnce: ScalingPolicy = { type: 'Percent', value: 100, periodSeconds: 15 };
const fourPods: ScalingPolicy = { type: 'Pods', value: 4, periodSeconds: 15 };

/** Both directions, as soon as anything is said of one. */
const defaultBehavior = ({ scaleUp = {}, scaleDown = {} }: Behavior): Behavior => ({
  scaleUp: filled(scaleUp, {
    stabilizationWindowSeconds: scaleUp.stabilizationWindowSeconds ?? 0,
    selectPolicy: scaleUp.selectPolicy ?? 'Max',
    policies: scaleUp.policies ?? [fourPods, allAtOnce],
  }),
  // How long it stabilizes scaling down is left open: the controller has a default for it.
  scaleDown: filled(scaleDown, {
    selectPolicy: scaleDown.selectPolicy ?? 'Max',
    policies: scaleDown.policies ?? [allAtOnce],
  }),
});
