/**
 * What any controller owes, whatever it is for (properties §8): rules for a user's own operator, which
 * know nothing but its kind. What must hold in the end is told by a new cluster that is asked for the
 * same, so nobody needs to write down what that is.
 */
import { kindNameOf } from '../src/api/index.ts';
import { type Key, type KubeObject, makeKey } from '../src/api/meta.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import { Cluster } from '../src/sim/cluster.ts';
import type { Process } from '../src/sim/process.ts';
import { settle } from '../src/sim/settle.ts';
import type { Simulation } from '../src/sim/simulation.ts';
import { calmStep } from '../src/sim/strategy.ts';
import { careful } from './operators/careful.ts';
import { difference, finalState } from './operators/differential.ts';
import { held } from './operators/held.ts';
import { peaceful } from './operators/peaceful.ts';
import { aboutOf, type OperatorUnderTest } from './operators/undertest.ts';
import type { Always, Eventually, Judged, Properties, World } from './rule.ts';

const user = 'user';
const horizonMs = 20 * 60_000;
const movesMax = 20_000;

const rest = (simulation: Simulation): string | undefined => {
  const { type } = settle(simulation, { horizonMs, movesMax, suspectAfterMoves: 5_000 });
  return type === 'rest' ? undefined : `it does not come to rest (${type})`;
};

export function operatorRules(operator: OperatorUnderTest): Properties {
  return {
    always: [
      newestOnly(operator),
      nothingMore(operator),
      careful(operator),
      peaceful(),
      held(operator),
    ],
    eventually: [
      idle(operator),
      converges(operator),
      isolates(operator),
      comesBack(operator),
      leavesNothing(operator),
    ],
    sometimes: [
      {
        id: 'U-W1',
        claim: 'the operator is interrupted between two of its writes',
        seen: (entry) =>
          entry.type === 'reconciled' &&
          entry.process === operator.process &&
          entry.result.type === 'lost' &&
          entry.writes.length > 0,
      },
    ],
  };
}

/** A user's own invariant, judged at each write: undefined, or what is wrong. */
export const invariantOf = (
  claim: string,
  judge: (entry: WriteEntry, world: World) => Judged,
): Always => ({
  id: 'U-S1',
  claim,
  types: ['write'],
  begin: () => (entry, world) => judge(entry as WriteEntry, world),
});

const newestOnly = (operator: OperatorUnderTest): Always => ({
  id: 'U-S2',
  claim: 'nothing is made of an older spec than the one that was applied before',
  types: ['write'],
  begin() {
    // One that starts again may be shown the past, and cannot know.
    let process: Process | undefined;
    let applied = new Map<string, number>();
    return (entry, world) => {
      const { kind, key, before, after } = entry as WriteEntry;
      const about = aboutOf(world, operator);
      if (about === undefined || after === undefined || kind === operator.kind) return undefined;
      if (before !== undefined && before.spec === after.spec) return undefined;
      if (world.acting?.slot.process !== process) applied = new Map();
      process = world.acting?.slot.process;
      const id = `${about.metadata.uid} ${kind} ${key}`;
      const { generation = 0 } = about.metadata;
      const newest = applied.get(id) ?? 0;
      applied.set(id, Math.max(newest, generation));
      return generation < newest
        ? `${kind} ${key} was made of generation ${newest}, and is now of ${generation}`
        : undefined;
    };
  },
});

const nothingMore = (operator: OperatorUnderTest): Always => ({
  id: 'U-S4',
  claim: 'for a resource that is being deleted nothing is created, and letting go of it comes last',
  types: ['write'],
  begin: () => (entry, world) => {
    const { kind, key, verb } = entry as WriteEntry;
    const about = aboutOf(world, operator);
    if (about === undefined) return undefined;
    if (verb === 'create' && about.metadata.deletionTimestamp !== undefined) {
      return `${kind} ${key} was created while its ${operator.kind} is being deleted`;
    }
    const finalizersOf = (object: KubeObject | undefined) =>
      object?.metadata.finalizers?.length ?? 0;
    const letGo = world.ownWrites.some(
      (write) =>
        write.kind === operator.kind &&
        write.before?.metadata.deletionTimestamp !== undefined &&
        finalizersOf(write.after) < finalizersOf(write.before),
    );
    return letGo ? `${kind} ${key} was written after the finalizer was removed` : undefined;
  },
});

/** An operator that starts again in a cluster that is as it should be has nothing to do. */
const idle = ({ process }: OperatorUnderTest): Eventually => ({
  id: 'U-S3',
  claim: 'an operator that looks at everything anew, when all is done, writes nothing',
  holds({ simulation }) {
    simulation.advance(simulation.now + 61_000);
    const n = simulation.log.length;
    const actors = simulation.process(process)?.slots.map(({ component }) => component.actor) ?? [];
    simulation.step({ type: 'crash', process });
    const restless = rest(simulation);
    if (restless !== undefined) return restless;
    const written = simulation.log.entries
      .slice(n)
      .find((entry) => entry.type === 'write' && actors.includes(entry.by));
    if (written?.type !== 'write') return undefined;
    return `${written.by} wrote ${written.kind} ${written.key} without a cause`;
  },
});

/** What a user asked for: no more than was said. */
function intentOf({ apiVersion, kind, metadata, ...parts }: KubeObject): KubeObject {
  const { name, namespace, labels, annotations } = metadata;
  const { status: _told, ...said } = parts;
  const given = { name, namespace, labels, annotations };
  return { apiVersion, kind, ...said, metadata: given } as unknown as KubeObject;
}

const intents = (kind: string, { now }: World): readonly KubeObject[] =>
  now
    .list(kind)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(intentOf)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

/** A new cluster that is asked for these, before anything has moved. */
function newCluster(
  { cluster }: OperatorUnderTest,
  definitions: readonly KubeObject[],
  wanted: readonly KubeObject[],
): Simulation {
  const { simulation } = new Cluster({ ...cluster, events: false });
  for (const object of definitions.map(intentOf)) {
    simulation.submit({ verb: 'create', kind: kindNameOf(object), object }, user);
  }
  rest(simulation);
  for (const object of wanted) {
    const { namespace } = object.metadata;
    const kind = kindNameOf(object);
    const home = namespace === undefined ? {} : { namespace };
    simulation.submit({ verb: 'create', kind, ...home, object }, user);
  }
  return simulation;
}

const definitionsOf = ({ now }: World) => now.list('CustomResourceDefinition');

/** What such clusters come to is remembered: most trials end alike. */
function expecting(operator: OperatorUnderTest) {
  const known = new Map<string, ReadonlyMap<string, string>>();
  return (world: World, wanted: readonly KubeObject[]): ReadonlyMap<string, string> => {
    const id = JSON.stringify(wanted);
    let state = known.get(id);
    if (state === undefined) {
      const simulation = newCluster(operator, definitionsOf(world), wanted);
      rest(simulation);
      state = finalState(simulation.store.view());
      known.set(id, state);
    }
    return state;
  };
}

function converges(operator: OperatorUnderTest): Eventually {
  const expected = expecting(operator);
  return {
    id: 'U-L1',
    claim: 'whatever happened on the way, the end is what a new cluster makes of the same wishes',
    holds: (world) =>
      difference(expected(world, intents(operator.kind, world)), finalState(world.now)),
  };
}

/** A second resource, beside one for which every write of the operator is lost. */
function isolates(operator: OperatorUnderTest): Eventually {
  const known = new Map<string, Judged>();
  const judge = (world: World, first: KubeObject): Judged => {
    const twin = { ...first, metadata: { ...first.metadata, name: 'twin' } };
    const { namespace, name } = first.metadata;
    const key = makeKey(namespace, name);
    const alone = newCluster(operator, definitionsOf(world), [twin]);
    rest(alone);
    const beside = newCluster(operator, definitionsOf(world), [first, twin]);
    starve(beside, operator.process, key);
    const ofTwin = (simulation: Simulation) =>
      new Map([...finalState(simulation.store.view())].filter(([id]) => /\/twin(-|$)/.test(id)));
    return difference(ofTwin(alone), ofTwin(beside));
  };
  return {
    id: 'U-L5',
    claim: 'failing writes for one resource do not hold up another',
    holds(world) {
      const [first] = intents(operator.kind, world);
      if (first === undefined) return undefined;
      const id = JSON.stringify(first);
      if (!known.has(id)) known.set(id, judge(world, first));
      return known.get(id);
    },
  };
}

/** Two minutes in which no write of a pass over `key` arrives. */
function starve(simulation: Simulation, process: string, key: Key): void {
  const until = simulation.now + 120_000;
  for (let moves = 0; moves < 5_000; moves++) {
    const writing = simulation.inFlight.some(
      ({ slot, pass, request }) =>
        slot.process.name === process &&
        pass.key === key &&
        request.verb !== 'get' &&
        request.verb !== 'list',
    );
    const lost = writing
      ? simulation
          .moves({ ambiguous: true })
          .find(
            (move) =>
              move.type === 'request' &&
              move.process === process &&
              move.key === key &&
              move.fault === 'request lost',
          )
      : undefined;
    if (lost !== undefined) simulation.step(lost);
    else if (!simulation.calm()) {
      const next = simulation.nextInstant;
      if (next === undefined || next > until) return;
      calmStep(simulation);
    }
  }
}

const targetOf = (object: KubeObject) => {
  const { namespace, name } = object.metadata;
  const home = namespace === undefined ? {} : { namespace };
  return { kind: kindNameOf(object), ...home, name };
};

const comesBack = ({ kind, detours = [] }: OperatorUnderTest): Eventually => ({
  id: 'U-L4',
  claim: 'a change that is taken back leaves nothing behind',
  holds({ simulation, now }) {
    const before = finalState(now);
    for (const object of now.list(kind)) {
      for (const detour of detours) {
        for (const spec of [detour, object.spec]) {
          const patch = { spec };
          const named = targetOf(object);
          simulation.submit({ verb: 'patch', ...named, patchType: 'merge', patch }, user);
          const restless = rest(simulation);
          if (restless !== undefined) return restless;
        }
        const left = difference(before, finalState(now));
        if (left !== undefined) return `after ${JSON.stringify(detour)} and back: ${left}`;
      }
    }
    return undefined;
  },
});

function leavesNothing(operator: OperatorUnderTest): Eventually {
  const expected = expecting(operator);
  return {
    id: 'U-L3',
    claim: 'with its resource everything goes that was made for it',
    holds(world) {
      const { simulation, now } = world;
      const nothing = expected(world, []);
      for (const object of now.list(operator.kind)) {
        simulation.submit({ verb: 'delete', ...targetOf(object) }, user);
      }
      return rest(simulation) ?? difference(nothing, finalState(now));
    },
  };
}
