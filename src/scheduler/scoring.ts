/** Which of the feasible nodes is best: scores of all plugins, normalized, weighted, summed (sched-04). */
import type { Cycle, Plugin } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { NodeVerdicts } from './verdicts.ts';

export interface Weighted {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** What a plugin said of each feasible node. */
export interface PluginScore {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly number[];
  readonly normalized: readonly number[];
}

/** `known`: what local plugins among these, which are then all of the profile, said of nodes before. */
export function scoreAll(
  cycle: Cycle,
  feasible: readonly NodeInfo[],
  plugins: readonly Weighted[],
  known?: NodeVerdicts,
): { readonly scores: readonly PluginScore[]; readonly totals: readonly number[] } {
  const totals = new Array<number>(feasible.length).fill(0);
  const scores: PluginScore[] = [];
  for (let place = 0; place < plugins.length; place++) {
    const { plugin, weight } = plugins[place]!;
    if (plugin.preScore?.(cycle, feasible) === false) continue;
    const raw = known?.scoresOf(place, feasible) ?? rawScores(plugin, cycle, feasible);
    let normalized = raw;
    if (plugin.normalize !== undefined) {
      normalized = raw.slice();
      plugin.normalize(cycle, feasible, normalized);
    }
    for (let i = 0; i < totals.length; i++) totals[i]! += weight * normalized[i]!;
    scores.push({ plugin: plugin.name, weight, raw, normalized });
  }
  return { scores, totals };
}

const rawScores = (plugin: Plugin, cycle: Cycle, nodes: readonly NodeInfo[]): number[] =>
  plugin.scores?.(cycle, nodes) ?? nodes.map((node) => plugin.score!(cycle, node));
