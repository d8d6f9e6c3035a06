/** What a scheduling plugin is: one file each under `plugins/`, put together in `profile.ts`. */
import type { Pod } from '../api/pod/pod.ts';
import type { View } from '../store/view.ts';
import type { SchedulerCache } from './cache.ts';
import type { ClusterEvent, EventName } from './events.ts';
import type { NodeInfo } from './nodeinfo.ts';

/** Why a node, or every node, is not for a Pod. */
export interface Unfit {
  readonly reasons: readonly string[];
  /** Removing Pods from the node would not help. */
  readonly unresolvable: boolean;
}

/** What a plugin worked out for one cycle. A copy can take up a change that is only supposed. */
export interface PluginState {
  copy(): PluginState;
}

/** What the plugins see of the cluster in one cycle. */
export interface Cycle {
  readonly pod: Pod;
  readonly cache: SchedulerCache;
  readonly view: View;
  /** By plugin name, and for scores by name and `/score`. */
  readonly state: Map<string, PluginState>;
}

/** The same cycle, in which Pods can come and go without anybody else noticing. */
export function supposing(cycle: Cycle): Cycle {
  const state = new Map<string, PluginState>();
  for (const [name, one] of cycle.state) state.set(name, one.copy());
  return { ...cycle, state };
}

/**
 * Before nodes are filtered. False: nothing to filter for this Pod. A set of names: no other node
 * will do. An `Unfit`: none will.
 */
export type PreFiltered = boolean | { readonly only: ReadonlySet<string> } | Unfit;

/** One kind of change that may make a Pod schedulable which the plugin turned away. */
export interface Hint {
  readonly on: readonly EventName[];
  /** Whether this change may help that Pod, as far as the view shows; absent: it always may. */
  helps?(pod: Pod, event: ClusterEvent, view: View): boolean;
}

export interface Plugin {
  readonly name: string;
  /**
   * What it says of a node depends on nothing but the node, the Pods there and what `signatureOf` tells of the
   * Pod, so it is remembered until the node changes.
   */
  readonly local?: true;
  /** Why the Pod may not even be queued. */
  preEnqueue?(pod: Pod, view: View): string | undefined;
  preFilter?(cycle: Cycle): PreFiltered;
  filter?(cycle: Cycle, node: NodeInfo): Unfit | undefined;
  /** The state as if a Pod were on the node as well; an error ends the supposition. */
  addPod?(cycle: Cycle, pod: Pod, node: NodeInfo): string | undefined;
  removePod?(cycle: Cycle, pod: Pod, node: NodeInfo): string | undefined;
  /** Before nodes are scored; false: it has nothing to say about this Pod. */
  preScore?(cycle: Cycle, feasible: readonly NodeInfo[]): boolean;
  score?(cycle: Cycle, node: NodeInfo): number;
  /** Instead of `score`, of all of them at once, for what depends on more than a node. */
  scores?(cycle: Cycle, feasible: readonly NodeInfo[]): number[];
  /** Brings the raw scores to 0…100, in place. A `local` plugin brings one as it brings many that are equal. */
  normalize?(cycle: Cycle, nodes: readonly NodeInfo[], scores: number[]): void;
  readonly hints?: readonly Hint[];
}

export const scoreMax = 100;

/** Whether it has part in scoring. */
export const hasScores = ({ score, scores }: Plugin): boolean =>
  score !== undefined || scores !== undefined;

/** DefaultNormalizeScore. */
export function normalizeDefault(scores: number[], reverse: boolean, most = scoreMax): void {
  let max = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > max) max = scores[i]!;
  for (let i = 0; i < scores.length; i++) {
    const share = max === 0 ? 0 : Math.trunc((most * scores[i]!) / max);
    scores[i] = reverse ? most - share : share;
  }
}

export const unfit = (reason: string, unresolvable = false): Unfit => ({
  reasons: [reason],
  unresolvable,
});
