/** What a scheduling plugin is: one file each under `plugins/`, registered in `profile.ts`. */
import type { Pod } from '../api/pod.ts';
import type { View } from '../store/view.ts';
import type { SchedulerCache } from './cache.ts';
import type { NodeInfo } from './nodeinfo.ts';

/** Why a node is not for a Pod. */
export interface Unfit {
  readonly reasons: readonly string[];
  /** Removing Pods from the node would not help. */
  readonly unresolvable: boolean;
}

/** What the plugins see of the cluster in one cycle. */
export interface Cycle {
  readonly pod: Pod;
  readonly cache: SchedulerCache;
  readonly view: View;
  /** What a plugin worked out once for the cycle, by plugin name. */
  readonly state: Map<string, unknown>;
}

export interface Plugin {
  readonly name: string;
  /** Before nodes are filtered; false: this plugin has nothing to filter for this Pod. */
  preFilter?(cycle: Cycle): boolean;
  filter?(cycle: Cycle, node: NodeInfo): Unfit | undefined;
  /** Before nodes are scored; false: it has nothing to say about this Pod. */
  preScore?(cycle: Cycle, feasible: readonly NodeInfo[]): boolean;
  score?(cycle: Cycle, node: NodeInfo): number;
  /** Brings the raw scores to 0…100, in place. */
  normalize?(cycle: Cycle, nodes: readonly NodeInfo[], scores: number[]): void;
  /** What may make a Pod schedulable that this plugin turned away. */
  readonly wakesOn?: readonly ClusterEvent[];
}

export type ClusterEvent = 'nodeAdded' | 'nodeUpdated' | 'podDeleted' | 'podAdded' | 'podUpdated';

export const scoreMax = 100;

/** DefaultNormalizeScore. */
export function normalizeDefault(scores: number[], reverse: boolean): void {
  let max = 0;
  for (const score of scores) max = Math.max(max, score);
  for (let i = 0; i < scores.length; i++) {
    const share = max === 0 ? 0 : Math.trunc((scoreMax * scores[i]!) / max);
    scores[i] = reverse ? scoreMax - share : share;
  }
}

export const unfit = (reason: string, unresolvable = false): Unfit => ({
  reasons: [reason],
  unresolvable,
});
