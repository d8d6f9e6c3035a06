/** What the scheduler promises (properties §6). */
import { keyOf } from '../src/api/meta.ts';
import type { Node } from '../src/api/node.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodTerminal, podCondition } from '../src/api/pod/podstatus.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import type { Simulation } from '../src/sim/simulation.ts';
import type { View } from '../src/store/view.ts';
import {
  type Always,
  type Eventually,
  type Judged,
  onWriteOf,
  type Properties,
  type World,
} from './rule.ts';
import {
  crowded,
  far,
  hasItsClaims,
  misfit,
  type Place,
  placesIn,
  skewed,
} from './scheduler/fits.ts';
import { cheapest, costs, priorityOf } from './scheduler/preemption.ts';

const by = 'kube-scheduler';

const schedulerIn = (simulation: Simulation): Scheduler | undefined =>
  simulation
    .process(by)
    ?.slots.map(({ component }) => component)
    .find((component) => component instanceof Scheduler);

const isBinding = (entry: Entry): entry is WriteEntry =>
  entry.type === 'write' && entry.subresource === 'binding';

/** A scheduler keeps a cache of its own: what it could know is what it was told of nodes last. */
function knows({ acting, simulation, now }: World, node: string): boolean {
  if (acting === undefined) return now.get('Node', node) !== undefined;
  const { log, store } = simulation;
  const { name } = acting.slot.process;
  const told = log.entries.findLast(
    (entry) => entry.type === 'delivered' && entry.kind === 'Node' && entry.process === name,
  );
  const revisions = [acting.pass.revision, told?.type === 'delivered' ? told.revision : 0];
  return revisions.some((revision) => store.view(revision).get('Node', node) !== undefined);
}

const toSeenNodes = onWriteOf(['Pod'], 'SCH-S2', 'binds to a node that it saw', (entry, world) => {
  if (!isBinding(entry)) return undefined;
  const { nodeName } = (entry.after as Pod).spec;
  return knows(world, nodeName!)
    ? undefined
    : `${entry.key} was bound to ${nodeName}, which is not there`;
});

const boundOnce = onWriteOf(
  ['Pod'],
  'SCH-S3',
  'binds a Pod once, and only one without gates',
  (entry) => {
    if (!isBinding(entry)) return undefined;
    const { nodeName, schedulingGates = [] } = (entry.before as Pod).spec;
    if (nodeName) return `${entry.key} was on ${nodeName} when it was bound`;
    return schedulingGates.length === 0
      ? undefined
      : `${entry.key} was bound with ${schedulingGates.length} gates`;
  },
);

/**
 * Others may bind, too, and nodes may change at any time: what counts are the nodes as the scheduler
 * saw them, and on them the Pods that it saw or bound itself. Of a Pod it can know nothing whose
 * binding took effect without an answer until it is told of it: there Kubernetes overcommits, too.
 */
const roomForAll: Always = {
  id: 'SCH-S1',
  claim: 'what is bound to a node fits it: resources, ports, volumes, and the Pods around',
  types: ['write', 'delivered', 'fault'],
  kinds: ['Pod'],
  begin() {
    const bound = new Set<string>();
    const untold = new Map<string, number>();
    let lost = 0;
    return (entry, world) => {
      if (entry.type === 'fault' && entry.fault === 'reply lost') lost = entry.n;
      if (entry.type === 'delivered' && entry.process === by && entry.kind === 'Pod') {
        for (const [uid, revision] of untold) if (revision <= entry.revision) untold.delete(uid);
      }
      if (!isBinding(entry) || entry.by !== by) return undefined;
      const problem = overfull(entry, world, ({ metadata: { uid } }) =>
        untold.has(uid) ? false : bound.has(uid),
      );
      const { uid } = entry.after!.metadata;
      bound.add(uid);
      if (lost === entry.n - 1) untold.set(uid, entry.revision);
      return problem;
    };
  },
};

function overfull(
  { after, key }: WriteEntry,
  { acting, now, decided }: World,
  isOwn: (pod: Pod) => boolean,
): Judged {
  const decision = acting && decided(acting.pass);
  const { nodeName } = (after as Pod).spec;
  const seen = decision?.picture.nodes.get(nodeName!);
  if (decision === undefined || seen === undefined) return undefined;
  const { pod, picture } = decision;
  const known = new Map<string, Pod>();
  for (const { pods } of picture.nodes.values()) {
    for (const one of pods) known.set(one.metadata.uid, one);
  }
  const places = new Map(
    [...picture.nodes].map(([name, { node }]): [string, Place] => {
      const pods = now
        .by<Pod>('Pod', 'node', name)
        .filter((one) => !isPodTerminal(one) && one.metadata.uid !== pod.metadata.uid)
        .filter((one) => known.has(one.metadata.uid) || isOwn(one))
        .map((one) => known.get(one.metadata.uid) ?? one);
      return [name, { node, pods }];
    }),
  );
  const why =
    crowded(pod, places.get(nodeName!)!, places, now) ??
    far(pod, seen, picture.nodes) ??
    skewed(pod, seen, picture.nodes);
  return why === undefined ? undefined : `${key} does not fit ${nodeName}: ${why}`;
}

const cacheIsTruth: Eventually = {
  id: 'SCH-S4',
  claim: 'at rest the scheduler takes the cluster to be what it is',
  holds({ simulation, now }) {
    const scheduler = schedulerIn(simulation);
    if (scheduler === undefined) return undefined;
    const { nodes, homeless, assumed, waiting } = scheduler.picture();
    if (assumed.length > 0) return `a Pod is still only assumed: ${nameOf(assumed[0]!, now)}`;
    const truth = placesIn(now, (pod) => !isPodTerminal(pod));
    for (const name of nodes.keys()) if (!truth.has(name)) return `${name} is not there any more`;
    for (const [name, { node, pods }] of truth) {
      const seen = nodes.get(name);
      if (seen?.node !== node) return `${name} is not known as it is`;
      const ghost = seen.pods.find((pod) => !pods.includes(pod));
      if (ghost !== undefined) return `${name} is taken to have ${ghost.metadata.name}`;
      const missed = pods.find((pod) => !seen.pods.includes(pod));
      if (missed !== undefined) return `${name} is not taken to have ${missed.metadata.name}`;
    }
    const lost = homeless.find((pod) => now.get('Pod', keyOf(pod)) !== pod);
    if (lost !== undefined) return `${lost.metadata.name} is kept for a node that is gone`;
    const unbound = unboundIn(now).map(({ metadata }) => metadata.uid);
    const forgotten = unbound.find((uid) => !waiting.includes(uid));
    if (forgotten !== undefined) return `no queue has ${nameOf(forgotten, now)}`;
    const idle = waiting.find((uid) => !unbound.includes(uid));
    return idle === undefined ? undefined : `a queue has ${nameOf(idle, now)}`;
  },
};

const nameOf = (uid: string, now: View): string =>
  now.list<Pod>('Pod').find(({ metadata }) => metadata.uid === uid)?.metadata.name ??
  `${uid}, which is gone`;

/** The Pods that wait for this scheduler. */
const unboundIn = (now: View): readonly Pod[] =>
  now
    .list<Pod>('Pod')
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter((pod) => !pod.spec.nodeName && !isPodTerminal(pod))
    .filter(({ spec }) => (spec.schedulerName ?? 'default-scheduler') === 'default-scheduler');

/** Told of its end, or deleted, by the scheduler: for another Pod. */
const victimOf = ({ kind, by: author, before, after, verb }: WriteEntry): Pod | undefined => {
  if (kind !== 'Pod' || author !== by || before === undefined) return undefined;
  const told = (pod: Pod) => podCondition(pod, 'DisruptionTarget')?.status === 'True';
  const isTold = after !== undefined && told(after as Pod) && !told(before as Pod);
  return isTold || verb === 'delete' ? (before as Pod) : undefined;
};

const rightVictims = onWriteOf(
  ['Pod'],
  'SCH-S5',
  'displaces only less important Pods, as few budgets broken as can be, and nobody who could stay',
  (entry, { acting, decided, now }) => {
    const victim = victimOf(entry);
    const decision = victim && acting && decided(acting.pass);
    if (decision === undefined) return undefined;
    const { pod } = decision;
    const { uid, name } = victim!.metadata;
    // By its name, as upstream: whom it meant may have been made again meanwhile.
    const meant = [...decision.picture.nodes.values()]
      .flatMap(({ pods }) => pods)
      .find((other) => keyOf(other) === entry.key);
    if (meant !== undefined && meant.metadata.uid !== uid) return undefined;
    if (priorityOf(victim!) >= priorityOf(pod))
      return `${name} is no less important than ${pod.metadata.name}, and has to go`;
    const all = costs(decision, now);
    const place = [...decision.picture.nodes].find(([, { pods }]) =>
      pods.some(({ metadata }) => metadata.uid === uid),
    )?.[0];
    const chosen = all.find(({ node }) => node === place);
    if (chosen === undefined) return `${name} has to go from ${place}, where that helps nobody`;
    if (!chosen.victims.some(({ metadata }) => metadata.uid === uid))
      return `${name} has to go for ${pod.metadata.name}, and could stay`;
    const best = cheapest(all);
    if (best.includes(chosen)) return undefined;
    return `${name} has to go from ${place}, and less would be lost on ${best[0]!.node}`;
  },
);

/**
 * Its last try found a victim on its way out. If somebody else takes the room, nothing but the flush of
 * the queue has it tried again, and its promise taken back.
 */
const isPassedOver = (pod: Pod): boolean =>
  podCondition(pod, 'PodScheduled')?.message?.includes(
    'not eligible due to a terminating pod on the nominated node',
  ) === true;

/** What was found of a Pod is written by its name, whoever bears it by then. */
export function inheritsPromise({ now, simulation: { log } }: World): string | undefined {
  const promised = unboundIn(now).filter(({ status }) => status.nominatedNodeName);
  for (const { metadata } of promised) {
    const writes = log.entries.filter(
      (entry) =>
        entry.type === 'write' && (entry.after as Pod | undefined)?.metadata.uid === metadata.uid,
    ) as WriteEntry[];
    const made = writes[0]!.n;
    const promise = writes.findLast(
      ({ before, after }) => promiseIn(before) !== promiseIn(after) && promiseIn(after),
    );
    if (promise?.causes.every((n) => n < made)) {
      return 'the scheduler writes what it found of a Pod by its name: one that was made again meanwhile gets the promise of the one before';
    }
  }
  return undefined;
}

const promiseIn = (pod: WriteEntry['after']): string | undefined =>
  (pod as Pod | undefined)?.status.nominatedNodeName;

const promisesEnd: Eventually = {
  id: 'SCH-S6',
  known: inheritsPromise,
  claim: 'at rest no Pod waits for a node that it was promised, and each that waits says why',
  holds({ now, simulation: { log } }) {
    // What it says of a Pod it says once: nobody repeats it if it is lost on the way.
    const isLost = log.entries.some(
      (entry) => entry.type === 'fault' && entry.fault === 'request lost' && entry.target === by,
    );
    for (const pod of unboundIn(now)) {
      const { name } = pod.metadata;
      const { nominatedNodeName } = pod.status;
      if (nominatedNodeName && !isPassedOver(pod))
        return `${name} was promised ${nominatedNodeName}, and is not there`;
      if (isLost) continue;
      const { status, reason, message } = podCondition(pod, 'PodScheduled') ?? {};
      if (status !== 'False' || !reason || !message) return `${name} waits and does not say why`;
    }
    return undefined;
  },
};

const scheduled: Eventually = {
  id: 'SCH-L1',
  claim: 'at rest every Pod that some node has room for has a node, if its claims are bound',
  holds({ now }) {
    const places = placesIn(now, (pod) => !isPodTerminal(pod));
    for (const pod of unboundIn(now)) {
      if ((pod.spec.schedulingGates ?? []).length > 0 || !hasItsClaims(pod, now)) continue;
      for (const [name, place] of places) {
        if (misfit(pod, place, places, now) !== undefined) continue;
        return `${pod.metadata.name} was never bound, and ${name} has room for it`;
      }
    }
    return undefined;
  },
};

export const scheduler: Properties = {
  always: [toSeenNodes, boundOnce, roomForAll, rightVictims],
  eventually: [cacheIsTruth, promisesEnd, scheduled],
  sometimes: [
    {
      id: 'SCH-W1',
      claim: 'a Pod is displaced by a more important one',
      seen: (entry) => entry.type === 'write' && victimOf(entry) !== undefined,
    },
    {
      id: 'SCH-W2',
      claim: 'a Pod that waited is woken by something that helps, and bound',
      seen: (entry, { simulation: { log } }) =>
        entry.type === 'reconciled' &&
        entry.by === by &&
        entry.writes.some((n) => isBinding(log.at(n)!)) &&
        entry.causes.some((n) => {
          const cause = log.at(n)!;
          return cause.type === 'write' && cause.key !== entry.key;
        }),
    },
    {
      id: 'SCH-W3',
      claim: 'a binding fails, and the Pod is not taken to be on the node any more',
      seen: (entry, { simulation }) =>
        entry.type === 'reconciled' &&
        entry.by === by &&
        entry.result.type === 'error' &&
        entry.result.message.includes('unable to return a response') &&
        schedulerIn(simulation)?.picture().assumed.length === 0,
    },
    {
      id: 'SCH-W4',
      claim: 'a Pod gets the node that it was promised',
      seen: (entry) =>
        isBinding(entry) &&
        (entry.before as Pod).status.nominatedNodeName === (entry.after as Pod).spec.nodeName,
    },
    {
      id: 'SCH-W5',
      claim: 'a node comes back under its name while Pods are bound to it',
      seen: (entry, { now }) =>
        entry.type === 'write' &&
        entry.kind === 'Node' &&
        entry.before === undefined &&
        now
          .by<Pod>('Pod', 'node', (entry.after as Node).metadata.name)
          .some((pod) => !isPodTerminal(pod)),
    },
    {
      id: 'SCH-W6',
      claim: 'a watch of the scheduler breaks while it has something to tell',
      seen: (entry) =>
        entry.type === 'fault' && entry.fault === 'drop' && entry.target.startsWith(by),
    },
  ],
};
