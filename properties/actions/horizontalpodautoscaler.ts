/** What is measured of the Pods that autoscalers look at, and what users do about them. */
import type { HorizontalPodAutoscaler } from '../../src/api/horizontalpodautoscaler.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';
import { calmUntil, hold } from './faults.ts';

/** The label of Pods that nobody measures. */
const unmeasured = { measured: 'no' };

/** They bear it together; the last word is on those that are not measured. */
function use({ simulation }: Cluster, cpu: string, shared: boolean): void {
  const { metrics } = simulation;
  metrics.use({ selector: 'app=web', cpu, shared });
  metrics.use({ selector: 'measured=no', cpu: 'none' });
}

/** In thousandths of a processor: a Pod should use 100 of them. */
const loads = [40, 100, 150, 210, 300, 420, 600, 900];

function load(cluster: Cluster, how: number): string {
  const milli = pick(loads, how)!;
  use(cluster, `${milli}m`, true);
  return `all Pods together use ${milli}m`;
}

/** A little more or less than what is asked for, or much. */
function noise(cluster: Cluster, how: number): string {
  const milli = pick([97, 104, 109, 112, 88, 160, 60], how)!;
  use(cluster, `${milli}m`, false);
  return `each Pod uses ${milli}m`;
}

function silence(cluster: Cluster, how: number): string | undefined {
  if (how % 4 === 3) {
    use(cluster, 'none', false);
    return 'no Pod is measured';
  }
  const pod = pick(listed<Pod>(cluster, 'Pod'), how);
  if (pod === undefined) return undefined;
  const isMeasured = pod.metadata.labels?.['measured'] === undefined;
  patch(cluster, pod, { metadata: { labels: isMeasured ? unmeasured : { measured: null } } });
  return `Pod ${pod.metadata.name} is ${isMeasured ? 'not measured any more' : 'measured again'}`;
}

function queue({ simulation }: Cluster, how: number): string {
  const value = pick(['10', '25', '33', '60', '80', 'none'], how)!;
  simulation.metrics.set({ name: 'queue', value });
  return `the queue has the length ${value}`;
}

/** A second one for the same target comes, or goes. */
function rival(cluster: Cluster): string | undefined {
  const [first, second] = listed<HorizontalPodAutoscaler>(cluster, 'HorizontalPodAutoscaler');
  if (first === undefined) return undefined;
  const { simulation } = cluster;
  const kind = 'HorizontalPodAutoscaler';
  const namespace = 'default';
  if (second !== undefined) {
    const { name } = second.metadata;
    simulation.submit({ verb: 'delete', kind, namespace, name }, user);
    return `delete autoscaler ${name}`;
  }
  const name = `twin-${simulation.store.revision}`;
  const { apiVersion, spec } = first;
  const object = { apiVersion, kind, metadata: { name }, spec };
  simulation.submit({ verb: 'create', kind, namespace, object }, user);
  return `create autoscaler ${name} for the same target`;
}

/** Somebody else sets the size just before an autoscaler does. */
function race(cluster: Cluster, how: number): string | undefined {
  const flight = calmUntil(
    cluster.simulation,
    ({ request }) =>
      request.verb === 'update' && 'subresource' in request && request.subresource === 'scale',
  );
  const target = pick(listed(cluster, 'Deployment'), 0);
  if (flight === undefined || target === undefined) return undefined;
  const replicas = how % 8;
  patch(cluster, target, { spec: { replicas } });
  return `scale ${target.metadata.name} to ${replicas} just before ${flight.slot.component.actor} does`;
}

/** Somebody else sets the size, and the controllers do not see it, or see it again. */
function scaleUnseen(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed(cluster, 'Deployment'), 0);
  const held = target && hold(cluster, 0, ['Deployment']);
  if (target === undefined || held === undefined) return undefined;
  const replicas = how % 8;
  patch(cluster, target, { spec: { replicas } });
  return `${held}, then scale ${target.metadata.name} to ${replicas}`;
}

/** The operator of the target is asked for another image. */
export function reconfigure(cluster: Cluster, how: number): string | undefined {
  const config = listed(cluster, 'ConfigMap').find(({ metadata }) => metadata.name === 'web');
  if (config === undefined) return undefined;
  const image = pick(['web:v1', 'web:v2'], how)!;
  patch(cluster, config, { data: { image } });
  return `ask the operator for ${image}`;
}

export const autoscaling: Acts = [
  ['load', load],
  ['load', load],
  ['load', load],
  ['noise', noise],
  ['silence', silence],
  ['queue', queue],
  ['race resize', race],
  ['scale unseen', scaleUnseen],
];

export const rivals: Acts = [
  ['rival', rival],
  ['rival', rival],
];
