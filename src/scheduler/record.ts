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
    feasible: more === 0 ? feasible : kept.map((i) => feasible[i]!),
    ...(more === 0 ? {} : { moreFeasible: more }),
    scores: decision.scores.map(({ plugin, weight, raw, normalized }): DecidedScore => {
      const of = (values: readonly number[]) =>
        perNode(more === 0 ? values : kept.map((i) => values[i]!));
      const same = raw === normalized || raw.every((value, i) => value === normalized[i]);
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

const perNode = (values: readonly number[]): PerNode =>
  values.length > 0 && values.every((value) => value === values[0]) ? values[0]! : values;

/** Indexes of the feasible nodes that are told: all, or the best. */
function keptOf({ feasible, totals }: Decision): readonly number[] {
  const all = feasible.map((_, i) => i);
  if (all.length <= namesMax) return all;
  return all.sort((a, b) => totals[b]! - totals[a]! || a - b).slice(0, namesMax);
}

function rejectionsOf(decision: Decision): readonly DecidedRejection[] {
  const { rejected, rejections, others, nodes } = decision;
  if (rejected !== undefined) {
    const { plugin, why } = rejected;
    return [{ plugin, ...why, nodes: [], more: nodes }];
  }
  const groups = new Map<string, { first: DecidedRejection; names: string[] }>();
  for (const [node, { plugin, why }] of rejections) {
    const id = `${plugin} ${why.reasons.join()} ${why.unresolvable}`;
    const group = groups.get(id);
    if (group !== undefined) group.names.push(node);
    else {
      const { reasons, unresolvable } = why;
      groups.set(id, { first: { plugin, reasons, unresolvable, nodes: [] }, names: [node] });
    }
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
