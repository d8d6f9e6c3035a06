/** The default profile: which plugins, in which order, with which weights (sched-00). */
import type { Plugin } from './framework.ts';
import { balancedAllocation } from './plugins/balancedallocation.ts';
import { nodeAffinity } from './plugins/nodeaffinity.ts';
import { nodeName } from './plugins/nodename.ts';
import { nodePorts } from './plugins/nodeports.ts';
import { nodeResourcesFit } from './plugins/noderesourcesfit.ts';
import { nodeUnschedulable } from './plugins/nodeunschedulable.ts';
import { podTopologySpread } from './plugins/podtopologyspread.ts';
import { taintToleration } from './plugins/tainttoleration.ts';

export interface Weighted {
  readonly plugin: Plugin;
  readonly weight: number;
}

export const defaultProfile: readonly Weighted[] = [
  { plugin: nodeUnschedulable, weight: 0 },
  { plugin: nodeName, weight: 0 },
  { plugin: taintToleration, weight: 3 },
  { plugin: nodeAffinity, weight: 2 },
  { plugin: nodePorts, weight: 0 },
  { plugin: nodeResourcesFit, weight: 1 },
  { plugin: podTopologySpread, weight: 2 },
  { plugin: balancedAllocation, weight: 1 },
];
