/** Which Pods a kubelet evicts so that a critical one fits (kubelet-05). */
import type { Pod } from '../../api/pod/pod.ts';
import { qosClassOf } from '../../api/pod/qos.ts';
import { requested } from './admission.ts';
import { isPreemptable } from './critical.ts';

/** What is missing, by resource: thousandths of CPUs, bytes, and a number of Pods. */
export type Missing = Readonly<Record<string, number>>;

/** What would be missing even if all that may be were evicted. */
export const unreclaimable = (preemptor: Pod, pods: readonly Pod[], missing: Missing): Missing =>
  less(
    missing,
    pods.filter((pod) => isPreemptable(preemptor, pod)),
  );

/** Undefined: evicting all of them would not be enough. */
export function podsToPreempt(
  preemptor: Pod,
  pods: readonly Pod[],
  missing: Missing,
): readonly Pod[] | undefined {
  const preemptable = pods.filter((pod) => isPreemptable(preemptor, pod));
  const ofClass = (qos: string) => preemptable.filter(({ spec }) => qosClassOf(spec) === qos);
  const [bestEffort, burstable, guaranteed] = ['BestEffort', 'Burstable', 'Guaranteed'].map(
    ofClass,
  );
  if (Object.keys(less(missing, preemptable)).length > 0) return undefined;
  const third = nearest(guaranteed!, less(missing, [...bestEffort!, ...burstable!]));
  const second = nearest(burstable!, less(missing, [...bestEffort!, ...third]));
  const first = nearest(bestEffort!, less(missing, [...second, ...third]));
  return [...first, ...second, ...third];
}

const amountOf = (pod: Pod, resource: string): number =>
  resource === 'pods' ? 1 : (requested(pod)[resource] ?? 0);

/** What is still missing when these are gone. */
function less(missing: Missing, pods: readonly Pod[]): Missing {
  const left: Record<string, number> = {};
  for (const [resource, amount] of Object.entries(missing)) {
    const rest = pods.reduce((sum, pod) => sum - amountOf(pod, resource), amount);
    if (rest > 0) left[resource] = rest;
  }
  return left;
}

/** Takes the Pod that comes nearest to what is missing, until nothing is. */
function nearest(pods: readonly Pod[], missing: Missing): readonly Pod[] {
  const left = [...pods];
  const taken: Pod[] = [];
  let rest = missing;
  while (Object.keys(rest).length > 0 && left.length > 0) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    left.forEach((pod, place) => {
      const far = distance(pod, rest);
      if (far < least || (far === least && asksForLess(pod, left[best]!))) {
        least = far;
        best = place;
      }
    });
    const pod = left[best]!;
    rest = less(rest, [pod]);
    taken.push(pod);
    // As upstream fills the gap: it decides between equals.
    const last = left.pop()!;
    if (best < left.length) left[best] = last;
  }
  return taken;
}

function distance(pod: Pod, missing: Missing): number {
  let sum = 0;
  for (const [resource, amount] of Object.entries(missing)) {
    const share = Math.max(0, amount - amountOf(pod, resource)) / amount;
    sum += share * share;
  }
  return sum;
}

/** Among equals the later one, as upstream has it. */
function asksForLess(a: Pod, b: Pod): boolean {
  for (const resource of ['memory', 'cpu']) {
    const [ours, theirs] = [amountOf(a, resource), amountOf(b, resource)];
    if (ours !== theirs) return ours < theirs;
  }
  return true;
}
