/** Which of the feasible nodes is best: scores of all plugins, normalized, weighted, summed (sched-04). */
import type { Cycle, Plugin } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';

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

export function scoreAll(
  cycle: Cycle,
  feasible: readonly NodeInfo[],
  plugins: readonly Weighted[],
): { readonly scores: readonly PluginScore[]; readonly totals: readonly number[] } {
  const totals = feasible.map(() => 0);
  const scores: PluginScore[] = [];
  for (const { plugin, weight } of plugins) {
    if (plugin.preScore?.(cycle, feasible) === false) continue;
    const raw = feasible.map((node) => plugin.score!(cycle, node));
    let normalized = raw;
    if (plugin.normalize !== undefined) {
      normalized = [...raw];
      plugin.normalize(cycle, feasible, normalized);
    }
    for (let i = 0; i < totals.length; i++) totals[i]! += weight * normalized[i]!;
    scores.push({ plugin: plugin.name, weight, raw, normalized });
  }
  return { scores, totals };
}
