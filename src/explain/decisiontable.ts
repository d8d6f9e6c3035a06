/** A scheduling cycle in words and columns: what each plugin said of each node, and who won why. */
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { at, type DecidedRejection, type SchedulingDecision, totalsOf } from '../log/decision.ts';
import { decisionOf, type ScheduledPod } from './scheduling.ts';
import { seconds } from './sentence.ts';

/** Nodes that have a column of their own. */
const columnsMax = 8;
/** Nodes that a line tells by name. */
const namesMax = 12;

/** The whole table: filters, scores, and the choice. */
export function decisionLines(scheduled: ScheduledPod): readonly string[] {
  const { pod, pass } = scheduled;
  const decision = pass && decisionOf(pass);
  if (decision === undefined) return [`${titleOf(pod)}: ${withoutCycle(pod)}`];
  return [
    headOf(scheduled),
    ...indent([...filterLines(decision), ...scoreLines(decision)]),
    ...indent(endLines(decision)),
  ];
}

/** Why a Pod has no node: its message, and the reasons by node. */
export function pendingLines(scheduled: ScheduledPod): readonly string[] {
  const { pod, pass } = scheduled;
  const decision = pass && decisionOf(pass);
  if (decision === undefined) return [`${titleOf(pod)}: ${withoutCycle(pod)}`];
  return [headOf(scheduled), ...indent([...endLines(decision), ...nodeLines(decision)])];
}

const titleOf = (pod: Pod): string => `Pod ${keyOf(pod)}`;

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

function withoutCycle({ spec }: Pod): string {
  const gates = spec.schedulingGates ?? [];
  const { schedulerName = 'default-scheduler', nodeName } = spec;
  if (nodeName) return `on node ${nodeName}; the log has no scheduling cycle that put it there`;
  if (gates.length > 0) {
    return `not tried, its scheduling gates are closed: ${gates.map(({ name }) => name).join(', ')}`;
  }
  const other = schedulerName === 'default-scheduler' ? '' : `; it asks for ${schedulerName}`;
  return `no scheduler has tried it yet${other}`;
}

function headOf({ pod, pass }: ScheduledPod): string {
  const { n, t, result } = pass!;
  const { attempt, scheduler, chosen } = decisionOf(pass!)!;
  const when = `attempt ${attempt} of ${scheduler}, #${n} at ${seconds(t)}`;
  if (chosen === undefined) return `${titleOf(pod)}: no node (${when})`;
  if (result.type !== 'error') return `${titleOf(pod)}: ${chosen} (${when})`;
  return `${titleOf(pod)}: ${chosen} was chosen, but not bound: ${result.message} (${when})`;
}

function filterLines(decision: SchedulingDecision): readonly string[] {
  const { filters } = decision;
  const asked = filters.length === 0 ? '' : `, in this order: ${filters.join(', ')}`;
  return [`Filter${asked}`, ...indent(nodeLines(decision))];
}

/** What filtering came to, nodes with the same answer in one line. */
function nodeLines(decision: SchedulingDecision): readonly string[] {
  const { nodes, feasible, moreFeasible = 0, rejections } = decision;
  const rows = rejections.map((one) => [namesOf(one.nodes, one.more), codeOf(one), reasonsOf(one)]);
  if (feasible.length > 0) rows.unshift([namesOf(feasible, moreFeasible), 'Success', '']);
  const told = rejections.reduce(
    (sum, one) => sum + one.nodes.length + (one.more ?? 0),
    feasible.length + moreFeasible,
  );
  if (nodes === 0) return ['there are no nodes'];
  const unseen = nodes - told;
  const rest = unseen > 0 ? [`${countOf(unseen)} not looked at`] : [];
  return [...columns(rows), ...rest];
}

const countOf = (nodes: number): string => (nodes === 1 ? '1 node' : `${nodes} nodes`);

function namesOf(names: readonly string[], more = 0): string {
  if (names.length === 0) return countOf(more);
  const left = names.length - namesMax + more;
  if (names.length <= namesMax && more === 0) return names.join(', ');
  return `${names.slice(0, namesMax).join(', ')} and ${names.length <= namesMax ? more : left} more`;
}

/** As the framework names them. */
const codeOf = ({ unresolvable }: DecidedRejection): string =>
  unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable';

const reasonsOf = ({ plugin, reasons }: DecidedRejection): string =>
  `${plugin}: ${reasons.join(', ')}`;

function scoreLines(decision: SchedulingDecision): readonly string[] {
  const { feasible, scores, moreFeasible = 0 } = decision;
  if (scores.length === 0) return [];
  const totals = totalsOf(decision);
  const order = feasible.map((_, i) => i).sort((a, b) => rank(b) - rank(a) || a - b);
  function rank(i: number): number {
    return feasible[i] === decision.chosen ? Number.POSITIVE_INFINITY : totals[i]!;
  }
  const shown = order.slice(0, columnsMax);
  const heads = ['plugin', 'weight', ...shown.map((i) => `${feasible[i]}`)];
  const rows = scores.map(({ plugin, weight, raw, normalized }) => [
    plugin,
    `×${weight}`,
    ...shown.map((i) => {
      const score = at(normalized, i);
      const from = raw === undefined ? '' : `${at(raw, i)} → `;
      return weight === 1 ? `${from}${score}` : `${from}${score} (${weight * score})`;
    }),
  ]);
  const sums = ['total', '', ...shown.map((i) => `${totals[i]}`)];
  const left = feasible.length + moreFeasible - shown.length;
  const more = left > 0 ? [`and ${countOf(left)} more with no better totals`] : [];
  return [
    'Score: raw → normalized (weighted)',
    ...indent([...columns([heads, ...rows, sums]), ...more]),
  ];
}

/** Who won, or what is done about it that nobody did. */
function endLines(decision: SchedulingDecision): readonly string[] {
  const { chosen, feasible, tied, promised, message, preemption } = decision;
  const lines: string[] = [];
  if (promised !== undefined)
    lines.push(`it had been promised ${promised}, which was looked at first`);
  if (chosen !== undefined && feasible.length === 1)
    lines.push(`${chosen} is the only choice, so nothing is scored`);
  if (tied !== undefined) {
    const how =
      tied.by === 'heap' ? 'the one that the heap of totals brings up' : 'drawn by the seed';
    lines.push(`${countOf(tied.nodes)} have the best total; ${chosen} is ${how}`);
  }
  if (message !== undefined) lines.push(message);
  if (preemption !== undefined) {
    const { node, victims, violations } = preemption;
    const budgets =
      violations === 0
        ? ''
        : `, against ${violations} ${violations === 1 ? 'disruption budget' : 'disruption budgets'}`;
    lines.push(`${node} is promised to it; ${victims.join(', ')} must go${budgets}`);
  }
  return lines;
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('   ')
      .trimEnd(),
  );
}
