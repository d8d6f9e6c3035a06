/** What becomes of machines and of the network: they die and come back, and are cut off. */
import type { Node } from '../../src/api/node.ts';
import { type Cluster, controllerManager } from '../../src/sim/cluster.ts';
import type { Process } from '../../src/sim/process.ts';
import { calmStep } from '../../src/sim/strategy.ts';
import { type Acts, listed, patch, pick } from './act.ts';
import { calmUntil } from './faults.ts';
import { toggleTaint } from './node.ts';

const nodesOf = (cluster: Cluster): readonly Node[] => listed<Node>(cluster, 'Node');

/** A machine dies without a word, or is switched on again. */
function crash(cluster: Cluster, how: number): string | undefined {
  const name = pick(nodesOf(cluster), how)?.metadata.name;
  if (name === undefined) return undefined;
  const isDown = cluster.down.includes(name);
  if (isDown) cluster.recoverNode(name);
  else cluster.crashNode(name);
  return isDown ? `${name} comes back` : `${name} dies`;
}

const movesMax = 4_000;

/** Nothing that some processes ask for arrives, and they hear of nothing; everyone else goes on. */
function cutOff(cluster: Cluster, seconds: number, isCut: (process: Process) => boolean): void {
  const { simulation } = cluster;
  const until = simulation.now + seconds * 1000;
  const held = simulation.processes
    .filter(isCut)
    .flatMap(({ reflectors }) => reflectors.filter((one) => one.synced && !one.held));
  for (const reflector of held) reflector.held = true;
  for (let moves = 0; moves < movesMax; moves++) {
    const lost = simulation.inFlight.find(({ slot }) => isCut(slot.process));
    if (lost !== undefined) {
      const { process, component } = lost.slot;
      const named = { process: process.name, actor: component.actor, key: lost.pass.key };
      simulation.step({ type: 'request', ...named, fault: 'request lost' });
    } else if (!simulation.calm()) {
      const next = simulation.nextInstant;
      if (next === undefined || next > until) break;
      calmStep(simulation);
    }
  }
  if (simulation.now < until) simulation.advance(until);
  for (const reflector of held) reflector.held = false;
}

const durations = [20, 62, 75, 120];

function partition(cluster: Cluster, how: number): string {
  const seconds = pick(durations, how)!;
  const isManager = how % 3 === 0;
  cutOff(cluster, seconds, ({ name }) =>
    isManager ? name === controllerManager : name.startsWith('kubelet/'),
  );
  return `cut ${isManager ? 'the controllers' : 'all kubelets'} off for ${seconds} s`;
}

/** A user cordons a node, or uncordons it, and taints it just before a controller does. */
function raceOnTaints(cluster: Cluster, how: number): string | undefined {
  const target = pick(nodesOf(cluster), how);
  if (target === undefined) return undefined;
  patch(cluster, target, { spec: { unschedulable: target.spec.unschedulable !== true } });
  const { name } = target.metadata;
  const flight = calmUntil(
    cluster.simulation,
    ({ request, slot }) =>
      slot.process.name === controllerManager &&
      request.verb === 'patch' &&
      request.kind === 'Node' &&
      request.name === name,
  );
  const node = nodesOf(cluster).find(({ metadata }) => metadata.name === name);
  if (flight === undefined || node === undefined) return `cordon ${name}, or uncordon it`;
  const { actor } = flight.slot.component;
  return `cordon ${name}, or uncordon it, and ${toggleTaint(cluster, node, 'NoSchedule')} just before ${actor} writes it`;
}

/** A taint comes, and goes again while the controllers hear nothing of nodes. */
function flicker(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const node = pick(nodesOf(cluster), how);
  const process = simulation.process(controllerManager);
  const reflector = process?.reflectors.findIndex(({ watch }) => watch.kind === 'Node') ?? -1;
  const nodes = process?.reflectors[reflector];
  if (node === undefined || nodes?.synced !== true || nodes.held) return undefined;
  const first = toggleTaint(cluster, node, 'NoExecute');
  for (let moves = 0; moves < 40 && simulation.calm(); moves++);
  simulation.step({ type: 'hold', process: controllerManager, kind: 'Node', reflector });
  const { name } = node.metadata;
  const again = nodesOf(cluster).find(({ metadata }) => metadata.name === name);
  if (again === undefined) return undefined;
  const second = toggleTaint(cluster, again, 'NoExecute');
  return `${first}, hold back Node changes from the controllers, then ${second}`;
}

export const machines: Acts = [
  ['flicker', flicker],
  ['crash node', crash],
  ['crash node', crash],
  ['partition', partition],
  ['race on taints', raceOnTaints],
];
