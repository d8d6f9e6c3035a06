/** Which nodes will do: PreFilter, and Filter of one node, promised Pods included (sched-01). */
import type { Pod } from '../api/pod/pod.ts';
import { type Cycle, type Plugin, supposing, type Unfit, unfit } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { Nominator } from './nominator.ts';
import type { Rejection } from './rejections.ts';

/** Plugins that have something to filter, and what they said of all nodes at once. */
export interface PreFilterResult {
  readonly filters: readonly Plugin[];
  /** The only nodes to look at, and the plugins that say so. */
  readonly only?: { readonly nodes: ReadonlySet<string>; readonly plugins: readonly string[] };
  /** No node will do. */
  readonly rejected?: Rejection;
}

export function preFilter(cycle: Cycle, plugins: readonly Plugin[]): PreFilterResult {
  const filters: Plugin[] = [];
  let nodes: ReadonlySet<string> | undefined;
  const narrowing: string[] = [];
  let rejected: Rejection | undefined;
  for (const plugin of plugins) {
    const result = plugin.preFilter?.(cycle) ?? plugin.filter !== undefined;
    if (result === false) continue;
    if (result !== true && 'reasons' in result) {
      // The last one is told, unless one says that not even preemption would help.
      rejected = { plugin: plugin.name, why: result };
      if (result.unresolvable) return { filters, rejected };
      continue;
    }
    if (plugin.filter !== undefined) filters.push(plugin);
    if (result === true) continue;
    narrowing.push(plugin.name);
    const { only } = result;
    const before: ReadonlySet<string> | undefined = nodes;
    nodes = before === undefined ? only : new Set([...before].filter((name) => only.has(name)));
    if (nodes.size === 0) {
      return { filters, rejected: { plugin: plugin.name, why: unfit(nobody(narrowing), true) } };
    }
  }
  if (rejected !== undefined) return { filters, rejected };
  return nodes === undefined ? { filters } : { filters, only: { nodes, plugins: narrowing } };
}

const nobody = (plugins: readonly string[]): string =>
  plugins.length === 1
    ? `node(s) didn't satisfy plugin ${plugins[0]}`
    : `node(s) didn't satisfy plugin(s) [${plugins.join(' ')}] simultaneously`;

/** What nodes are told that a plugin left out. */
export const leftOut = (plugins: readonly string[]): Unfit =>
  unfit(`node(s) didn't satisfy plugin(s) [${plugins.join(' ')}]`, true);

export function filter(
  cycle: Cycle,
  node: NodeInfo,
  filters: readonly Plugin[],
): Rejection | undefined {
  for (const plugin of filters) {
    const why = plugin.filter!(cycle, node);
    if (why !== undefined) return { plugin: plugin.name, why };
  }
  return undefined;
}

/**
 * As `filter`, but Pods that are promised this node and are no less important count as if they were
 * there; and since they may not come after all, the node must do without them, too.
 */
export function filterWithNominated(
  cycle: Cycle,
  node: NodeInfo,
  { filters, nominator }: { readonly filters: readonly Plugin[]; readonly nominator: Nominator },
): Rejection | undefined {
  return filterWithPromised(cycle, node, { filters, nominator }) ?? filter(cycle, node, filters);
}

/** The first half of it: nothing to say if nobody is promised the node. */
export function filterWithPromised(
  cycle: Cycle,
  node: NodeInfo,
  { filters, nominator }: { readonly filters: readonly Plugin[]; readonly nominator: Nominator },
): Rejection | undefined {
  const promised = nominator.on(node.name, cycle.pod);
  if (promised.length === 0) return undefined;
  const supposed = supposing(cycle);
  const copy = node.copy();
  for (const pod of promised) addPod(supposed, pod, { node: copy, filters });
  return filter(supposed, copy, filters);
}

interface Supposed {
  readonly node: NodeInfo;
  readonly filters: readonly Plugin[];
}

/** Puts a Pod on a node that is only supposed. */
export function addPod(cycle: Cycle, pod: Pod, { node, filters }: Supposed): string | undefined {
  node.add(pod);
  for (const plugin of filters) {
    const error = plugin.addPod?.(cycle, pod, node);
    if (error !== undefined) return failed('AddPod', plugin, error);
  }
  return undefined;
}

export function removePod(cycle: Cycle, pod: Pod, { node, filters }: Supposed): string | undefined {
  node.remove(pod);
  for (const plugin of filters) {
    const error = plugin.removePod?.(cycle, pod, node);
    if (error !== undefined) return failed('RemovePod', plugin, error);
  }
  return undefined;
}

const failed = (what: string, { name }: Plugin, error: string): string =>
  `running ${what} on PreFilter plugin "${name}": ${error}`;
