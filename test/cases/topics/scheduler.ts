/** Worked examples of the scheduler: one plugin, one cycle, one preemption (sched-*). */
import type { Node } from '../../../src/api/node.ts';
import type { Pod } from '../../../src/api/pod/pod.ts';
import { formatQuantity, parseQuantity } from '../../../src/api/quantity.ts';
import { parseTimestamp } from '../../../src/api/time.ts';
import { at, type PerNode } from '../../../src/log/decision.ts';
import { backoffOf } from '../../../src/scheduler/backoff.ts';
import { type Decision, nodesToFind, schedule } from '../../../src/scheduler/cycle.ts';
import { messageOf } from '../../../src/scheduler/diagnosis.ts';
import { normalizeDefault, type Plugin } from '../../../src/scheduler/framework.ts';
import { fitMessage } from '../../../src/scheduler/messages.ts';
import type { NodeInfo } from '../../../src/scheduler/nodeinfo.ts';
import { Nominator } from '../../../src/scheduler/nominator.ts';
import { comesFirst } from '../../../src/scheduler/plugins/prioritysort.ts';
import { brokenLinear } from '../../../src/scheduler/plugins/shape.ts';
import { tolerates } from '../../../src/scheduler/plugins/tolerations.ts';
import { bestCandidates } from '../../../src/scheduler/preemption/best.ts';
import { postFilter } from '../../../src/scheduler/preemption/postfilter.ts';
import type { Candidate } from '../../../src/scheduler/preemption/victims.ts';
import { type Profile, profileOf, registry } from '../../../src/scheduler/profile.ts';
import { podRequests } from '../../../src/scheduler/resources.ts';
import { scoreAll } from '../../../src/scheduler/scoring.ts';
import { functions, type Input, type Topics } from '../topic.ts';
import {
  type Cluster,
  contextOf,
  cycleOf,
  names,
  now,
  podOf,
  status,
  success,
  viewOf,
} from './schedulerobjects.ts';

const pluginOf = ({ plugin, pluginArgs, formula }: Input): Plugin =>
  registry[plugin]!.make({ ...pluginArgs, ...(formula === undefined ? {} : { formula }) });

function filtering(input: Input) {
  const cycle = cycleOf(input.pod, input);
  const plugin = pluginOf(input);
  const result = plugin.preFilter?.(cycle) ?? true;
  if (typeof result === 'object' && 'reasons' in result) return { preFilter: status(result) };
  const nodes = (input.nodes as readonly Node[]).map(({ metadata: { name } }) => {
    const why = result === false ? undefined : plugin.filter!(cycle, cycle.cache.node(name)!);
    return [name, status(why)] as const;
  });
  return {
    preFilter: result === false ? 'Skip' : 'Success',
    ...(typeof result === 'object' ? { preFilterNodeNames: [...result.only].sort() } : {}),
    filter: Object.fromEntries(nodes),
  };
}

function scoring(input: Input) {
  const cycle = cycleOf(input.pod, input);
  const plugin = pluginOf(input);
  const feasible = (input.nodes as readonly Node[]).map(
    ({ metadata }) => cycle.cache.node(metadata.name)!,
  );
  const isAsked = plugin.preScore?.(cycle, feasible) !== false;
  // An example may score all the same, to show that it decides nothing.
  const scores = isAsked ? scoreAll(cycle, feasible, [{ plugin, weight: 1 }]).totals : [];
  return {
    preScore: isAsked ? 'Success' : 'Skip',
    scores: Object.fromEntries(feasible.map(({ name }, i) => [name, scores[i] ?? 0])),
  };
}

function decide(pod: Pod, cluster: Cluster, profile: Profile): Decision {
  const { cache, view } = cycleOf(pod, cluster);
  const nominator = new Nominator();
  const choose = (totals: readonly number[]) => totals.indexOf(Math.max(...totals));
  return schedule(podOf(pod), { cache, view, profile, nominator, choose, startIndex: 0 });
}

const perNode = (nodes: readonly NodeInfo[], numbers: PerNode) =>
  Object.fromEntries(nodes.map(({ name }, i) => [name, at(numbers, i)]));

function wholeCycle(input: Input) {
  const { pod, podDisruptionBudgets } = input;
  const profile = profileOf();
  const decision = decide(pod, input, profile);
  const { chosen, feasible, rejections, scores, totals } = decision;
  const failures = rejections.nodes.map(({ name }, i) => [name, status(rejections.whys[i]!.why)]);
  const common = { feasibleNodes: feasible.length, filterFailures: Object.fromEntries(failures) };
  if (chosen !== undefined && feasible.length === 1) {
    const note = 'single feasible node: scoring is skipped';
    return { ...common, result: 'Scheduled', node: chosen, note };
  }
  if (chosen !== undefined) {
    const old = profileOf({
      args: { NodeResourcesBalancedAllocation: { formula: 'pre-1.36' } },
    });
    const before = decide(pod, input, old);
    const balanced = before.scores.find(({ plugin }) => plugin.includes('Balanced'));
    return {
      ...common,
      result: 'Scheduled',
      pluginScores: Object.fromEntries(
        scores.map(({ plugin, normalized }) => [plugin, perNode(feasible, normalized)]),
      ),
      totals: perNode(feasible, totals),
      winners: winners(decision),
      pre136: {
        ...(balanced && { balancedAllocation: perNode(feasible, balanced.normalized) }),
        totals: perNode(before.feasible, before.totals),
        winners: winners(before),
      },
    };
  }
  const helped = postFilter(decision, profile.postFilter, contextOf(podDisruptionBudgets));
  const message = messageOf(decision, helped.message);
  return {
    ...common,
    result: 'FailedScheduling',
    event: { type: 'Warning', reason: 'FailedScheduling', message },
    condition: { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
    ...(helped.preemption?.type === 'found' && {
      preemption: preempted(helped.preemption.candidates),
    }),
  };
}

/** By name: any of them may be chosen, whichever of the zones is looked at first. */
const winners = ({ feasible, totals }: Decision): readonly string[] => {
  const best = Math.max(...totals);
  return feasible.flatMap(({ name }, i) => (totals[i] === best ? [name] : [])).sort();
};

function preempted(candidates: readonly Candidate[]) {
  const best = bestCandidates(candidates, now);
  return {
    nominatedAnyOf: best.map(({ node }) => node).sort(),
    victims: Object.fromEntries(best.map(({ node, victims }) => [node, names(victims)])),
    numPDBViolations: Object.fromEntries(best.map(({ node, violations }) => [node, violations])),
  };
}

const waiting = ({ pod, queuedAt }: Input) => ({
  priority: pod.spec?.priority ?? 0,
  since: parseTimestamp(queuedAt),
});

/** Sums keep the notation of the first amount. */
function requested(pod: Pod, options: Input) {
  const { nonMissingContainerRequests: missing, excludeOverhead = false } = options;
  const { spec } = podOf(pod);
  const numbers = podRequests(spec, {
    withoutOverhead: excludeOverhead,
    ...(missing && { missing: amounts(missing) }),
  });
  const notation = (name: string) => {
    const lists = [...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.resources);
    for (const list of [...lists, spec.resources, { requests: spec.overhead }]) {
      const text = list?.requests?.[name];
      if (text !== undefined) return parseQuantity(text)!.format;
    }
    return name === 'cpu' ? 'DecimalSI' : 'BinarySI';
  };
  return Object.fromEntries(
    Object.entries(numbers).map(([name, amount]) => {
      const nanos = BigInt(amount) * (name === 'cpu' ? 1_000_000n : 1_000_000_000n);
      return [name, formatQuantity({ nanos, format: notation(name) })];
    }),
  );
}

const amounts = (list: Readonly<Record<string, string>>) =>
  podRequests({ containers: [{ name: 'c', image: 'c', resources: { requests: list } }] });

export const scheduler: Topics = {
  'sched-filter-basic': filtering,
  'sched-filter-interpodaffinity': filtering,
  'sched-filter-nodeaffinity': filtering,
  'sched-filter-resources': filtering,
  'sched-filter-topologyspread': filtering,
  'sched-score-image': scoring,
  'sched-score-interpodaffinity': scoring,
  'sched-score-nodeaffinity-taint': scoring,
  'sched-score-resources': scoring,
  'sched-score-topologyspread': scoring,
  'sched-cycle': functions({ schedulingCycle: wholeCycle }),
  'sched-tolerations': functions({
    tolerationToleratesTaint: ({ toleration, taint }) => ({
      tolerates: tolerates(toleration, taint),
    }),
  }),
  'sched-podrequests': functions({
    podRequests: ({ pod, options = {} }) => ({ requests: requested(pod, options) }),
  }),
  'sched-messages': functions({
    fitErrorMessage: (input) => ({
      message: fitMessage({
        nodes: input.numAllNodes,
        rejections: Object.values(input.nodeReasons ?? {}),
        others: input.absentNodesReasons ?? [],
        preFilter: input.preFilterMsg,
        postFilter: input.postFilterMsg,
      }),
    }),
  }),
  'sched-normalize-percentage': functions({
    defaultNormalizeScore({ maxPriority, reverse, scores }) {
      const normalized = [...scores];
      normalizeDefault(normalized, reverse, maxPriority);
      return { scores: normalized };
    },
    numFeasibleNodesToFind: (input) => ({
      numFeasibleNodesToFind: nodesToFind(
        input.numAllNodes,
        input.profilePercentageOfNodesToScore ?? input.globalPercentageOfNodesToScore,
      ),
    }),
    brokenLinear: ({ points, x }) => ({ y: x.map((one: number) => brokenLinear(points, one)) }),
  }),
  'sched-queue': functions({
    // Upstream's table counts in nanoseconds, of which the examples keep whole milliseconds.
    calculateBackoffDuration: ({ initialMs, maxMs, count }) => ({
      ms: Math.trunc(backoffOf(count, { initialMs: initialMs || 1e-6, maxMs })),
    }),
    prioritySortLess: ({ a, b }) => ({ aBeforeB: comesFirst(waiting(a), waiting(b)) }),
    schedulingGatesPreEnqueue({ pod }) {
      const why = registry['SchedulingGates']!.make({}).preEnqueue!(podOf(pod), viewOf([]));
      return {
        status: why === undefined ? success : status({ reasons: [why], unresolvable: true }),
      };
    },
  }),
};
