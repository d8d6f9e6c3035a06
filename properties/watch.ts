/** What watches and caches promise (properties §1, W): of the API server's clients, and of all processes. */
import type { KubeObject } from '../src/api/meta.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import type { Process } from '../src/sim/process.ts';
import type { Always, Eventually, Properties, World } from './rule.ts';
import { clientsOf } from './watch/client.ts';
import type { WatchRule } from './watch/validators.ts';

const claims: Readonly<Record<WatchRule, string>> = {
  'W-Ordered': 'a watch tells changes in the order of their revisions',
  'W-Unique': 'a watch tells no change twice',
  'W-Atomic': 'a watch tells all of one revision together',
  'W-Reliable': 'a watch leaves out nothing between the first and the last that it tells, or now',
  'W-Resumable': 'a watch begins with the first change after its revision',
  'W-Filterable':
    'what comes into a selection is added and what leaves it deleted, and nothing else is told',
  'W-Bookmarkable': 'a bookmark is at all that was told, and ahead of nothing that was not',
  'W-PrevKV': 'a watch tells what was there before, and what is gone as it last was',
  'W-IsCreate': 'added is what was not there, and nothing else',
  'W-410': 'a watch from what is forgotten is refused, and skips nothing',
};

const validated = Object.entries(claims).map(
  ([id, claim]): Eventually => ({
    id,
    claim,
    holds: (world) => world.watchProblem(id as WatchRule),
  }),
);

const caches: Eventually = {
  id: 'W-cache',
  claim: 'at rest every cache shows the truth',
  holds(world) {
    for (const { name, reflectors } of world.simulation.processes) {
      for (const { watch, lag, needsList } of reflectors) {
        if (lag > 0 || needsList) return `${name} has not seen ${lag} changes of ${watch.kind}`;
      }
    }
    return clientProblem(world);
  },
};

function clientProblem({ simulation, now }: World): string | undefined {
  for (const { who, kind, cache, matches } of clientsOf(simulation)) {
    const truth: readonly KubeObject[] = now.list(kind).filter(matches);
    const wrong = truth.find((object) => cache.get(keyIn(object)) !== object);
    if (wrong !== undefined) return `${who} does not know ${kind} ${wrong.metadata.name} as it is`;
    if (cache.size > truth.length) return `${who} knows ${kind} that are gone`;
  }
  return undefined;
}

const keyIn = ({ metadata: { namespace, name } }: KubeObject) =>
  namespace === undefined ? name : `${namespace}/${name}`;

const monotone: Always = {
  id: 'W-monotone',
  claim: 'a cache never goes back, unless its process starts again',
  types: ['delivered'],
  begin() {
    const shown = new WeakMap<Process, Map<string, number>>();
    return (entry, { simulation }) => {
      if (entry.type !== 'delivered') return undefined;
      const process = simulation.process(entry.process);
      if (process === undefined) return undefined;
      const kinds = shown.get(process) ?? new Map<string, number>();
      shown.set(process, kinds);
      const before = kinds.get(entry.kind) ?? -1;
      kinds.set(entry.kind, entry.revision);
      if (entry.revision >= before || watchesTwice(process, entry.kind)) return undefined;
      return `the ${entry.kind} cache of ${entry.process} went from ${before} back to ${entry.revision}`;
    };
  },
};

const watchesTwice = ({ reflectors }: Process, kind: string): boolean =>
  reflectors.filter(({ watch }) => watch.kind === kind).length > 1;

const synced: Always = {
  id: 'W-sync',
  claim: 'nobody writes before all that he watches was listed',
  types: ['write'],
  begin:
    () =>
    (entry, { acting }) => {
      const missing = acting?.slot.process.reflectors.find((reflector) => !reflector.synced);
      if (missing === undefined) return undefined;
      const { kind, key, by } = entry as WriteEntry;
      return `${by} wrote ${kind} ${key} before it had a list of ${missing.watch.kind}`;
    },
};

export const watch: Properties = {
  always: [monotone, synced],
  eventually: [...validated, caches],
  sometimes: [
    {
      id: 'W-W1',
      claim: 'a controller decides on a cache that lags',
      seen: (entry, { acting, simulation }) =>
        entry.type === 'write' &&
        acting !== undefined &&
        acting.pass.revision < simulation.store.revision - 3,
    },
  ],
};
