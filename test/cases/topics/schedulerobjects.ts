/** Objects of the scheduler's worked examples, as a cycle sees them. */
import type { KubeObject } from '../../../src/api/meta.ts';
import { keyOf } from '../../../src/api/meta.ts';
import type { Node } from '../../../src/api/node.ts';
import type { Pod } from '../../../src/api/pod/pod.ts';
import type { PodDisruptionBudget } from '../../../src/api/poddisruptionbudget.ts';
import { parseTimestamp } from '../../../src/api/time.ts';
import { SchedulerCache } from '../../../src/scheduler/cache.ts';
import type { Cycle, Unfit } from '../../../src/scheduler/framework.ts';
import { Nominator } from '../../../src/scheduler/nominator.ts';
import type { PreemptionContext } from '../../../src/scheduler/preemption/preempt.ts';
import type { View } from '../../../src/store/view.ts';

/** Examples leave out what their point is not about. */
export const whole = <T extends KubeObject>(object: T, i: number): T =>
  ({
    ...object,
    metadata: { ...object.metadata, uid: object.metadata.uid ?? `uid-${i}` },
    spec: { containers: [], ...(object['spec'] as object | undefined) },
    status: { ...(object['status'] as object | undefined) },
  }) as unknown as T;

export const podOf = (pod: Pod): Pod => {
  const all = whole(pod, -1);
  return { ...all, spec: { ...all.spec, containers: all.spec.containers ?? [] } };
};

/** Lists of objects, as a scheduler would see them. */
export function viewOf(objects: readonly KubeObject[]): View {
  const list = (kind: string) => objects.filter((one) => one.kind === kind);
  return {
    revision: 1,
    kinds: [],
    list: (kind: string) => list(kind) as never,
    get: (kind: string, key: string) => list(kind).find((one) => keyOf(one) === key) as never,
    by: (kind: string, index: string, value: string) =>
      list(kind).filter(
        (one) => index === 'namespace' && one.metadata.namespace === value,
      ) as never,
  };
}

export interface Cluster {
  readonly nodes?: readonly Node[];
  readonly filteredOutNodes?: readonly Node[];
  readonly existingPods?: readonly Pod[];
  readonly namespaces?: readonly KubeObject[];
}

export function cycleOf(pod: Pod, cluster: Cluster): Cycle {
  const { nodes = [], filteredOutNodes = [], existingPods = [], namespaces = [] } = cluster;
  const cache = new SchedulerCache();
  for (const node of [...nodes, ...filteredOutNodes]) cache.setNode(node);
  existingPods.map(whole).forEach((one) => {
    if (one.spec.nodeName) cache.setPod(one);
  });
  const named = namespaces.map((one) => ({ ...one, kind: 'Namespace' }));
  const others = (cluster as { readonly objects?: readonly KubeObject[] }).objects ?? [];
  return { pod: podOf(pod), cache, view: viewOf([...named, ...others]), state: new Map() };
}

export const success = { code: 'Success', reasons: [] };

export const status = (why: Unfit | undefined) =>
  why === undefined
    ? success
    : {
        code: why.unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable',
        reasons: why.reasons,
      };

export const now = parseTimestamp('2027-01-01T00:00:00Z');

export const contextOf = (budgets: readonly PodDisruptionBudget[] = []): PreemptionContext => ({
  nominator: new Nominator(),
  budgets: budgets.map((one) => ({ ...one, spec: one.spec ?? {} })),
  now,
  offset: () => 0,
});

export const names = (pods: readonly Pod[]): readonly string[] =>
  pods.map(({ metadata }) => metadata.name).sort();
