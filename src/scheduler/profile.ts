/** A profile: which plugins, in which order, with which weights and arguments (sched-00). */
import type { Pod } from '../api/pod/pod.ts';
import { hasScores, type Plugin } from './framework.ts';
import { balancedAllocationWith } from './plugins/balancedallocation.ts';
import { defaultPreemption } from './plugins/defaultpreemption.ts';
import { dynamicResources } from './plugins/dynamicresources.ts';
import { imageLocality } from './plugins/imagelocality.ts';
import { interPodAffinityWith } from './plugins/interpodaffinity.ts';
import { nodeAffinityWith } from './plugins/nodeaffinity.ts';
import { nodeDeclaredFeatures } from './plugins/nodedeclaredfeatures.ts';
import { nodeName } from './plugins/nodename.ts';
import { nodePorts } from './plugins/nodeports.ts';
import { nodeResourcesFitWith } from './plugins/noderesourcesfit.ts';
import { nodeUnschedulable } from './plugins/nodeunschedulable.ts';
import { nodeVolumeLimits } from './plugins/nodevolumelimits.ts';
import { podTopologySpreadWith } from './plugins/podtopologyspread.ts';
import { schedulingGates } from './plugins/schedulinggates.ts';
import { taintToleration } from './plugins/tainttoleration.ts';
import { volumeBinding } from './plugins/volumebinding.ts';
import { volumeRestrictions } from './plugins/volumerestrictions.ts';
import { volumeZone } from './plugins/volumezone.ts';
import type { PreemptionArgs } from './preemption/preempt.ts';
import type { Weighted } from './scoring.ts';

export type Args = Readonly<Record<string, unknown>>;

/** All plugins in the order in which every extension point runs them, with their default weights. */
export const registry: Readonly<
  Record<string, { readonly weight: number; readonly make: (args: Args) => Plugin }>
> = {
  SchedulingGates: { weight: 0, make: () => schedulingGates },
  PrioritySort: { weight: 0, make: () => ({ name: 'PrioritySort' }) },
  NodeUnschedulable: { weight: 0, make: () => nodeUnschedulable },
  NodeName: { weight: 0, make: () => nodeName },
  TaintToleration: { weight: 3, make: () => taintToleration },
  NodeAffinity: { weight: 2, make: nodeAffinityWith },
  NodePorts: { weight: 0, make: () => nodePorts },
  NodeResourcesFit: { weight: 1, make: nodeResourcesFitWith },
  VolumeRestrictions: { weight: 0, make: () => volumeRestrictions },
  NodeVolumeLimits: { weight: 0, make: () => nodeVolumeLimits },
  VolumeBinding: { weight: 0, make: () => volumeBinding },
  VolumeZone: { weight: 0, make: () => volumeZone },
  PodTopologySpread: { weight: 2, make: podTopologySpreadWith },
  InterPodAffinity: { weight: 2, make: interPodAffinityWith },
  DynamicResources: { weight: 0, make: () => dynamicResources },
  DefaultPreemption: { weight: 0, make: () => defaultPreemption },
  NodeResourcesBalancedAllocation: { weight: 1, make: balancedAllocationWith },
  ImageLocality: { weight: 1, make: () => imageLocality },
  DefaultBinder: { weight: 0, make: () => ({ name: 'DefaultBinder' }) },
  NodeDeclaredFeatures: { weight: 0, make: () => nodeDeclaredFeatures },
};

export type PostFilterName = 'DynamicResources' | 'DefaultPreemption';

/** The profile that a Pod asks for. */
export const schedulerOf = ({ spec }: Pod): string => spec.schedulerName ?? 'default-scheduler';

/** Which plugins run where. */
export interface Profile {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore: number;
  readonly preEnqueue: readonly Plugin[];
  readonly filters: readonly Plugin[];
  /** Those of the filters that come before all that are not local. */
  readonly localFilters: ReadonlySet<Plugin>;
  readonly postFilter: readonly PostFilterName[];
  readonly scores: readonly Weighted[];
  readonly preemption: PreemptionArgs;
  readonly bindTimeoutMs: number;
  readonly all: readonly Plugin[];
}

export interface ProfileOptions {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  /** Arguments by plugin. */
  readonly args?: Readonly<Record<string, Args>>;
  /** Plugins of each extension point with their weights; all that have something to do there. */
  readonly enabled?: Partial<Readonly<Record<ExtensionPoint, readonly Enabled[]>>>;
}

export type ExtensionPoint = 'preEnqueue' | 'preFilter' | 'filter' | 'postFilter' | 'score';

export interface Enabled {
  readonly name: string;
  readonly weight?: number;
}

const made = new Map<string, Plugin>();

/** Each plugin as it is without arguments: which extension points it has part in. */
export function pluginsMade(): ReadonlyMap<string, Plugin> {
  if (made.size === 0) {
    for (const [name, { make }] of Object.entries(registry)) made.set(name, make({}));
  }
  return made;
}

export function profileOf({
  schedulerName = 'default-scheduler',
  percentageOfNodesToScore = 0,
  args = {},
  enabled = {},
}: ProfileOptions = {}): Profile {
  const made = new Map(
    Object.entries(registry).map(([name, { make }]) => [name, make(args[name] ?? {})]),
  );
  const everyone = [...made.keys()].map((name) => ({ name }));
  const at = (point: ExtensionPoint, hasPart: (plugin: Plugin) => boolean): readonly Enabled[] =>
    (enabled[point] ?? everyone).filter(({ name }) => made.has(name) && hasPart(made.get(name)!));
  const plugins = (some: readonly Enabled[]) => some.map(({ name }) => made.get(name)!);
  const filters = plugins(at('filter', (plugin) => plugin.filter !== undefined));
  /** Plugins that may turn down all nodes at once, and are not asked about single ones. */
  const preparing = (): readonly Plugin[] =>
    plugins(enabled.preFilter ?? [])
      .filter((plugin) => !filters.includes(plugin))
      .map(({ filter: _filter, ...plugin }) => plugin);
  const all = [...preparing(), ...filters];
  const others = all.findIndex((plugin) => plugin.filter !== undefined && plugin.local !== true);
  return {
    schedulerName,
    percentageOfNodesToScore,
    preEnqueue: plugins(at('preEnqueue', (plugin) => plugin.preEnqueue !== undefined)),
    filters: all,
    localFilters: new Set(others === -1 ? all : all.slice(0, others)),
    postFilter: (enabled.postFilter ?? everyone)
      .map(({ name }) => name)
      .filter((name) => name === 'DynamicResources' || name === 'DefaultPreemption'),
    scores: at('score', hasScores).map(({ name, weight }) => ({
      plugin: made.get(name)!,
      weight: weight || registry[name]!.weight || 1,
    })),
    preemption: args['DefaultPreemption'] ?? {},
    bindTimeoutMs: 1000 * Number(args['VolumeBinding']?.['bindTimeoutSeconds'] ?? 600),
    all: [...made.values()],
  };
}
