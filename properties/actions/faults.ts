/** Faults of the search: what goes wrong between components, and writes that cross each other. */
import { makeKey } from '../../src/api/meta.ts';
import { type Cluster, controllerManager } from '../../src/sim/cluster.ts';
import { allFaults, describeMove } from '../../src/sim/move.ts';
import type { InFlight } from '../../src/sim/process.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { calmStep } from '../../src/sim/strategy.ts';
import type { Acts } from './act.ts';

const isOfManager = ({ slot }: InFlight): boolean => slot.process.name === controllerManager;

/** Calm moves until such a request is on its way; it is returned. */
export function calmUntil(
  simulation: Simulation,
  wanted: (flight: InFlight) => boolean,
): InFlight | undefined {
  for (let i = 0; i < 200; i++) {
    const found = simulation.inFlight.find(wanted);
    if (found !== undefined || !simulation.calm()) return found;
  }
  return undefined;
}

/** Nothing of a kind reaches the controllers until it is let go again. */
export function hold(
  { simulation }: Cluster,
  how: number,
  watched: readonly string[],
): string | undefined {
  const kind = watched[how % watched.length]!;
  const process = simulation.process(controllerManager);
  const reflector = process?.reflectors.find(({ watch }) => watch.kind === kind);
  if (reflector === undefined || !reflector.synced) return undefined;
  const type = reflector.held ? 'release' : 'hold';
  simulation.step({
    type,
    process: controllerManager,
    kind,
    reflector: process!.reflectors.indexOf(reflector),
  });
  return type === 'hold'
    ? `hold back ${kind} changes from the controllers`
    : `let ${kind} changes through again`;
}

/** A process dies and starts again; `how` also says in which order its lists arrive. */
function crash(cluster: Cluster, how: number): string {
  const { simulation } = cluster;
  const name = ['kube-controller-manager', 'kube-scheduler', 'kubelet/n1'][
    Math.floor(how / 4) % 3
  ]!;
  if (simulation.process(name) === undefined) return `${name} is down`;
  crashNow(simulation, name, how);
  return `crash ${name}`;
}

/** It lists anew, in an order that `how` says. */
function crashNow(simulation: Simulation, name: string, how: number): void {
  simulation.step({ type: 'crash', process: name });
  const { reflectors } = simulation.process(name)!;
  for (let i = 0; i < reflectors.length; i++) {
    const reflector = (how + i) % reflectors.length;
    simulation.step({
      type: 'deliver',
      process: name,
      kind: reflectors[reflector]!.watch.kind,
      reflector,
    });
  }
}

/** A pass that has written and goes on to write. */
const isHalfDone = ({ writes, request }: InFlight): boolean =>
  writes.length > 0 && request.verb !== 'get' && request.verb !== 'list';

/** How many such moments are let pass before one is chosen. */
const passedOver = [0, 1, 0, 3];
const soughtMs = 60_000;

/**
 * A process dies after a write of a pass that has more to write: half of what it decided is done, and
 * nobody knows of the rest. Such moments are few, so they are waited for.
 */
function crashHalfway({ simulation }: Cluster, how: number): string | undefined {
  const until = simulation.now + soughtMs;
  let left = passedOver[how % passedOver.length]!;
  /** By pass, as far as it had come when it was looked at last. */
  const looked = new WeakMap<InFlight, number>();
  for (let moves = 0; moves < 600; moves++) {
    const flight = simulation.inFlight.find(
      (one) => isHalfDone(one) && looked.get(one) !== one.writes.length,
    );
    if (flight !== undefined && left === 0) {
      const { name } = flight.slot.process;
      const done = flight.writes.length;
      const { actor } = flight.slot.component;
      crashNow(simulation, name, how);
      return `crash ${name} after write ${done} of a pass of ${actor}`;
    }
    if (flight !== undefined) {
      looked.set(flight, flight.writes.length);
      left -= 1;
      continue;
    }
    if (simulation.calm()) continue;
    const next = simulation.nextInstant;
    if (next === undefined || next > until) return undefined;
    calmStep(simulation);
  }
  return undefined;
}

/** A watch breaks while it has something to tell. */
function drop({ simulation }: Cluster, how: number): string | undefined {
  const moves = simulation.moves({ drop: true }).filter(({ type }) => type === 'drop');
  const move = moves[how % moves.length];
  if (move === undefined) return undefined;
  simulation.step(move);
  return describeMove(move);
}

/** The next request that a pass of the controllers sends goes wrong. */
function requestFault({ simulation }: Cluster, how: number): string | undefined {
  calmUntil(simulation, isOfManager);
  const moves = simulation
    .moves({ ...allFaults, crash: false, drop: false, hold: false })
    .filter(
      (move) =>
        move.type === 'request' && move.fault !== undefined && move.process === controllerManager,
    );
  const move = moves[how % moves.length];
  if (move === undefined) return undefined;
  simulation.step(move);
  return describeMove(move);
}

/** The Pod that a controller is about to delete becomes someone else's first. */
function race({ simulation }: Cluster): string | undefined {
  const flight = calmUntil(
    simulation,
    (one) => isOfManager(one) && one.request.verb === 'delete' && one.request.kind === 'Pod',
  );
  if (flight?.request.verb !== 'delete') return undefined;
  const { kind, namespace = 'default', name } = flight.request;
  if (simulation.store.get(kind, makeKey(namespace, name)) === undefined) return undefined;
  const patch = { metadata: { ownerReferences: null, labels: { app: 'elsewhere' } } };
  simulation.submit({ verb: 'patch', kind, namespace, name, patchType: 'merge', patch }, 'user');
  return `take Pod ${name} away just before ${flight.slot.component.actor} deletes it`;
}

/** The faults of a world; `watched` are the kinds whose changes may be held back. */
export const faultsOn = (...watched: readonly string[]): Acts => [
  ['hold', (cluster, how) => hold(cluster, how, watched)],
  ['hold', (cluster, how) => hold(cluster, how, watched)],
  ['crash', crash],
  ['crash', crash],
  ['crash halfway', crashHalfway],
  ['crash halfway', crashHalfway],
  ['crash halfway', crashHalfway],
  ['crash halfway', crashHalfway],
  ['drop', drop],
  ['request fault', requestFault],
  ['request fault', requestFault],
  ['race', race],
];
