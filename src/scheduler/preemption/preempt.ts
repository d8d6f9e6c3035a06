/** DefaultPreemption: when no node will do, whether displacing others would help (sched-05). */
import type { PodDisruptionBudget } from '../../api/poddisruptionbudget.ts';
import type { Decision } from '../cycle.ts';
import type { Unfit } from '../framework.ts';
import { fitMessage } from '../messages.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import type { Nominator } from '../nominator.ts';
import { bestCandidates } from './best.ts';
import { ineligible } from './eligible.ts';
import { type Candidate, type Preempting, victimsOn } from './victims.ts';

export interface PreemptionArgs {
  readonly minCandidateNodesPercentage?: number;
  readonly minCandidateNodesAbsolute?: number;
}

export interface PreemptionContext {
  readonly nominator: Nominator;
  readonly budgets: readonly PodDisruptionBudget[];
  readonly now: number;
  readonly args?: PreemptionArgs;
  /** Where the search begins: one of so many. */
  readonly offset: (count: number) => number;
}

export type Preemption =
  | { readonly type: 'found'; readonly best: Candidate; readonly candidates: readonly Candidate[] }
  /** No promise that the Pod has is worth anything any more. */
  | { readonly type: 'helpless'; readonly message: string }
  | { readonly type: 'ineligible'; readonly message: string }
  | { readonly type: 'error'; readonly message: string };

/** What a node was turned down for, whoever said so. */
export function statusOf(decision: Decision, node: string): Unfit | undefined {
  const { rejected, rejections, others } = decision;
  return rejected?.why ?? rejections.of(node)?.why ?? others?.why;
}

export function preempt(decision: Decision, context: PreemptionContext): Preemption {
  const { pod, cycle, filters } = decision;
  const { cache } = cycle;
  const onNode = (name: string) => cache.node(name)?.pods.values() ?? [];
  const promised = pod.status?.nominatedNodeName;
  const why = ineligible(pod, onNode, promised ? statusOf(decision, promised) : undefined);
  if (why !== undefined) return { type: 'ineligible', message: `preemption: ${why}` };
  const potential = cache.nodes.filter(
    ({ name }) => statusOf(decision, name)?.unresolvable === false,
  );
  const { nominator, budgets, now, args } = context;
  const { candidates, whys, errors } = dryRun(decision, {
    potential,
    offset: potential.length === 0 ? 0 : context.offset(potential.length),
    wanted: candidatesWanted(potential.length, args),
    preempting: { filters, nominator, budgets, now },
  });
  if (candidates.length === 0) {
    if (errors.length > 0) return { type: 'error', message: `preemption: ${errors.join('\n')}` };
    const message = fitMessage({
      nodes: cache.nodes.length,
      rejections: [...whys.values()].map(({ reasons }) => reasons),
      others: ['Preemption is not helpful for scheduling'],
    });
    return { type: 'helpless', message: `preemption: ${message}` };
  }
  return { type: 'found', best: bestCandidates(candidates, now)[0]!, candidates };
}

export function candidatesWanted(
  potential: number,
  { minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 }: PreemptionArgs = {},
): number {
  const share = Math.trunc((potential * minCandidateNodesPercentage) / 100);
  return Math.min(potential, Math.max(share, minCandidateNodesAbsolute));
}

export interface DryRun {
  readonly potential: readonly NodeInfo[];
  readonly offset: number;
  readonly wanted: number;
  readonly preempting: Preempting;
}

/** Tries node after node until there are enough candidates, one of them without a violated budget. */
export function dryRun(
  { cycle }: Pick<Decision, 'cycle'>,
  { potential, offset, wanted, preempting }: DryRun,
): {
  readonly candidates: readonly Candidate[];
  readonly whys: ReadonlyMap<string, Unfit>;
  readonly errors: readonly string[];
} {
  const candidates: Candidate[] = [];
  const whys = new Map<string, Unfit>();
  const errors: string[] = [];
  for (let i = 0; i < potential.length; i++) {
    const node = potential[(offset + i) % potential.length]!;
    const result = victimsOn(cycle, node, preempting);
    if ('error' in result) errors.push(result.error);
    else if ('why' in result) whys.set(node.name, result.why);
    else if (result.candidate.victims.length > 0) candidates.push(result.candidate);
    const isEnough = candidates.length >= wanted && wanted > 0;
    if (isEnough && candidates.some(({ violations }) => violations === 0)) break;
  }
  return { candidates, whys, errors };
}
