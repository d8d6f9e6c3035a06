/** A decision as the log keeps it: grouped and cut, so that large clusters do not bury it. */

import { keyOf } from '../api/meta.ts';
import type {
  DecidedRejection,
  DecidedScore,
  PerNode,
  SchedulingDecision,
} from '../log/decision.ts';
import type { Decision } from './cycle.ts';
import type { Ties } from './options.ts';
import type { Preemption } from './preemption/preempt.ts';
import type { Rejection } from './rejections.ts';
import type { PluginScore } from './scoring.ts';

/** Nodes that are told by name. */
const namesMax = 100;

export interface Outcome {
  readonly attempt: number;
  readonly ties: Ties;
  readonly message?: string;
  readonly preemption?: Preemption | undefined;
}

export function recordOf(decision: Decision, outcome: Outcome): SchedulingDecision {
  const { nodes, chosen, feasible, totals } = decision;
  const { attempt, message, preemption, ties } = outcome;
  const { spec, status } = decision.pod;
  const promised = status?.nominatedNodeName;
  const { best, tied } = bestOf(totals);
  const kept = keptOf(totals, feasible.length, tied < namesMax ? undefined : best);
  const more = feasible.length - kept.length;
  return {
    attempt,
    scheduler: spec.schedulerName ?? 'default-scheduler',
    nodes,
    ...(chosen === undefined ? {} : { chosen }),
    ...(tied > 1 ? { tied: { nodes: tied, by: ties } } : {}),
    ...(promised ? { promised } : {}),
    filters: decision.filters.map(({ name }) => name),
    feasible: kept.map((i) => feasible[i]!.name),
    ...(more === 0 ? {} : { moreFeasible: more }),
    scores: decision.scores.map((score) => told(score, more === 0 ? undefined : kept)),
    rejections: rejectionsOf(decision),
    ...(message === undefined ? {} : { message }),
    ...(preemption?.type === 'found' ? { preemption: preempted(preemption) } : {}),
  };
}

/** The best total, and how many have it. */
function bestOf(totals: readonly number[]): { readonly best: number; readonly tied: number } {
  let [best, tied] = [Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < totals.length; i++) {
    const total = totals[i]!;
    if (total > best) [best, tied] = [total, 1];
    else if (total === best) tied += 1;
  }
  return { best, tied };
}

/** Of the nodes that are kept; undefined: of all. */
function told(score: PluginScore, kept: readonly number[] | undefined): DecidedScore {
  const { plugin, weight, raw, normalized } = score;
  const same = raw === normalized || equals(raw, normalized);
  return {
    plugin,
    weight,
    ...(same ? {} : { raw: perNode(raw, kept) }),
    normalized: perNode(normalized, kept),
  };
}

function preempted({
  best: { node, victims, violations },
}: Extract<Preemption, { type: 'found' }>) {
  return { node, victims: victims.map(keyOf), violations };
}

function equals(some: PerNode, others: PerNode): boolean {
  if (typeof some === 'number' || typeof others === 'number') {
    return typeof some === 'number' ? isAll(others, some) : isAll(some, others as number);
  }
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

function isAll(values: PerNode, value: number): boolean {
  if (typeof values === 'number') return values === value;
  for (let i = 0; i < values.length; i++) if (values[i] !== value) return false;
  return true;
}

function perNode(values: PerNode, kept: readonly number[] | undefined): PerNode {
  if (typeof values === 'number' || values.length === 0) return values;
  const first = values[kept === undefined ? 0 : kept[0]!]!;
  if (kept === undefined) return isAll(values, first) ? first : values;
  for (let i = 1; i < kept.length; i++) {
    if (values[kept[i]!] !== first) return kept.map((at) => values[at]!);
  }
  return first;
}

/**
 * Indexes of the feasible nodes that are told: all, or the best, of which the first come first.
 * `best`: the best total, if enough have it.
 */
function keptOf(totals: readonly number[], feasible: number, best?: number): readonly number[] {
  if (feasible <= namesMax) return Array.from({ length: feasible }, (_, i) => i);
  const kept: number[] = [];
  const least = best ?? leastKept(totals);
  for (let i = 0; i < totals.length; i++) if (totals[i]! > least) kept.push(i);
  kept.sort((a, b) => totals[b]! - totals[a]! || a - b);
  for (let i = 0; kept.length < namesMax; i++) if (totals[i] === least) kept.push(i);
  return kept;
}

/** The total of the last that is told. */
function leastKept(totals: readonly number[]): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < totals.length; i++) {
    const total = totals[i]!;
    counts.set(total, (counts.get(total) ?? 0) + 1);
  }
  let left = namesMax;
  for (const total of [...counts.keys()].sort((a, b) => b - a)) {
    left -= counts.get(total)!;
    if (left <= 0) return total;
  }
  return Number.NEGATIVE_INFINITY;
}

interface Group {
  readonly first: DecidedRejection;
  readonly names: string[];
}

/** Those who say the same are one. */
function groupOf({ plugin, why }: Rejection, groups: Map<string, Group>): Group {
  const { reasons, unresolvable } = why;
  const id = `${plugin} ${reasons.join()} ${unresolvable}`;
  let group = groups.get(id);
  if (group === undefined) {
    group = { first: { plugin, reasons, unresolvable, nodes: [] }, names: [] };
    groups.set(id, group);
  }
  return group;
}

function rejectionsOf(decision: Decision): readonly DecidedRejection[] {
  const { rejected, rejections, others, nodes } = decision;
  if (rejected !== undefined) {
    const { plugin, why } = rejected;
    return [{ plugin, ...why, nodes: [], more: nodes }];
  }
  const groups = new Map<string, Group>();
  const known = new Map<Rejection, Group>();
  for (let i = 0; i < rejections.size; i++) {
    const rejection = rejections.whys[i]!;
    const { name } = rejections.nodes[i]!;
    let group = known.get(rejection);
    if (group === undefined) {
      group = groupOf(rejection, groups);
      known.set(rejection, group);
    }
    group.names.push(name);
  }
  const told = [...groups.values()].map(({ first, names }): DecidedRejection => {
    const more = names.length - namesMax;
    return more > 0
      ? { ...first, nodes: names.slice(0, namesMax), more }
      : { ...first, nodes: names };
  });
  if (others === undefined) return told;
  const more = nodes - Math.max(decision.examined, decision.feasible.length);
  return [...told, { plugin: others.plugins.join(), ...others.why, nodes: [], more }];
}
