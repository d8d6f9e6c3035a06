/** What users do to DaemonSets, and what becomes of their Pods. */
import type { DaemonSet } from '../../src/api/daemonset.ts';
import { controllerOf, type Draft } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodReady, isPodTerminal } from '../../src/api/pod/podstatus.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { calmStep } from '../../src/sim/strategy.ts';
import { type Act, type Acts, listed, patch, pick, user } from './act.ts';

const setsOf = (cluster: Cluster): readonly DaemonSet[] => listed<DaemonSet>(cluster, 'DaemonSet');

const images = ['node:v2', 'node:v1', 'broken', 'node:v3', 'node:v1'];

function update(cluster: Cluster, how: number): string | undefined {
  const target = pick(setsOf(cluster), how);
  if (target === undefined) return undefined;
  const image = pick(images, how)!;
  patch(cluster, target, {
    spec: { template: { spec: { containers: [{ name: 'c', image }] } } },
  });
  return `update DaemonSet ${target.metadata.name} to ${image}`;
}

const strategies = [
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%', maxSurge: 0 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  { type: 'OnDelete', rollingUpdate: null },
];

function restrategize(cluster: Cluster, how: number): string | undefined {
  const target = pick(setsOf(cluster), how);
  if (target === undefined) return undefined;
  const updateStrategy = pick(strategies, how)!;
  patch(cluster, target, { spec: { updateStrategy } });
  const { type, rollingUpdate } = updateStrategy;
  return `let DaemonSet ${target.metadata.name} update by ${type} ${JSON.stringify(rollingUpdate ?? {})}`;
}

/** Deletes it, or makes it anew. */
const recreate =
  (draft: Draft): Act =>
  (cluster, how) => {
    const namespace = draft.metadata.namespace ?? 'default';
    const target = pick(setsOf(cluster), how);
    if (target === undefined) {
      const named = { kind: 'DaemonSet', namespace };
      cluster.simulation.submit({ verb: 'create', ...named, object: draft }, user);
      return `create DaemonSet ${draft.metadata.name}`;
    }
    const policies = ['Orphan', 'Background', 'Foreground'] as const;
    const propagationPolicy = pick(policies, how)!;
    const { name } = target.metadata;
    const named = { kind: 'DaemonSet', namespace, name };
    cluster.simulation.submit({ verb: 'delete', ...named, options: { propagationPolicy } }, user);
    return `delete DaemonSet ${name}, ${propagationPolicy}`;
  };

const daemonsOf = (cluster: Cluster): readonly Pod[] =>
  listed<Pod>(cluster, 'Pod').filter(
    (pod) => controllerOf(pod)?.kind === 'DaemonSet' && !isPodTerminal(pod),
  );

/** As a kubelet does that runs out of something. */
function fail({ simulation }: Cluster, pod: Pod): void {
  const { namespace, name } = pod.metadata;
  const conditions = (pod.status.conditions ?? []).map((condition) =>
    condition.type === 'Ready' || condition.type === 'ContainersReady'
      ? { ...condition, status: 'False' }
      : condition,
  );
  const status = {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource.',
    conditions,
  };
  simulation.submit(
    {
      verb: 'patch',
      kind: 'Pod',
      namespace: namespace!,
      name,
      patchType: 'merge',
      patch: { status },
      subresource: 'status',
    },
    user,
  );
}

const failuresMax = 4;
const replacedWithinMs = 20_000;

/** Its kubelet has said all that it has to say: it would not take back what is said for it. */
const isQuiet = ({ simulation }: Cluster, pod: Pod): boolean =>
  isPodReady(pod) &&
  !simulation.inFlight.some(({ slot }) => slot.process.name === `kubelet/${pod.spec.nodeName}`);

/** One daemon of a node fails after the other, as soon as it is ready. */
function failDaemons(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const node = pick(
    daemonsOf(cluster).filter(({ spec }) => spec.nodeName !== undefined),
    how,
  )?.spec.nodeName;
  if (node === undefined) return undefined;
  const until = simulation.now + replacedWithinMs;
  const times = 1 + (how % failuresMax);
  let failed = 0;
  while (failed < times && simulation.now <= until) {
    const next = daemonsOf(cluster).find(({ spec }) => spec.nodeName === node);
    if (next !== undefined && isQuiet(cluster, next)) {
      fail(cluster, next);
      failed += 1;
    } else if (!calmStep(simulation)) break;
  }
  return `let ${failed} Pods of DaemonSets fail on ${node}`;
}

/** Until somebody takes the finalizer away it is deleted, but never gone. */
function holdPod(cluster: Cluster, how: number): string | undefined {
  const target = pick(daemonsOf(cluster), how);
  if (target === undefined) return undefined;
  patch(cluster, target, { metadata: { finalizers: ['example.com/held'] } });
  return `put a finalizer on Pod ${target.metadata.name}`;
}

export const updatesOfDaemons: Acts = [
  ['update DaemonSet', update],
  ['update DaemonSet', update],
  ['change strategy', restrategize],
  ['fail daemons', failDaemons],
];

export const daemonSets = (draft: Draft): Acts => [
  ...updatesOfDaemons,
  ['recreate DaemonSet', recreate(draft)],
];

export const heldPods: Acts = [['hold Pod', holdPod]];
