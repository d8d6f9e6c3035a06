/** The metrics of an autoscaler: how many replicas each of them asks for, and which counts (ctl-05 §A.3). */
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
} from '../../api/horizontalpodautoscaler.ts';
import { ofExternal, ofObject, ofPods } from './objectmetric.ts';
import { ofResource } from './resourcemetric.ts';
import type { Proposed, Target } from './target.ts';

function propose(spec: MetricSpec, target: Target): Proposed {
  switch (spec.type) {
    case 'Resource':
      return ofResource(spec.resource!, undefined, target);
    case 'ContainerResource':
      return ofResource(spec.containerResource!, spec.containerResource!.container, target);
    case 'Pods':
      return ofPods(spec.pods!, target);
    case 'Object':
      return ofObject(spec.object!, target);
    case 'External':
      return ofExternal(spec.external!, target);
    default: {
      const error = `unknown metric source type ${JSON.stringify(spec.type)}`;
      return { reason: 'InvalidMetricSourceType', error, failure: error };
    }
  }
}

export type Recommended =
  | {
      readonly replicas: number;
      readonly metric: string;
      readonly statuses: readonly MetricStatus[];
    }
  | {
      readonly failed: Extract<Proposed, { error: string }>;
      readonly error: string;
      readonly statuses: readonly MetricStatus[];
    };

/**
 * The highest of what the metrics ask for. If some cannot be had, the others may make the target
 * larger, and not smaller. `onError` is told of each that failed.
 */
export function recommend(
  metrics: HorizontalPodAutoscaler['spec']['metrics'],
  target: Target,
  onError: (failed: Extract<Proposed, { error: string }>) => void,
): Recommended {
  let replicas = 0;
  let metric = '';
  let invalid = 0;
  let first: Extract<Proposed, { error: string }> | undefined;
  const statuses = metrics.map((spec): MetricStatus => {
    const proposed = propose(spec, target);
    if ('error' in proposed) {
      onError(proposed);
      invalid += 1;
      first ??= proposed;
      return { type: '' };
    }
    if (replicas === 0 || proposed.replicas > replicas) {
      replicas = proposed.replicas;
      metric = proposed.metric;
    }
    return proposed.status;
  });
  const blind = invalid >= metrics.length || (invalid > 0 && replicas < target.specReplicas);
  if (first === undefined || !blind) return { replicas, metric, statuses };
  const error = `invalid metrics (${invalid} invalid out of ${metrics.length}), first error is: ${first.failure}`;
  return { failed: first, error, statuses };
}
