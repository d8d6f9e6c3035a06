/** What DaemonSets promise (properties §5). */
import type { DaemonSet } from '../src/api/daemonset.ts';
import type { Node } from '../src/api/node.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodActive } from '../src/api/pod/podstatus.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import { converges } from './daemonset/converges.ts';
import {
  activeOn,
  budgetOf,
  claimedBy,
  clock,
  hashOf,
  isCreation,
  isDeletion,
  mayStay,
  newestHash,
  placeOf,
  setOf,
  shouldRun,
  surges,
} from './daemonset/daemons.ts';
import { type Always, type Judged, onWriteOf, type Properties, type World } from './rule.ts';
import { isWell } from './statefulset/members.ts';

const onePerNode = onWriteOf(
  ['Pod'],
  'DS-S1',
  'a node has one Pod of a DaemonSet, and a second one only while an update surges',
  (entry, world) => {
    const ds = isCreation(entry) ? setOf(world) : undefined;
    if (ds === undefined) return undefined;
    const node = placeOf(entry.after as Pod);
    if (node === undefined) return `${entry.key} is for any node`;
    const there = activeOn(ds, node, world.now);
    const hashes = new Set(there.map(hashOf));
    const most = surges(ds) ? 2 : 1;
    return there.length <= most && hashes.size === there.length
      ? undefined
      : `${node} has ${there.length} Pods of ${ds.metadata.name}`;
  },
);

const whereItShould = onWriteOf(
  ['Pod'],
  'DS-S2',
  'creates Pods for nodes that it saw, and on which they should run',
  (entry, world) => {
    if (!isCreation(entry)) return undefined;
    const ds = setOf(world);
    if (ds === undefined) return `${entry.key} is created for a DaemonSet that is not there`;
    const name = placeOf(entry.after as Pod);
    const node = name === undefined ? undefined : world.seen.get<Node>('Node', name);
    if (node === undefined) return `${entry.key} is for ${name}, which is not there`;
    return shouldRun(ds, node) ? undefined : `${entry.key} is for ${name}, where none should run`;
  },
);

/**
 * An old Pod that is not available goes at once and costs nothing (so does Kubernetes count): what is
 * limited is how many nodes are without one, or have a new one that is not available yet.
 */
const gentleUpdates = onWriteOf(
  ['Pod'],
  'DS-S3',
  'an update takes an available Pod only while no more nodes are without than may be',
  (entry, world) => {
    const ds = isDeletion(entry) ? setOf(world) : undefined;
    if (ds === undefined || surges(ds)) return undefined;
    const nodes = byNode(ds, world);
    const isUpdate = (pod: Pod) => updates(pod, ds, nodes.get(placeOf(pod) ?? '') ?? [], world);
    if (!isUpdate(entry.before as Pod)) return undefined;
    if (ds.spec.updateStrategy.type !== 'RollingUpdate') {
      return `${entry.key} is updated, though only users delete`;
    }
    const deleted = world.ownWrites.filter(isDeletion).map(({ before }) => before as Pod);
    const taken = deleted.filter(isUpdate).length + 1;
    const without = [...nodes.values()].filter((pods) => isWithout(pods, ds, world)).length;
    const wanted = world.seen.list<Node>('Node').filter((node) => shouldRun(ds, node)).length;
    const { maxUnavailable } = budgetOf(ds, wanted);
    return without + taken <= maxUnavailable
      ? undefined
      : `${without} nodes are without, ${taken} more are taken, ${maxUnavailable} may be missing`;
  },
);

/** Living Pods by node, as the pass saw them; nodes that should have one and have none are there too. */
function byNode(ds: DaemonSet, { seen }: World): ReadonlyMap<string, readonly Pod[]> {
  const nodes = new Map<string, Pod[]>();
  for (const node of seen.list<Node>('Node')) {
    if (shouldRun(ds, node)) nodes.set(node.metadata.name, []);
  }
  for (const pod of claimedBy(ds, seen)) {
    const place = placeOf(pod);
    if (place === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    nodes.set(place, [...(nodes.get(place) ?? []), pod]);
  }
  return nodes;
}

/** It goes for its template: it is the only one there, is well, may stay, and is old. */
function updates(pod: Pod, ds: DaemonSet, there: readonly Pod[], world: World): boolean {
  const seen = there.find(({ metadata }) => metadata.uid === pod.metadata.uid);
  if (seen === undefined || there.length > 1 || !isWell(seen, clock(ds, world))) return false;
  const node = world.seen.get<Node>('Node', placeOf(pod)!);
  if (node !== undefined && !mayStay(ds, node)) return false;
  return hashOf(seen) !== newestHash(ds, world.now);
}

function isWithout(there: readonly Pod[], ds: DaemonSet, world: World): boolean {
  const [pod] = there;
  if (pod === undefined || there.length > 1) return true;
  return hashOf(pod) === newestHash(ds, world.now) && !isWell(pod, clock(ds, world));
}

const firstWaitMs = 1_000;
const longestWaitMs = 15 * 60_000;

const patience: Always = {
  id: 'DS-S4',
  claim: 'a failed Pod is replaced on its node after a wait that doubles each time',
  types: ['write', 'fault'],
  kinds: ['Pod'],
  begin() {
    const waits = new Map<string, { readonly at: number; readonly ms: number }>();
    return (entry, world): Judged => {
      // Who starts again has forgotten how often it failed.
      if (entry.type === 'fault' && entry.fault === 'crash') waits.clear();
      if (!isDeletion(entry)) return undefined;
      const where = failedPlace(entry, world);
      if (where === undefined) return undefined;
      const { t: now } = entry;
      const before = waits.get(where.key);
      const forgotten = before === undefined || now - before.at > 2 * longestWaitMs;
      const ms = forgotten ? firstWaitMs : Math.min(2 * before.ms, longestWaitMs);
      waits.set(where.key, { at: now, ms });
      const sinceMs = now - (before?.at ?? 0);
      return forgotten || sinceMs >= before.ms
        ? undefined
        : `${entry.key} failed on ${where.node} and is replaced after ${sinceMs} ms of ${before.ms}`;
    };
  },
};

/** Where a failed Pod is replaced, not because it is old or should not be there. */
function failedPlace(
  { before, key }: WriteEntry,
  world: World,
): { readonly node: string; readonly key: string } | undefined {
  const ds = setOf(world);
  const node = placeOf(before as Pod);
  const seen = world.seen.get<Pod>('Pod', key);
  if (ds === undefined || node === undefined || seen?.status.phase !== 'Failed') return undefined;
  const place = world.seen.get<Node>('Node', node);
  if (place === undefined || !mayStay(ds, place)) return undefined;
  if (hashOf(seen) !== newestHash(ds, world.now)) return undefined;
  const { uid } = ds.metadata;
  return { node, key: `${uid}/${ds.status.observedGeneration ?? 0}/${node}` };
}

export const daemonSet: Properties = {
  always: [onePerNode, whereItShould, gentleUpdates, patience],
  eventually: [converges],
  sometimes: [
    {
      id: 'DS-W1',
      claim: 'a Pod is deleted because its template is old',
      seen: (entry, world) => {
        const ds = isDeletion(entry) ? setOf(world) : undefined;
        return (
          ds !== undefined &&
          hashOf((entry as WriteEntry).before as Pod) !== newestHash(ds, world.now)
        );
      },
    },
    {
      id: 'DS-W2',
      claim: 'a failed Pod is replaced',
      seen: (entry, world) => isDeletion(entry) && failedPlace(entry, world) !== undefined,
    },
    {
      id: 'DS-W3',
      claim: 'a Pod leaves a node on which none should run any more',
      seen: (entry, { seen }) => {
        if (!isDeletion(entry) || !isPodActive(entry.before as Pod)) return false;
        const node = seen.get<Node>('Node', placeOf(entry.before as Pod) ?? '');
        return (
          node !== undefined &&
          (node.spec.taints ?? []).some(({ effect }) => effect === 'NoExecute')
        );
      },
    },
    {
      id: 'DS-W4',
      claim: 'a node has a Pod of the old and one of the new template',
      seen: (entry, world) => {
        const ds = isCreation(entry) ? setOf(world) : undefined;
        if (ds === undefined) return false;
        const node = placeOf((entry as WriteEntry).after as Pod);
        return node !== undefined && activeOn(ds, node, world.now).length > 1;
      },
    },
  ],
};
