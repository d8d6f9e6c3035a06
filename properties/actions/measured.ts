/** What is measured of the Pods of any autoscaler, in proportion to what it asks for: for manifests of users. */
import type { HorizontalPodAutoscaler, MetricSpec } from '../../src/api/horizontalpodautoscaler.ts';
import { kindNameOf } from '../../src/api/index.ts';
import { type KubeObject, makeKey } from '../../src/api/meta.ts';
import type { LabelSelector, PodTemplateSpec } from '../../src/api/pod/podspec.ts';
import { milliOf } from '../../src/api/quantity.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, pick } from './act.ts';

type Target = KubeObject & {
  readonly spec: { readonly selector?: LabelSelector; readonly template?: PodTemplateSpec };
};

const isOfProcessors = ({ resource }: MetricSpec): boolean =>
  resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
const isOfQueue = ({ external }: MetricSpec): boolean =>
  external?.target.averageValue !== undefined;

/** Only those of which the rules know what should come: by processor time, and by numbers from outside. */
const autoscalersOf = (cluster: Cluster): readonly HorizontalPodAutoscaler[] =>
  listed<HorizontalPodAutoscaler>(cluster, 'HorizontalPodAutoscaler').filter(({ spec }) =>
    spec.metrics.every((metric) => isOfProcessors(metric) || isOfQueue(metric)),
  );

function targetOf(
  { simulation }: Cluster,
  { metadata, spec }: HorizontalPodAutoscaler,
): Target | undefined {
  const { kind, name, apiVersion = '' } = spec.scaleTargetRef;
  const key = makeKey(metadata.namespace, name);
  return simulation.store.get<Target>(kindNameOf({ apiVersion, kind }), key);
}

/** Of so many Pods that one would be enough for, or that all of them should use. */
const shares = [0.4, 1, 1.5, 2.1, 3, 4.2, 6, 9];
/** A little more or less than what is asked for, or much. */
const noises = [0.97, 1.04, 1.09, 1.12, 0.88, 1.6, 0.6];

function use(cluster: Cluster, how: number, parts: readonly number[], shared: boolean) {
  const autoscaler = pick(autoscalersOf(cluster), how);
  const metric = autoscaler?.spec.metrics.find(isOfProcessors);
  const target = autoscaler && targetOf(cluster, autoscaler);
  const labels = target?.spec.selector?.matchLabels;
  if (metric === undefined || labels === undefined) return undefined;
  const requested = (target?.spec.template?.spec.containers ?? []).reduce(
    (sum, { resources }) => sum + milliOf(resources?.requests?.['cpu'] ?? '0'),
    0,
  );
  const goal = (requested * metric.resource!.target.averageUtilization!) / 100;
  const milli = Math.round(goal * pick(parts, how)!);
  if (milli === 0) return undefined;
  const selector = Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  const { namespace, name } = target!.metadata;
  const where = namespace === undefined ? {} : { namespace };
  cluster.simulation.metrics.use({ ...where, selector, cpu: `${milli}m`, shared });
  return shared
    ? `all Pods of ${name} together use ${milli}m`
    : `each Pod of ${name} uses ${milli}m`;
}

function queue(cluster: Cluster, how: number): string | undefined {
  const autoscaler = pick(autoscalersOf(cluster), how);
  const external = autoscaler?.spec.metrics.find(isOfQueue)?.external;
  if (external === undefined) return undefined;
  const milli = Math.round(milliOf(external.target.averageValue!) * pick(shares, how)!);
  const { name, selector } = external.metric;
  const { namespace } = autoscaler!.metadata;
  cluster.simulation.metrics.set({
    name,
    value: `${milli}m`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(selector?.matchLabels === undefined ? {} : { labels: selector.matchLabels }),
  });
  return `${name} is ${milli}m`;
}

export const measured: Acts = [
  ['use', (cluster, how) => use(cluster, how, shares, true)],
  ['use', (cluster, how) => use(cluster, how, shares, true)],
  ['noise', (cluster, how) => use(cluster, how, noises, false)],
  ['queue', queue],
];
