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

/** Nodes that are told by name. */
const namesMax = 100;

export interface Outcome {
  readonly attempt: number;
  readonly ties: Ties;
  readonly message?: string;
  readonly preemption?: Preemption | undefined;
}

export function recordOf(decision: Decision, outcome: Outcome): SchedulingDecision {
  const { nodes, chosen, feasible } = decision;
  const { attempt, message, preemption, ties } = outcome;
  const { spec, status } = decision.pod;
  const promised = status?.nominatedNodeName;
  const tied = tiedOf(decision);
  const kept = keptOf(decision);
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
    scores: decision.scores.map(({ plugin, weight, raw, normalized }): DecidedScore => {
      const of = (values: readonly number[]) =>
        perNode(more === 0 ? values : kept.map((i) => values[i]!));
      const same = raw === normalized || equals(raw, normalized);
      return { plugin, weight, ...(same ? {} : { raw: of(raw) }), normalized: of(normalized) };
    }),
    rejections: rejectionsOf(decision),
    ...(message === undefined ? {} : { message }),
    ...(preemption?.type === 'found' ? { preemption: told(preemption) } : {}),
  };
}

function tiedOf({ totals }: Decision): number {
  let [best, count] = [Number.NEGATIVE_INFINITY, 0];
  for (const total of totals) {
    if (total > best) [best, count] = [total, 1];
    else if (total === best) count += 1;
  }
  return count;
}

function told({ best: { node, victims, violations } }: Extract<Preemption, { type: 'found' }>) {
  return { node, victims: victims.map(keyOf), violations };
}

const equals = (some: readonly number[], others: readonly number[]): boolean => {
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
};

function perNode(values: readonly number[]): PerNode {
  if (values.length === 0) return values;
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return values;
  return values[0]!;
}

/** Indexes of the feasible nodes that are told: all, or the best, of which the first come first. */
function keptOf({ feasible, totals }: Decision): readonly number[] {
  if (feasible.length <= namesMax) return feasible.map((_, i) => i);
  const byTotal = new Map<number, number[]>();
  for (let i = 0; i < totals.length; i++) {
    const equals = byTotal.get(totals[i]!);
    if (equals === undefined) byTotal.set(totals[i]!, [i]);
    else equals.push(i);
  }
  const kept: number[] = [];
  for (const total of [...byTotal.keys()].sort((a, b) => b - a)) {
    for (const i of byTotal.get(total)!) {
      kept.push(i);
      if (kept.length === namesMax) return kept;
    }
  }
  return kept;
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
