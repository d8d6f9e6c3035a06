/** Which of the feasible nodes is best: scores of all plugins, normalized, weighted, summed (sched-04). */
import type { PerNode } from '../log/decision.ts';
import type { Cycle, Plugin } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { NodeVerdicts } from './verdicts.ts';

export interface Weighted {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** What a plugin said of each feasible node; one number if it said the same of all. */
export interface PluginScore {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: PerNode;
  readonly normalized: PerNode;
}

/** `known`: what local plugins among these, which are then all of the profile, said of nodes before. */
export function scoreAll(
  cycle: Cycle,
  feasible: readonly NodeInfo[],
  plugins: readonly Weighted[],
  known?: NodeVerdicts,
): { readonly scores: readonly PluginScore[]; readonly totals: readonly number[] } {
  const totals = new Array<number>(feasible.length).fill(0);
  let ofAll = 0;
  const scores: PluginScore[] = [];
  for (let place = 0; place < plugins.length; place++) {
    const { plugin, weight } = plugins[place]!;
    if (plugin.preScore?.(cycle, feasible) === false) continue;
    const raw = known?.scoresOf(place, feasible) ?? rawScores(plugin, cycle, feasible);
    const normalized = normalizedOf(raw, plugin, { cycle, feasible });
    if (typeof normalized === 'number') ofAll += weight * normalized;
    else for (let i = 0; i < totals.length; i++) totals[i]! += weight * normalized[i]!;
    scores.push({ plugin: plugin.name, weight, raw, normalized });
  }
  if (ofAll !== 0) for (let i = 0; i < totals.length; i++) totals[i]! += ofAll;
  return { scores, totals };
}

interface Scored {
  readonly cycle: Cycle;
  readonly feasible: readonly NodeInfo[];
}

function normalizedOf(raw: PerNode, plugin: Plugin, { cycle, feasible }: Scored): PerNode {
  if (plugin.normalize === undefined) return raw;
  const scores = typeof raw === 'number' ? [raw] : raw.slice();
  plugin.normalize(cycle, feasible, scores);
  return typeof raw === 'number' ? scores[0]! : scores;
}

const rawScores = (plugin: Plugin, cycle: Cycle, nodes: readonly NodeInfo[]): number[] =>
  plugin.scores?.(cycle, nodes) ?? nodes.map((node) => plugin.score!(cycle, node));
