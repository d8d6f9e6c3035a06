/** NodeResourcesFit: requests must fit, and the strategy says which of the nodes are better. */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Plugin, Unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import { amountsOf, numbers, requestsOf, usageOf } from '../resources.ts';
import { isPlaced } from './nodeports.ts';
import { type ScoringStrategy, strategyOf } from './resourcestrategy.ts';

export interface NodeResourcesFitArgs {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy?: ScoringStrategy;
}

export function nodeResourcesFitWith({
  ignoredResources = [],
  ignoredResourceGroups = [],
  scoringStrategy = {},
}: NodeResourcesFitArgs): Plugin {
  const isIgnored = (name: string): boolean =>
    isExtended(name) &&
    (ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0]!));
  const score = strategyOf(scoringStrategy);
  return {
    name: 'NodeResourcesFit',
    local: true,
    preFilter: () => true,
    filter: ({ pod }, node) => shortageOf(pod, node, isIgnored),
    preScore: () => true,
    score: ({ pod }, node) => score(pod, node),
    hints: [
      {
        on: ['Pod/Delete', 'Pod/UpdatePodScaleDown'],
        helps(pod, { old, object }) {
          if (old === undefined) return isPlaced(object as Pod);
          if (object.metadata.uid === pod.metadata.uid) return true;
          const [before, after] = [old as Pod, object as Pod];
          return Boolean(after.spec.nodeName) && givesBack(before, after, pod);
        },
      },
      {
        on: ['Node/Add', 'Node/UpdateNodeAllocatable'],
        helps: (pod, { old, object }) =>
          fitsEmpty(pod, object as Node) &&
          (old === undefined || gained(pod, old as Node, object as Node)),
      },
    ],
  };
}

/** Of a vendor: what a node may not know at all. */
export const isExtended = (name: string): boolean =>
  name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name) && !name.startsWith('requests.');

/** Every resource that is short, in upstream's order; hopeless if even an empty node lacks it. */
function shortageOf(
  { spec }: Pod,
  node: NodeInfo,
  isIgnored: (name: string) => boolean,
): Unfit | undefined {
  const { plain, none } = requestsOf(spec);
  const isFull = node.pods.size + 1 > node.podsMax;
  if (none && !isFull) return undefined;
  let reasons: string[] | undefined;
  let unresolvable = false;
  const { allocatable } = node;
  const check = (name: string, request: number, used: number) => {
    const total = allocatable[name] ?? 0;
    if (request === 0 || request <= total - used) return;
    reasons ??= [];
    reasons.push(`Insufficient ${name}`);
    if (request > total) unresolvable = true;
  };
  if (isFull) reasons = ['Too many pods'];
  if (!none) {
    check('cpu', plain.cpuMilli, node.cpuMilli);
    check('memory', plain.memoryBytes, node.memoryBytes);
    check('ephemeral-storage', plain.storageBytes, node.storageBytes);
    for (const name in plain.scalar) {
      if (!isIgnored(name)) check(name, plain.scalar[name]!, node.scalar[name] ?? 0);
    }
  }
  return reasons === undefined ? undefined : { reasons, unresolvable };
}

function fitsEmpty({ spec }: Pod, { status }: Node): boolean {
  const allocatable = numbers(status?.allocatable);
  return wanted(spec).every(([name, amount]) => amount <= (allocatable[name] ?? 0));
}

function gained({ spec }: Pod, old: Node, node: Node): boolean {
  const [before, after] = [numbers(old.status?.allocatable), numbers(node.status?.allocatable)];
  return wanted(spec).some(([name]) => (after[name] ?? 0) > (before[name] ?? 0));
}

/** A Pod uses less of something that this one asks for. */
function givesBack(before: Pod, after: Pod, { spec }: Pod): boolean {
  const [used, left] = [amountsOf(usageOf(before).plain), amountsOf(usageOf(after).plain)];
  return wanted(spec).some(([name]) => (left[name] ?? 0) < (used[name] ?? 0));
}

const wanted = (spec: Pod['spec']): readonly (readonly [string, number])[] =>
  Object.entries({ pods: 1, ...amountsOf(requestsOf(spec).plain) }).filter(
    ([, amount]) => amount > 0,
  );

export const nodeResourcesFit = nodeResourcesFitWith({});
