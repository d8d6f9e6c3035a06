/** Metrics of resources: what containers use, of all of a Pod or of one of them (ctl-05 §A.4). */
import type { MetricStatus, MetricTarget } from '../../api/horizontalpodautoscaler.ts';
import { milliOf } from '../../api/quantity.ts';
import { requestsOf, type Sample } from './pods.ts';
import { byAverage, byUtilization } from './replicas.ts';
import { measuredOf, type Proposed, quantity, type Target, unknown, type Wrong } from './target.ts';

export function ofResource(
  { name, target: wanted }: { readonly name: string; readonly target: MetricTarget },
  container: string | undefined,
  target: Target,
): Proposed {
  const isContainer = container !== undefined;
  const fails = (error: string): Proposed => ({
    reason: isContainer ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric',
    error,
    failure: `failed to get ${isContainer ? `${container} container` : `${name} resource`} metric value: ${error}`,
  });
  const { averageValue, averageUtilization } = wanted;
  if (averageValue === undefined && averageUtilization === undefined) {
    return fails(
      'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    );
  }
  const what = averageValue === undefined ? 'utilization' : 'usage';
  const samples = samplesOf(name, container, target);
  if ('error' in samples) return fails(`failed to get ${name} ${what}: ${samples.error}`);
  const measured = measuredOf(samples, name, target);
  if ('error' in measured) return fails(`failed to get ${name} ${what}: ${measured.error}`);
  const status = (current: object): MetricStatus =>
    isContainer
      ? { type: 'ContainerResource', containerResource: { name, container, current } }
      : { type: 'Resource', resource: { name, current } };
  if (averageValue !== undefined) {
    const found = byAverage(measured, milliOf(averageValue));
    if ('error' in found) return fails(`failed to get ${name} usage: ${found.error}`);
    const { replicas, average } = found;
    return {
      replicas,
      metric: `${name} resource`,
      status: status({ averageValue: quantity(average) }),
    };
  }
  const requests = requestsOf(target.pods, name, container);
  if ('error' in requests) return fails(`failed to get ${name} utilization: ${requests.error}`);
  const found = byUtilization(measured, requests, averageUtilization!);
  if ('error' in found) return fails(`failed to get ${name} utilization: ${found.error}`);
  const { replicas, utilization, average } = found;
  return {
    replicas,
    metric: `${name} ${isContainer ? 'container resource' : 'resource'} utilization (percentage of request)`,
    status: status({ averageUtilization: utilization, averageValue: quantity(average) }),
  };
}

/** What metrics.k8s.io says of the resource, by Pod. */
function samplesOf(
  resource: string,
  container: string | undefined,
  { metrics, namespace, matches }: Target,
): ReadonlyMap<string, Sample> | Wrong {
  const cannot = `unable to get metrics for resource ${resource}`;
  if (!metrics.serves('metrics.k8s.io')) {
    return {
      error: `${cannot}: unable to fetch metrics from resource metrics API: ${unknown('pods.metrics.k8s.io')}`,
    };
  }
  const measured = metrics.pods(namespace, matches);
  if (measured.length === 0) {
    return { error: `${cannot}: no metrics returned from resource metrics API` };
  }
  const samples = new Map<string, Sample>();
  for (const { pod, at, windowMs, containers } of measured) {
    const { name } = pod.metadata;
    if (container !== undefined && !containers.has(container)) {
      const error = `container ${container} not present in metrics for pod ${namespace}/${name}`;
      return { error: `${cannot}: failed to get container metrics: ${error}` };
    }
    const amounts =
      container === undefined ? [...containers.values()] : [containers.get(container)!];
    let value = 0;
    let complete = true;
    for (const { [resource]: amount } of amounts) {
      if (amount === undefined) complete = false;
      else value += amount;
    }
    if (complete) samples.set(name, { value, at, windowMs });
  }
  return samples;
}
