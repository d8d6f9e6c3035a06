/** One scheduling cycle: filter, score, choose. It reads the cache and changes nothing. */

import type { Pod } from '../api/pod.ts';
import { blank } from '../blank.ts';
import type { View } from '../store/view.ts';
import type { SchedulerCache } from './cache.ts';
import { filterWithNominated, leftOut, preFilter, type Rejection } from './filtering.ts';
import type { Cycle, Plugin, Unfit } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { Nominator } from './nominator.ts';
import type { Profile } from './profile.ts';
import { type PluginScore, scoreAll } from './scoring.ts';

/** Everything that a cycle found out. */
export interface Decision {
  readonly pod: Pod;
  readonly cycle: Cycle;
  /** How many there are, and how many were looked at; a node that was promised is not searched for. */
  readonly nodes: number;
  readonly examined: number;
  readonly chosen?: string;
  /** The plugins that had something to filter. */
  readonly filters: readonly Plugin[];
  /** What was said of all nodes at once. */
  readonly rejected?: Rejection;
  /** Of those that were looked at. */
  readonly rejections: ReadonlyMap<string, Rejection>;
  /** Of those that were not, because plugins named others. */
  readonly others?: { readonly plugins: readonly string[]; readonly why: Unfit };
  readonly feasible: readonly string[];
  readonly scores: readonly PluginScore[];
  readonly totals: readonly number[];
}

export interface Scheduling {
  readonly cache: SchedulerCache;
  readonly view: View;
  readonly profile: Profile;
  readonly nominator: Nominator;
  /** Which of those with the best totals. */
  readonly choose: (totals: readonly number[]) => number;
  readonly startIndex: number;
}

const feasibleMin = 100;

/** How many feasible nodes are enough (sched-01): a share that falls as clusters grow. */
export function nodesToFind(nodes: number, percentage = 0): number {
  if (nodes < feasibleMin) return nodes;
  const percent = percentage > 0 ? percentage : Math.max(5, 50 - Math.trunc(nodes / 125));
  return Math.max(feasibleMin, Math.trunc((nodes * percent) / 100));
}

export function schedule(pod: Pod, scheduling: Scheduling): Decision {
  const { cache, view, profile, choose } = scheduling;
  const cycle: Cycle = { pod, cache, view, state: new Map() };
  const { filters, only, rejected } = preFilter(cycle, profile.filters);
  const common = { pod, cycle, nodes: cache.nodes.length, filters, ...nothingFound };
  if (rejected !== undefined) return { ...common, rejected };
  const others = only && { plugins: only.plugins, why: leftOut(only.plugins) };
  const asked = { ...blank, ...scheduling, cycle, filters, only: only?.nodes };
  const { feasible, rejections, examined } = findNodes(asked);
  const found = {
    ...common,
    ...(others === undefined ? {} : { others }),
    feasible: feasible.map(({ name }) => name),
    rejections,
    examined,
  };
  if (feasible.length === 0) return found;
  if (feasible.length === 1) return { ...blank, ...found, chosen: feasible[0]!.name };
  const { scores, totals } = scoreAll(cycle, feasible, profile.scores);
  return { ...blank, ...found, chosen: feasible[choose(totals)]!.name, scores, totals };
}

const nothingFound = {
  rejections: new Map<string, Rejection>(),
  examined: 0,
  feasible: [] as readonly string[],
  scores: [],
  totals: [],
};

interface Asked extends Scheduling {
  readonly cycle: Cycle;
  readonly filters: readonly Plugin[];
  readonly only: ReadonlySet<string> | undefined;
}

interface Found {
  readonly feasible: readonly NodeInfo[];
  readonly rejections: ReadonlyMap<string, Rejection>;
  readonly examined: number;
}

function findNodes({ cache, cycle, profile, only, startIndex, filters, nominator }: Asked): Found {
  const promised = cycle.pod.status?.nominatedNodeName;
  const first = promised ? cache.node(promised) : undefined;
  if (first !== undefined && (only === undefined || only.has(first.name))) {
    const rejected = filterWithNominated(cycle, first, { filters, nominator });
    if (rejected === undefined) return { feasible: [first], rejections: noRejections, examined: 0 };
  }
  const nodes = only === undefined ? cache.nodes : known(only, cache);
  const enough = nodesToFind(nodes.length, profile.percentageOfNodesToScore);
  const feasible: NodeInfo[] = [];
  const rejections = new Map<string, Rejection>();
  for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
    const node = nodes[(startIndex + i) % nodes.length]!;
    const rejected = filterWithNominated(cycle, node, { filters, nominator });
    if (rejected === undefined) feasible.push(node);
    else rejections.set(node.name, rejected);
  }
  return { feasible, rejections, examined: feasible.length + rejections.size };
}

const noRejections: ReadonlyMap<string, Rejection> = new Map();

const known = (names: ReadonlySet<string>, cache: SchedulerCache): readonly NodeInfo[] =>
  [...names].flatMap((name) => cache.node(name) ?? []);
