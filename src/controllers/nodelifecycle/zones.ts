/** How well a zone is, and how fast its nodes may be given up (ctl-07 §A.3). */
import type { Node } from '../../api/node.ts';

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

const unhealthyThreshold = 0.55;
const largeClusterThreshold = 50;
/** Nodes per second. */
const evictionRate = 0.1;
const secondaryEvictionRate = 0.01;

const excluded = 'node.kubernetes.io/exclude-disruption';

/** Region and zone; nodes that say neither are one zone. */
export function zoneOf({ metadata: { labels = {} } }: Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`;
}

export const countsForZone = ({ metadata: { labels = {} } }: Node): boolean =>
  !(excluded in labels);

export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  if (notReady > 2 && notReady / (ready + notReady) >= unhealthyThreshold) {
    return 'PartialDisruption';
  }
  return 'Normal';
}

/**
 * NoExecute taints per second. A zone that is down as a whole is given up as fast as a healthy one;
 * when all are, the control plane suspects itself.
 */
export function evictionRateOf(state: ZoneState, size: number, allFull: boolean): number {
  if (allFull) return 0;
  if (state !== 'PartialDisruption') return evictionRate;
  return size > largeClusterThreshold ? secondaryEvictionRate : 0;
}
