/** What users and their tools do to Pods that budgets guard, and to the budgets. */
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodReady } from '../../src/api/pod/podstatus.ts';
import type { PodDisruptionBudget } from '../../src/api/poddisruptionbudget.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';
import { calmUntil, hold } from './faults.ts';

/** Asks for a Pod to be evicted, as the one with this uid if one is given. Says whether it was. */
function ask(cluster: Cluster, { metadata }: Pod, uid?: string): boolean {
  const { namespace = '', name } = metadata;
  const deleteOptions = uid === undefined ? {} : { preconditions: { uid } };
  const object = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, deleteOptions };
  return cluster.simulation.submit(
    { verb: 'create', kind: 'Pod', namespace, name, subresource: 'eviction', object },
    user,
  ).ok;
}

function told(cluster: Cluster, pod: Pod): string {
  const went = ask(cluster, pod) ? '' : ', which is refused';
  return `evict Pod ${pod.metadata.name}${went}`;
}

function evict(cluster: Cluster, how: number): string | undefined {
  const pod = pick(listed<Pod>(cluster, 'Pod'), how);
  return pod && told(cluster, pod);
}

/** One that runs and is not ready. */
function evictUnready(cluster: Cluster, how: number): string | undefined {
  const unready = listed<Pod>(cluster, 'Pod').filter(
    (pod) => pod.status.phase === 'Running' && !isPodReady(pod),
  );
  const pod = pick(unready, how);
  return pod && told(cluster, pod);
}

/** One after the other, before anybody could count again: a drain does so. */
function evictAll(cluster: Cluster, how: number): string | undefined {
  const pods = listed<Pod>(cluster, 'Pod');
  const node = pick(pods, how)?.spec.nodeName;
  const there = pods.filter(({ spec }) => spec.nodeName === node);
  return there.length === 0 ? undefined : there.map((pod) => told(cluster, pod)).join(', ');
}

/** Two, with time to count between them, while the controllers do not see that Pods go, or see it again. */
function evictUnseen(cluster: Cluster, how: number): string | undefined {
  const held = hold(cluster, 0, ['Pod']);
  const first = evict(cluster, how);
  for (let moves = 0; moves < 40 && cluster.simulation.calm(); moves++);
  const then = evict(cluster, how);
  return held && first && then && `${held}, ${first}, then ${then}`;
}

/** Who asks means a Pod of that name that is not there any more: the budget is spent for nothing. */
function evictAnother(cluster: Cluster, how: number): string | undefined {
  const pod = pick(listed<Pod>(cluster, 'Pod'), how);
  if (pod === undefined) return undefined;
  ask(cluster, pod, 'of-another');
  return `evict Pod ${pod.metadata.name}, as another of its name`;
}

/** The controller has counted and is about to write it, when a Pod is evicted. */
function race(cluster: Cluster, how: number): string | undefined {
  const flight = calmUntil(
    cluster.simulation,
    ({ request }) =>
      request.kind === 'PodDisruptionBudget' &&
      'subresource' in request &&
      request.subresource === 'status',
  );
  const pod = pick(listed<Pod>(cluster, 'Pod'), how);
  if (flight === undefined || pod === undefined) return undefined;
  return `${told(cluster, pod)} just before ${flight.slot.component.actor} writes its count`;
}

function rebudget(cluster: Cluster, how: number): string | undefined {
  const budget = pick(listed<PodDisruptionBudget>(cluster, 'PodDisruptionBudget'), how);
  if (budget === undefined) return undefined;
  const bounds = [
    { minAvailable: 1, maxUnavailable: null },
    { minAvailable: 3, maxUnavailable: null },
    { minAvailable: '50%', maxUnavailable: null },
    { minAvailable: null, maxUnavailable: 1 },
    { minAvailable: null, maxUnavailable: '60%' },
  ];
  const spec = pick(bounds, Math.floor(how / 2))!;
  patch(cluster, budget, { spec });
  const [bound, value] = Object.entries(spec).find(([, one]) => one !== null)!;
  return `set ${bound} of ${budget.metadata.name} to ${value}`;
}

export const evictions: Acts = [
  ['evict', evict],
  ['evict', evict],
  ['evict unready', evictUnready],
  ['evict all', evictAll],
  ['evict unseen', evictUnseen],
  ['evict another', evictAnother],
  ['race eviction', race],
  ['rebudget', rebudget],
];
