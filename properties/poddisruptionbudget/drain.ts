/** The end that budgets are for: a node can be emptied without an outage (properties §7, B-L1). */
import type { Deployment } from '../../src/api/deployment.ts';
import { controllerOf } from '../../src/api/meta.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { PodDisruptionBudget } from '../../src/api/poddisruptionbudget.ts';
import { letPass } from '../../src/sim/passing.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import type { View } from '../../src/store/view.ts';
import { isBroken } from '../deployment.ts';
import type { Eventually } from '../rule.ts';
import { budgetKind, budgetsFor, isWell, podsOf } from './budgets.ts';

/** kubectl asks again so often. */
const retryMs = 5_000;
const retriesMax = 120;
const user = 'user';

export const drains: Eventually = {
  id: 'B-L1b',
  claim: 'while its budgets allow something, a node can be emptied by evictions',
  holds({ simulation, now }) {
    const node = canDrain(now);
    if (node === undefined) return undefined;
    cordon(simulation, node, true);
    const left = drain(simulation, node, now);
    cordon(simulation, node, false);
    letPass(simulation, retryMs);
    return left;
  },
};

/** A node with Pods all of which could be elsewhere, in a cluster where all are well. */
function canDrain(now: View): string | undefined {
  const nodes = now.list<Node>('Node').filter(isOpen);
  const pods = now.list<Pod>('Pod');
  const allWell =
    nodes.length > 1 &&
    pods.every((pod) => isWell(pod) && controllerOf(pod) && budgetsFor(pod, now).length < 2) &&
    !now.list<Deployment>('Deployment').some(({ spec }) => isBroken(spec.template)) &&
    now
      .list<PodDisruptionBudget>(budgetKind)
      .every((one) => podsOf(one, now).length === 0 || one.status.disruptionsAllowed > 0);
  return allWell
    ? pods.find(({ spec }) => nodes.some(named(spec.nodeName)))?.spec.nodeName
    : undefined;
}

const named =
  (name: string | undefined) =>
  ({ metadata }: Node): boolean =>
    metadata.name === name;

const isOpen = ({ spec }: Node): boolean =>
  spec.unschedulable !== true && (spec.taints ?? []).length === 0;

/** Returns who is left. */
function drain(simulation: Simulation, node: string, now: View): string | undefined {
  for (let tries = 0; ; tries++) {
    const left = now.list<Pod>('Pod').filter(({ spec }) => spec.nodeName === node);
    if (left.length === 0) return undefined;
    const names = left.map(({ metadata }) => metadata.name);
    if (tries > retriesMax) return `${names.join(' and ')} cannot be evicted from ${node}`;
    for (const { metadata } of left) {
      const { namespace = '', name, deletionTimestamp } = metadata;
      if (deletionTimestamp !== undefined) continue;
      const object = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
      simulation.submit(
        { verb: 'create', kind: 'Pod', namespace, name, subresource: 'eviction', object },
        user,
      );
    }
    letPass(simulation, retryMs);
  }
}

function cordon(simulation: Simulation, name: string, unschedulable: boolean): void {
  const patch = { spec: { unschedulable } };
  simulation.submit({ verb: 'patch', kind: 'Node', name, patchType: 'merge', patch }, user);
}
