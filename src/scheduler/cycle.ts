/** One scheduling cycle: filter, score, choose. It reads the cache and changes nothing. */

import type { Pod } from '../api/pod/pod.ts';
import { blank } from '../blank.ts';
import type { View } from '../store/view.ts';
import type { SchedulerCache } from './cache.ts';
import {
  filter,
  filterWithNominated,
  filterWithPromised,
  leftOut,
  preFilter,
} from './filtering.ts';
import type { Cycle, Plugin, Unfit } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { Nominator } from './nominator.ts';
import type { Profile } from './profile.ts';
import { noRejections, type Rejection, Rejections } from './rejections.ts';
import { type PluginScore, scoreAll } from './scoring.ts';
import type { NodeVerdicts, Verdicts } from './verdicts.ts';

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
  readonly rejections: Rejections;
  /** Of those that were not, because plugins named others. */
  readonly others?: { readonly plugins: readonly string[]; readonly why: Unfit };
  readonly feasible: readonly NodeInfo[];
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
  /** What was said in earlier cycles with this cache and these profiles; absent: all is asked anew. */
  readonly verdicts?: Verdicts;
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
  const asked = { ...blank, ...scheduling, cycle, filters, only: only?.nodes };
  const { feasible, rejections, examined, known } = findNodes(asked);
  const others = only && { plugins: only.plugins, why: leftOut(only.plugins) };
  const found = {
    ...common,
    ...(others === undefined ? {} : { others }),
    feasible,
    rejections,
    examined,
  };
  if (feasible.length === 0) return found;
  if (feasible.length === 1) return { ...blank, ...found, chosen: feasible[0]!.name };
  const { scores, totals } = scoreAll(cycle, feasible, profile.scores, known);
  return { ...blank, ...found, chosen: feasible[choose(totals)]!.name, scores, totals };
}

const nothingFound = {
  rejections: noRejections,
  examined: 0,
  feasible: [] as readonly NodeInfo[],
  scores: [] as readonly PluginScore[],
  totals: [] as readonly number[],
};

interface Asked extends Scheduling {
  readonly cycle: Cycle;
  readonly filters: readonly Plugin[];
  readonly only: ReadonlySet<string> | undefined;
}

interface Found {
  readonly feasible: readonly NodeInfo[];
  readonly rejections: Rejections;
  readonly examined: number;
  readonly known?: NodeVerdicts | undefined;
}

function findNodes(asked: Asked): Found {
  const { cache, cycle, profile, only, startIndex, filters, nominator } = asked;
  const promised = cycle.pod.status?.nominatedNodeName;
  const first = promised ? cache.node(promised) : undefined;
  if (first !== undefined && (only === undefined || only.has(first.name))) {
    const rejected = filterWithNominated(cycle, first, { filters, nominator });
    if (rejected === undefined) return { feasible: [first], rejections: noRejections, examined: 0 };
  }
  const nodes = only === undefined ? cache.nodes : namedNodes(only, cache);
  const known = only === undefined ? verdictsFor(asked) : undefined;
  const others = known === undefined ? filters : filters.filter((one) => !isLocal(one, profile));
  // Where nobody scores, any that will do is as good as another.
  const enough =
    profile.scores.length === 0 ? 1 : nodesToFind(nodes.length, profile.percentageOfNodesToScore);
  // A hundred megabytes for fifteen thousand Pods, if it has to grow each time.
  const feasible = new Array<NodeInfo>(Math.min(enough, nodes.length));
  let count = 0;
  const rejections = new Rejections();
  let at = nodes.length === 0 ? 0 : startIndex % nodes.length;
  for (let i = 0; i < nodes.length && count < enough; i++) {
    const node = nodes[at]!;
    at = at + 1 === nodes.length ? 0 : at + 1;
    let rejected = nominator.isEmpty
      ? undefined
      : filterWithPromised(cycle, node, { filters, nominator });
    rejected ??= known?.rejectionOf(cycle, node);
    if (rejected === undefined && others.length > 0) rejected = filter(cycle, node, others);
    if (rejected === undefined) feasible[count++] = node;
    else rejections.add(node, rejected);
  }
  feasible.length = count;
  return { feasible, rejections, examined: count + rejections.size, known };
}

const isLocal = (plugin: Plugin, { localFilters }: Profile): boolean => localFilters.has(plugin);

function verdictsFor({ verdicts, cycle, profile, filters }: Asked): NodeVerdicts | undefined {
  if (verdicts === undefined || cycle.cache.nodes.length === 0) return undefined;
  return verdicts.of(cycle, {
    profile,
    filters: filters.filter((one) => isLocal(one, profile)),
  });
}

const namedNodes = (names: ReadonlySet<string>, cache: SchedulerCache): readonly NodeInfo[] =>
  [...names].flatMap((name) => cache.node(name) ?? []);
