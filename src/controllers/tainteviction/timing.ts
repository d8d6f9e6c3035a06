/** When a Pod must leave a node, by the node's NoExecute taints and what the Pod tolerates (ctl-07 §B). */
import type { Node, Taint } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Toleration } from '../../api/pod/podspec.ts';
import { parseTimestamp } from '../../api/time.ts';
import { tolerates } from '../../scheduler/plugins/tolerations.ts';

export const noExecuteTaints = ({ spec: { taints = [] } }: Node): readonly Taint[] =>
  taints.filter(({ effect }) => effect === 'NoExecute');

/** Seconds for which each taint is tolerated, by the first toleration that does: 0 if none does. */
function secondsOf(taint: Taint, tolerations: readonly Toleration[]): number {
  const used = tolerations.find((toleration) => tolerates(toleration, taint));
  if (used === undefined) return 0;
  return Math.max(0, used.tolerationSeconds ?? Number.POSITIVE_INFINITY);
}

/** Some taint is not tolerated at all. */
export const isTurnedOut = (
  taints: readonly Taint[],
  tolerations: readonly Toleration[] = [],
): boolean =>
  taints.some((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));

/** Seconds that a Pod may stay; undefined: for ever. */
export function staySeconds(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] = [],
): number | undefined {
  const seconds = taints.map((taint) => secondsOf(taint, tolerations));
  const least = Math.min(...seconds);
  return least === Number.POSITIVE_INFINITY ? undefined : least;
}

/** The instant by what the taints say of themselves; one that says nothing is old enough. */
export function dueAt(node: Node, { spec }: Pod): number | undefined {
  const due = noExecuteTaints(node).map((taint) => {
    const seconds = secondsOf(taint, spec.tolerations ?? []);
    if (seconds === Number.POSITIVE_INFINITY) return seconds;
    const { timeAdded } = taint;
    return timeAdded === undefined ? 0 : parseTimestamp(timeAdded) + seconds * 1000;
  });
  const soonest = Math.min(...due);
  return soonest === Number.POSITIVE_INFINITY ? undefined : soonest;
}
