/** Whom a Pod would have to displace on a node (sched-05). */
import type { Pod } from '../../api/pod/pod.ts';
import type { PodDisruptionBudget } from '../../api/poddisruptionbudget.ts';
import { selectorOf, selectsEverything } from '../../api/selectors/selectors.ts';
import { parseTimestamp } from '../../api/time.ts';
import { addPod, filterWithNominated, removePod } from '../filtering.ts';
import { type Cycle, type Plugin, supposing, type Unfit, unfit } from '../framework.ts';
import type { NodeInfo } from '../nodeinfo.ts';
import type { Nominator } from '../nominator.ts';

export interface Candidate {
  readonly node: string;
  /** The most important first. */
  readonly victims: readonly Pod[];
  readonly violations: number;
}

export interface Preempting {
  readonly filters: readonly Plugin[];
  readonly nominator: Nominator;
  readonly budgets: readonly PodDisruptionBudget[];
  readonly now: number;
}

export type Victims =
  | { readonly candidate: Candidate }
  | { readonly why: Unfit }
  | { readonly error: string };

export const priorityOf = ({ spec }: Pod): number => spec.priority ?? 0;

/** A Pod that has not started counts as started now. */
export const startOf = ({ status }: Pod, now: number): number =>
  status?.startTime ? parseTimestamp(status.startTime) : now;

const noVictims = unfit('No preemption victims found for incoming pod', true);

/** Removes all that are less important, and puts back as many as the Pod leaves room for. */
export function victimsOn(cycle: Cycle, node: NodeInfo, preempting: Preempting): Victims {
  const { filters, nominator, budgets, now } = preempting;
  const least = priorityOf(cycle.pod);
  const potential = [...node.pods.values()].filter((pod) => priorityOf(pod) < least);
  if (potential.length === 0) return { why: noVictims };
  const supposed = supposing(cycle);
  const copy = node.copy();
  const without = { node: copy, filters };
  for (const pod of potential) {
    const error = removePod(supposed, pod, without);
    if (error !== undefined) return { error };
  }
  const rejected = filterWithNominated(supposed, copy, { filters, nominator });
  if (rejected !== undefined) return { why: rejected.why };
  potential.sort((a, b) => priorityOf(b) - priorityOf(a) || startOf(a, now) - startOf(b, now));
  const { violating, others } = split(potential, budgets);
  const victims = new Set<Pod>();
  for (const pod of [...violating, ...others]) {
    const error = addPod(supposed, pod, without);
    if (error !== undefined) return { error };
    if (filterWithNominated(supposed, copy, { filters, nominator }) === undefined) continue;
    const failed = removePod(supposed, pod, without);
    if (failed !== undefined) return { error: failed };
    victims.add(pod);
  }
  const violations = violating.filter((pod) => victims.has(pod)).length;
  const inOrder = potential.filter((pod) => victims.has(pod));
  return { candidate: { node: node.name, victims: inOrder, violations } };
}

/** Whose eviction would violate a budget, if those before them in order are evicted, too. */
export function split(
  pods: readonly Pod[],
  budgets: readonly PodDisruptionBudget[],
): { readonly violating: readonly Pod[]; readonly others: readonly Pod[] } {
  const allowed = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
  const violating: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    let isViolating = false;
    budgets.forEach((budget, i) => {
      if (!covers(budget, pod)) return;
      if (budget.status?.disruptedPods?.[pod.metadata.name] !== undefined) return;
      allowed[i]! -= 1;
      if (allowed[i]! < 0) isViolating = true;
    });
    (isViolating ? violating : others).push(pod);
  }
  return { violating, others };
}

function covers({ metadata, spec: { selector } }: PodDisruptionBudget, pod: Pod): boolean {
  const { namespace, labels = {} } = pod.metadata;
  if (metadata.namespace !== namespace || Object.keys(labels).length === 0) return false;
  if (selector === undefined || selectsEverything(selector)) return false;
  return selectorOf(selector)(labels);
}
