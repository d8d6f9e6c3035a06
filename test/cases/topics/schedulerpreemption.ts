/** Worked examples of preemption: candidates, the best of them, who may preempt (sched-preemption). */
import type { Pod } from '../../../src/api/pod/pod.ts';
import type { Decision } from '../../../src/scheduler/cycle.ts';
import { filter, preFilter } from '../../../src/scheduler/filtering.ts';
import type { Plugin, Unfit } from '../../../src/scheduler/framework.ts';
import { bestCandidates } from '../../../src/scheduler/preemption/best.ts';
import { ineligible } from '../../../src/scheduler/preemption/eligible.ts';
import { candidatesWanted, dryRun, preempt } from '../../../src/scheduler/preemption/preempt.ts';
import type { Candidate } from '../../../src/scheduler/preemption/victims.ts';
import { registry } from '../../../src/scheduler/profile.ts';
import { Rejections } from '../../../src/scheduler/rejections.ts';
import { functions, type Input, type Topics } from '../topic.ts';
import { contextOf, cycleOf, names, now, podOf, success, whole } from './schedulerobjects.ts';

/** Fails for nodes that say so, as upstream's plugin of that name does. */
const testPlugin: Plugin = {
  name: 'test-plugin',
  filter: () => undefined,
  addPod: ({ pod }, _pod, { labels }) =>
    labels['error'] === 'true' ? `failed to add pod: ${pod.metadata.name}` : undefined,
  removePod: ({ pod }, _pod, { labels }) =>
    labels['error'] === 'true' ? `failed to remove pod: ${pod.metadata.name}` : undefined,
};

function preempting(input: Input) {
  const cycle = cycleOf(input.pod, input);
  const plugins = [
    ...(input.filterPlugins as readonly string[]).map((name) => registry[name]!.make({})),
    testPlugin,
  ];
  const { filters } = preFilter(cycle, plugins);
  return { cycle, filters, nodes: cycle.cache.nodes };
}

function candidatesOf(input: Input): readonly Candidate[] {
  const { cycle, filters, nodes } = preempting(input);
  const potential = nodes.filter((node) => filter(cycle, node, filters)?.why.unresolvable !== true);
  const { nominator, budgets } = contextOf(input.podDisruptionBudgets);
  return dryRun(
    { cycle },
    {
      potential,
      offset: 0,
      wanted: candidatesWanted(potential.length, input.pluginArgs),
      preempting: { filters, nominator, budgets, now },
    },
  ).candidates;
}

const told = (candidates: readonly Candidate[]) =>
  Object.fromEntries(
    candidates.map(({ node, victims, violations }) => [
      node,
      { victims: names(victims), numPDBViolations: violations },
    ]),
  );

const unfitOf = ({ code, reasons }: Input): Unfit | undefined =>
  code === 'Success'
    ? undefined
    : { reasons: reasons ?? [], unresolvable: code === 'UnschedulableAndUnresolvable' };

function postFiltering(input: Input) {
  const { cycle, filters, nodes } = preempting(input);
  const { nodeStatuses = {}, absentNodesStatus } = input;
  const rejections = new Rejections();
  for (const [name, told] of Object.entries(nodeStatuses)) {
    const why = unfitOf(told as Input);
    if (why !== undefined) rejections.add(cycle.cache.node(name)!, { plugin: 'any', why });
  }
  const absent = absentNodesStatus && unfitOf(absentNodesStatus);
  const decision: Decision = {
    pod: cycle.pod,
    cycle,
    filters,
    rejections,
    nodes: nodes.length,
    examined: rejections.size,
    feasible: [],
    scores: [],
    totals: [],
    ...(absent && { others: { plugins: [], why: absent } }),
  };
  const result = preempt(decision, contextOf(input.podDisruptionBudgets));
  switch (result.type) {
    case 'found':
      return { status: success, nominatedNodeName: result.best.node };
    case 'error':
      return {
        status: { code: 'Error', reasons: [`error: ${result.message}`] },
        nominatedNodeName: null,
      };
    default:
      return {
        status: { code: 'Unschedulable', reasons: [result.message] },
        nominatedNodeName: result.type === 'helpless' ? '' : null,
      };
  }
}

export const schedulerPreemption: Topics = {
  'sched-preemption': functions({
    dryRunPreemption: (input) => ({ candidates: told(candidatesOf(input)) }),
    selectBestCandidate(input) {
      const candidates = candidatesOf(input);
      const best = bestCandidates(candidates, now);
      return { anyOf: best.map(({ node }) => node).sort(), candidates: told(candidates) };
    },
    podEligibleToPreemptOthers(input) {
      const pod = podOf(input.pod);
      const existing = (input.existingPods as readonly Pod[]).map(whole);
      const onNode = (name: string) => existing.filter(({ spec }) => spec.nodeName === name);
      const nominated = input.nominatedNodeStatus && unfitOf(input.nominatedNodeStatus);
      return { eligible: ineligible(pod, onNode, nominated) === undefined };
    },
    postFilter: postFiltering,
  }),
};
