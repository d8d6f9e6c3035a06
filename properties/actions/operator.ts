/** What happens to a user's operator: edits of its resource, and every way to be interrupted. */

import { kindNameOf } from '../../src/api/index.ts';
import { type KubeObject, keyOf } from '../../src/api/meta.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import { describeMove, type Faults } from '../../src/sim/move.ts';
import { calmStep } from '../../src/sim/strategy.ts';
import { type Act, type Acts, listed, patch, pick, user } from './act.ts';

export interface OperatorActs {
  readonly process: string;
  readonly kind: string;
  /** Changes of the spec that users make. */
  readonly edits: readonly object[];
}

const patchSpec = (cluster: Cluster, object: KubeObject, spec: object): boolean => {
  const { namespace, name } = object.metadata;
  const named = { kind: kindNameOf(object), ...(namespace ? { namespace } : {}), name };
  const request = { verb: 'patch', ...named, patchType: 'merge', patch: { spec } } as const;
  return cluster.simulation.submit(request, user).ok;
};

/**
 * Whether the operator will hear that it goes: what comes and goes while a watch is broken was never
 * there for whoever lists anew, and no controller is told of it.
 */
function isKnown({ simulation }: Cluster, name: string, child: KubeObject): boolean {
  const process = simulation.processes.find((one) => one.name === name);
  const watched = process?.reflectors.some(({ watch }) => watch.kind === child.kind) ?? false;
  return (
    !watched || process!.view.get(child.kind, keyOf(child))?.metadata.uid === child.metadata.uid
  );
}

export function operatorActs({ process, kind, edits }: OperatorActs): Acts {
  const edit: Act = (cluster, how) => {
    const object = listed(cluster, kind)[0];
    const spec = pick(edits, how);
    if (object === undefined || spec === undefined || !patchSpec(cluster, object, spec)) return;
    return `change ${object.metadata.name} to ${JSON.stringify(spec)}`;
  };
  /** Nobody sees the change before it is taken back, or the other way round. */
  const thereAndBack: Act = (cluster, how) => {
    const object = listed(cluster, kind)[0];
    const spec = pick(edits, how);
    if (object === undefined || spec === undefined || !patchSpec(cluster, object, spec)) return;
    for (let i = 0; i < (Math.floor(how / edits.length) % 8) * 10; i++) {
      if (!cluster.simulation.calm()) break;
    }
    patchSpec(cluster, object, object.spec as object);
    return `change ${object.metadata.name} to ${JSON.stringify(spec)} and back`;
  };
  const disturb: Act = (cluster, how) => {
    const { store } = cluster.simulation;
    const owner = listed(cluster, kind)[0];
    if (owner === undefined) return undefined;
    const { uid } = owner.metadata;
    const view = store.view();
    const child = pick(
      view.kinds.flatMap((one) => view.by(one, 'owner', uid)),
      how,
    );
    if (child === undefined || !isKnown(cluster, process, child)) return undefined;
    const { namespace = '', name } = child.metadata;
    cluster.simulation.submit({ verb: 'delete', kind: child.kind, namespace, name }, user);
    return `delete ${child.kind} ${name}`;
  };
  const recreate: Act = (cluster, how) => {
    const object = listed(cluster, kind)[0];
    if (object === undefined) return undefined;
    const { simulation } = cluster;
    const { namespace = '', name } = object.metadata;
    simulation.submit({ verb: 'delete', kind, namespace, name }, user);
    for (let i = 0; i < (how % 4) * 100; i++) if (!simulation.calm()) break;
    const { apiVersion, spec } = object;
    const metadata = { name, namespace };
    const again = { apiVersion, kind: object.kind, metadata, spec };
    const made = simulation.submit({ verb: 'create', kind, namespace, object: again }, user).ok;
    return `delete ${name}${made ? ', and create it again' : ''}`;
  };
  /** It dies when it has made so many requests, whenever that is. */
  const crash: Act = (cluster, how) => {
    const { simulation } = cluster;
    let left = how % 24;
    for (let i = 0; i < 600 && left > 0; i++) {
      const before = simulation.inFlight.length;
      if (
        simulation.timers.nextForeground === undefined ? !simulation.calm() : !calmStep(simulation)
      ) {
        break;
      }
      const own = simulation.inFlight.some(({ slot }) => slot.process.name === process);
      if (own && simulation.inFlight.length >= before) left -= 1;
    }
    simulation.step({ type: 'crash', process });
    return `crash ${process}`;
  };
  /** It starts again, served by an API server that is behind: what it does first is done in the past. */
  const attach: Act = ({ simulation }, how) => {
    const { entries } = simulation.store.channel(kind);
    // Every other time it is the end of its last resource that it sees coming.
    const end = how % 2 === 0 ? entries.findLast(({ after }) => after === undefined) : undefined;
    const later = end ?? entries[entries.length - 1 - (how % 6)];
    if (later === undefined || entries[0] === later) return undefined;
    const staleAt = later.revision - 1;
    simulation.step({ type: 'crash', process, staleAt });
    for (const [reflector, { watch }] of simulation.process(process)!.reflectors.entries()) {
      simulation.step({ type: 'deliver', process, kind: watch.kind, reflector });
    }
    for (let left = (1 + (Math.floor(how / 6) % 6)) * 3; left > 0; left--) {
      const move = simulation
        .moves()
        .find(
          ({ type, ...of }) =>
            (type === 'begin' || type === 'request') && 'process' in of && of.process === process,
        );
      if (move === undefined) break;
      simulation.step(move);
    }
    return `restart ${process} onto an API server that is at revision ${staleAt}`;
  };
  const fault =
    (faults: Faults): Act =>
    (cluster, how) => {
      const { simulation } = cluster;
      for (let i = 0; i < (how % 7) * 4; i++) if (!simulation.calm()) break;
      const moves = simulation
        .moves(faults)
        .filter(
          (move) =>
            'process' in move &&
            move.process === process &&
            (move.type === 'drop' ||
              move.type === 'hold' ||
              move.type === 'release' ||
              ('fault' in move && move.fault !== undefined)),
        );
      const move = pick(moves, Math.floor(how / 7));
      if (move === undefined) return undefined;
      simulation.step(move);
      return describeMove(move);
    };
  const touch: Act = (cluster, how) => {
    const object = listed(cluster, kind)[0];
    if (object === undefined) return undefined;
    patch(cluster, { ...object, kind }, { metadata: { labels: { touched: String(how % 3) } } });
    return `label ${object.metadata.name}`;
  };
  return [
    ['edit', edit],
    ['edit', edit],
    ['there and back', thereAndBack],
    ['disturb', disturb],
    ['recreate', recreate],
    ['touch', touch],
    ['crash operator', crash],
    ['crash operator', crash],
    ['attach operator', attach],
    ['attach operator', attach],
    ['request fault', fault({ conflict: true, ambiguous: true })],
    ['request fault', fault({ conflict: true, ambiguous: true })],
    ['drop', fault({ drop: true })],
    ['hold', fault({ hold: true })],
  ];
}
