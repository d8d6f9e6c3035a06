/** Whom a Pod may displace, told once more: what each node would cost, and what is the least. */
import type { Pod } from '../../src/api/pod/pod.ts';
import type { PodDisruptionBudget } from '../../src/api/poddisruptionbudget.ts';
import { selectorOf } from '../../src/api/selectors/selectors.ts';
import { parseTimestamp } from '../../src/api/time.ts';
import type { View } from '../../src/store/view.ts';
import type { Decided } from '../decided.ts';
import { mindsOthers, misfit, type Places } from './fits.ts';

export interface Cost {
  readonly node: string;
  readonly victims: readonly Pod[];
  readonly violations: number;
}

export const priorityOf = ({ spec }: Pod): number => spec.priority ?? 0;

/** What it would cost on each node on which it would help. */
export function costs({ pod, picture, budgets, t }: Decided, view: View): readonly Cost[] {
  const { nodes, promised } = picture;
  const minds = mindsOthers(pod, nodes);
  return [...nodes.keys()].flatMap((name) => {
    const { node, pods } = nodes.get(name)!;
    const guests = promised
      .filter(([at, other]) => at === name && other.metadata.uid !== pod.metadata.uid)
      .map(([, other]) => other)
      .filter((other) => priorityOf(other) >= priorityOf(pod))
      .map((other) => (minds ? other : withoutAffinity(other)));
    const fitsBeside = (kept: readonly Pod[]): boolean =>
      [kept, [...kept, ...guests]].every((there) => {
        const supposed: Places = new Map([...nodes, [name, { node, pods: there }]]);
        return misfit(pod, supposed.get(name)!, supposed, view) === undefined;
      });
    const isLess = (other: Pod) => priorityOf(other) < priorityOf(pod);
    let kept = pods.filter((other) => !isLess(other));
    const less = pods.filter(isLess).sort((a, b) => byImportance(a, b, t));
    if (less.length === 0 || !fitsBeside(kept)) return [];
    const violating = violatingOf(less, budgets);
    const victims = new Set<Pod>();
    for (const one of [...violating, ...less.filter((other) => !violating.includes(other))]) {
      if (fitsBeside([...kept, one])) kept = [...kept, one];
      else victims.add(one);
    }
    if (victims.size === 0) return [];
    return [
      {
        node: name,
        victims: less.filter((one) => victims.has(one)),
        violations: violating.filter((one) => victims.has(one)).length,
      },
    ];
  });
}

function withoutAffinity(pod: Pod): Pod {
  const { affinity: _affinity, ...spec } = pod.spec;
  return { ...pod, spec };
}

/** Those that cost least: broken budgets first, then who is hit, then how many. */
export function cheapest(all: readonly Cost[]): readonly Cost[] {
  const least = Math.min(...all.map(({ violations }) => violations));
  const gentle = all.filter(({ violations }) => violations === least);
  const lowest = Math.min(...gentle.map(({ victims }) => priorityOf(victims[0]!)));
  return gentle.filter(({ victims }) => priorityOf(victims[0]!) === lowest);
}

function byImportance(a: Pod, b: Pod, now: number): number {
  const startOf = ({ status }: Pod) =>
    status.startTime === undefined ? now : parseTimestamp(status.startTime);
  return priorityOf(b) - priorityOf(a) || startOf(a) - startOf(b);
}

/** Those whose budgets are used up by the ones before them. */
function violatingOf(
  pods: readonly Pod[],
  budgets: readonly PodDisruptionBudget[],
): readonly Pod[] {
  const violating = new Set<Pod>();
  for (const { metadata, spec, status } of budgets) {
    let left = status?.disruptionsAllowed ?? 0;
    for (const pod of pods) {
      const { name, namespace, labels = {} } = pod.metadata;
      if (namespace !== metadata.namespace || Object.keys(labels).length === 0) continue;
      if (!selectorOf(spec.selector)(labels) || status?.disruptedPods?.[name]) continue;
      left -= 1;
      if (left < 0) violating.add(pod);
    }
  }
  return pods.filter((pod) => violating.has(pod));
}
