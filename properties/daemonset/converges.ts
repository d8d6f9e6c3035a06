/** Where a DaemonSet comes to rest, and where the real one stands still too. */

import type { DaemonSet } from '../../src/api/daemonset.ts';
import { keyOf } from '../../src/api/meta.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodActive } from '../../src/api/pod/podstatus.ts';
import { isHeld } from '../held.ts';
import type { Eventually, Judged, World } from '../rule.ts';
import { isWell } from '../statefulset/members.ts';
import {
  activeOn,
  by,
  clock,
  hashOf,
  mayStay,
  newestHash,
  placeOf,
  podsOf,
  shouldRun,
  surges,
} from './daemons.ts';

export const converges: Eventually = {
  id: 'DS-L1',
  claim: 'at rest every node that should has one Pod that is well and of the newest template',
  known: nodesGo,
  holds(world) {
    for (const ds of world.now.list<DaemonSet>('DaemonSet')) {
      const { deletionTimestamp, generation, name } = ds.metadata;
      if (isHeld(ds, world)) continue;
      if (deletionTimestamp !== undefined) return `${name} is still being deleted`;
      if (ds.status.observedGeneration !== generation) return `${name}: generation not observed`;
      const wrong = unconverged(ds, world);
      if (wrong !== undefined) return `${name}: ${wrong}`;
    }
    return undefined;
  },
};

/** An image that never gets ready. */
const isBroken = ({ spec }: Pick<Pod, 'spec'>): boolean =>
  spec.containers.some(({ image }) => image === 'broken');

function unconverged(ds: DaemonSet, world: World): Judged {
  const nodes = world.now.list<Node>('Node');
  for (const node of nodes) {
    const wrong = wrongOn(node, ds, world);
    if (wrong !== undefined) return `${node.metadata.name} ${wrong}`;
  }
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const lost = podsOf(ds, world.now).find(
    (pod) => isPodActive(pod) && !names.has(placeOf(pod) ?? ''),
  );
  if (lost !== undefined) return `${lost.metadata.name} is for a node that is gone`;
  const wanted = nodes.filter((node) => shouldRun(ds, node)).length;
  const { desiredNumberScheduled, numberAvailable = 0, updatedNumberScheduled = 0 } = ds.status;
  if (desiredNumberScheduled !== wanted) {
    return `says that ${desiredNumberScheduled} nodes of ${wanted} should have one`;
  }
  if (mayBeBroken(ds, world)) return undefined;
  const updates = ds.spec.updateStrategy.type === 'RollingUpdate';
  const updated = updates ? updatedNumberScheduled : wanted;
  return numberAvailable === wanted && updated === wanted
    ? undefined
    : `says ${numberAvailable} available, ${updatedNumberScheduled} updated of ${wanted}`;
}

/** Users asked for what never gets ready, or have to delete it themselves. */
function mayBeBroken(ds: DaemonSet, { now }: World): boolean {
  const keeps = ds.spec.updateStrategy.type === 'OnDelete';
  return isBroken(ds.spec.template) || (keeps && podsOf(ds, now).some(isBroken));
}

function wrongOn(node: Node, ds: DaemonSet, world: World): Judged {
  const there = activeOn(ds, node.metadata.name, world.now);
  if (!mayStay(ds, node)) return there.length === 0 ? undefined : 'should have none';
  const broken = mayBeBroken(ds, world);
  const most = broken && surges(ds) ? 2 : 1;
  if (there.length > most) return `has ${there.length}`;
  if (!shouldRun(ds, node)) return undefined;
  const [pod] = there;
  if (pod === undefined) return 'has none';
  if (broken) return undefined;
  if (!isWell(pod, clock(ds, world))) return 'has one that is not well';
  const updates = ds.spec.updateStrategy.type === 'RollingUpdate';
  return updates && hashOf(pod) !== newestHash(ds, world.now)
    ? 'has one of an old template'
    : undefined;
}

/** A node that goes wakes no DaemonSet, in Kubernetes either (docs/deviations.md). */
function nodesGo({ now, simulation: { log } }: World): string | undefined {
  const wentAt = log.entries.findLast(
    (entry) => entry.type === 'write' && entry.kind === 'Node' && entry.after === undefined,
  );
  if (wentAt?.type !== 'write') return undefined;
  for (const ds of now.list<DaemonSet>('DaemonSet')) {
    const last = log.entries.findLast(
      (entry) => entry.type === 'reconciled' && entry.by === by && entry.key === keyOf(ds),
    );
    if (last?.type !== 'reconciled') continue;
    const heardAt = log.entries.find(
      (entry) =>
        entry.type === 'delivered' &&
        entry.kind === 'Node' &&
        entry.process === last.process &&
        entry.revision >= wentAt.revision,
    );
    if (heardAt === undefined || last.n < heardAt.n) {
      return 'a DaemonSet does not hear of a node that goes: neither its status nor a Pod that waits for that node is put right';
    }
  }
  return undefined;
}
