/** One scheduling cycle: filter, score, choose. It reads the cache and changes nothing. */
import type { Pod } from '../api/pod.ts';
import type { View } from '../store/view.ts';
import { bestOf } from './best.ts';
import type { SchedulerCache } from './cache.ts';
import type { Cycle, Unfit } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { Weighted } from './profile.ts';

export interface PluginScore {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly number[];
  readonly normalized: readonly number[];
}

/** Everything that a cycle found out, for whoever asks why. */
export interface Decision {
  readonly pod: Pod;
  readonly chosen: string | undefined;
  /** Nodes that were turned down, and by which plugin. */
  readonly unfit: readonly {
    readonly node: string;
    readonly plugin: string;
    readonly why: Unfit;
  }[];
  readonly feasible: readonly string[];
  readonly scores: readonly PluginScore[];
  readonly totals: readonly number[];
  readonly nodes: number;
}

export interface Scheduling {
  readonly cache: SchedulerCache;
  readonly view: View;
  readonly profile: readonly Weighted[];
  readonly startIndex: number;
}

const feasibleMin = 100;

/** How many feasible nodes are enough (sched-01). */
export function nodesToFind(nodes: number, percentage = 0): number {
  if (nodes < feasibleMin) return nodes;
  const percent = percentage > 0 ? percentage : Math.max(5, 50 - Math.trunc(nodes / 125));
  return Math.min(nodes, Math.max(feasibleMin, Math.trunc((nodes * percent) / 100)));
}

export function schedule(pod: Pod, scheduling: Scheduling): Decision {
  const { cache, view, profile } = scheduling;
  const cycle: Cycle = { pod, cache, view, state: new Map() };
  const filters = profile
    .map(({ plugin }) => plugin)
    .filter((plugin) => plugin.filter !== undefined && (plugin.preFilter?.(cycle) ?? true));
  const { nodes } = cache;
  const enough = nodesToFind(nodes.length);
  const feasible: NodeInfo[] = [];
  const unfit: { node: string; plugin: string; why: Unfit }[] = [];
  for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
    const node = nodes[(scheduling.startIndex + i) % nodes.length]!;
    let why: Unfit | undefined;
    for (const plugin of filters) {
      why = plugin.filter!(cycle, node);
      if (why === undefined) continue;
      unfit.push({ node: node.name, plugin: plugin.name, why });
      break;
    }
    if (why === undefined) feasible.push(node);
  }
  const common = { pod, unfit, nodes: nodes.length, feasible: feasible.map(({ name }) => name) };
  if (feasible.length < 2) {
    return { ...common, chosen: feasible[0]?.name, scores: [], totals: [] };
  }
  const { scores, totals } = scoreAll(cycle, feasible, profile);
  const chosen = feasible[bestOf(totals)]!.name;
  return { ...common, chosen, scores, totals };
}

function scoreAll(
  cycle: Cycle,
  feasible: readonly NodeInfo[],
  profile: readonly Weighted[],
): { scores: PluginScore[]; totals: number[] } {
  const totals = feasible.map(() => 0);
  const scores: PluginScore[] = [];
  for (const { plugin, weight } of profile) {
    if (plugin.score === undefined || weight === 0) continue;
    if (plugin.preScore?.(cycle, feasible) === false) continue;
    const raw = feasible.map((node) => plugin.score!(cycle, node));
    const normalized = [...raw];
    plugin.normalize?.(cycle, feasible, normalized);
    for (let i = 0; i < totals.length; i++) totals[i]! += weight * normalized[i]!;
    scores.push({ plugin: plugin.name, weight, raw, normalized });
  }
  return { scores, totals };
}
