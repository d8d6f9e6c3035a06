/** Metrics that others measure: of Pods, of other objects, of what is outside (ctl-05 §A.4). */
import type { MetricSpec, MetricTarget } from '../../api/horizontalpodautoscaler.ts';
import { kindOf } from '../../api/index.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodReady } from '../../api/pod/podstatus.ts';
import { milliOf } from '../../api/quantity.ts';
import { selectorOf } from '../../api/selectors/selectors.ts';
import { goSelector } from '../../api/selectors/selectortext.ts';
import type { Sample } from './pods.ts';
import { byAverage, bySum, byValue } from './replicas.ts';
import {
  measuredOf,
  noPods,
  type Proposed,
  quantity,
  type Target,
  unknown,
  type Wrong,
} from './target.ts';

export function ofPods(
  { metric, target: wanted }: NonNullable<MetricSpec['pods']>,
  target: Target,
): Proposed {
  const fails = (error: string): Proposed => ({
    reason: 'FailedGetPodsMetric',
    error,
    failure: `failed to get pods metric value: ${error}`,
  });
  const { namespace, pods, metrics } = target;
  const samples = new Map<string, Sample>();
  for (const { metadata } of pods) {
    const { name } = metadata;
    const value = metrics.ofObject(metric.name, { kind: 'Pod', namespace, name });
    if (value !== undefined) samples.set(name, { value, at: target.now, windowMs: 0 });
  }
  if (samples.size === 0) {
    const why = metrics.serves(custom)
      ? 'no metrics returned from custom metrics API'
      : `unable to fetch metrics from custom metrics API: ${notRegistered}`;
    return fails(`unable to get metric ${metric.name}: ${why}`);
  }
  const measured = measuredOf(samples, '', target);
  if ('error' in measured) return fails(measured.error);
  const found = byAverage(measured, milliOf(wanted.averageValue!));
  if ('error' in found) return fails(found.error);
  const current = { averageValue: quantity(found.average) };
  return {
    replicas: found.replicas,
    metric: `pods metric ${metric.name}`,
    status: { type: 'Pods', pods: { metric, current } },
  };
}

const custom = 'custom.metrics.k8s.io';
const notRegistered = `no custom metrics API (${custom}) registered`;

/** Only of Pods that run and are ready. */
const readyOf = (pods: readonly Pod[]): number =>
  pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod)).length;

function valueOrWrong(
  { pods, specReplicas, tolerance }: Target,
  value: number,
  wanted: MetricTarget,
): number | Wrong {
  const readyPods = pods.length === 0 ? undefined : readyOf(pods);
  const replicas = byValue(specReplicas, readyPods, value, milliOf(wanted.value!), tolerance);
  return replicas ?? { error: `unable to calculate ready pods: ${noPods}` };
}

export function ofObject(
  { metric, target: wanted, describedObject }: NonNullable<MetricSpec['object']>,
  target: Target,
): Proposed {
  const isAverage = wanted.type === 'AverageValue';
  const about = isAverage ? `failed to get ${metric.name} object metric: ` : '';
  const fails = (error: string): Proposed => ({
    reason: 'FailedGetObjectMetric',
    error,
    failure: `failed to get object metric value: ${about}${error}`,
  });
  const { namespace, metrics, statusReplicas, tolerance } = target;
  const { kind, name } = describedObject;
  const value = metrics.ofObject(metric.name, { kind, namespace, name });
  if (value === undefined) {
    const resource = kindOf(kind)?.resource ?? kind.toLowerCase();
    const reason = metrics.serves(custom)
      ? `the server could not find the metric ${metric.name} for ${resource} ${name}`
      : notRegistered;
    const why = `unable to fetch metrics from custom metrics API: ${reason}`;
    // The order of the words is upstream's.
    return fails(`unable to get metric ${metric.name}: ${kind} on ${namespace} ${name}/${why}`);
  }
  if (isAverage) {
    const { replicas, average } = bySum(
      statusReplicas,
      value,
      milliOf(wanted.averageValue!),
      tolerance,
    );
    const current = { averageValue: quantity(average) };
    return {
      replicas,
      metric: `external metric ${metric.name}(${goSelector(metric.selector)})`,
      status: {
        type: 'Object',
        object: { describedObject, metric, current },
      },
    };
  }
  if (wanted.type !== 'Value') {
    return fails(
      'invalid object metric source: neither a value target nor an average value target was set',
    );
  }
  const replicas = valueOrWrong(target, value, wanted);
  if (typeof replicas === 'object') return fails(replicas.error);
  const current = { value: quantity(value) };
  return {
    replicas,
    metric: `${kind} metric ${metric.name}`,
    status: {
      type: 'Object',
      object: { describedObject, metric, current },
    },
  };
}

export function ofExternal(
  { metric, target: wanted }: NonNullable<MetricSpec['external']>,
  target: Target,
): Proposed {
  const isAverage = wanted.averageValue !== undefined;
  const about = isAverage
    ? `failed to get ${metric.name} external metric`
    : `failed to get external metric ${metric.name}`;
  const fails = (error: string): Proposed => ({
    reason: 'FailedGetExternalMetric',
    error,
    failure: `failed to get ${metric.name} external metric value: ${about}: ${error}`,
  });
  const { namespace, metrics, statusReplicas, tolerance } = target;
  const selector = goSelector(metric.selector);
  const values = metrics.external(
    metric.name,
    namespace,
    metric.selector === undefined ? () => true : selectorOf(metric.selector),
  );
  if (values.length === 0) {
    const why = metrics.serves('external.metrics.k8s.io')
      ? 'no metrics returned from external metrics API'
      : `unable to fetch metrics from external metrics API: ${unknown(`${metric.name}.external.metrics.k8s.io`)}`;
    return fails(`unable to get external metric ${namespace}/${metric.name}/${selector}: ${why}`);
  }
  const sum = values.reduce((all, one) => all + one, 0);
  const name = `external metric ${metric.name}(${selector})`;
  if (isAverage) {
    const { replicas, average } = bySum(
      statusReplicas,
      sum,
      milliOf(wanted.averageValue!),
      tolerance,
    );
    const current = { averageValue: quantity(average) };
    return { replicas, metric: name, status: { type: 'External', external: { metric, current } } };
  }
  if (wanted.value === undefined) {
    const error =
      'invalid external metric source: neither a value target nor an average value target was set';
    const failure = `failed to get ${metric.name} external metric value: ${error}`;
    return { reason: 'FailedGetExternalMetric', error, failure };
  }
  const replicas = valueOrWrong(target, sum, wanted);
  if (typeof replicas === 'object') return fails(replicas.error);
  const current = { value: quantity(sum) };
  return { replicas, metric: name, status: { type: 'External', external: { metric, current } } };
}
