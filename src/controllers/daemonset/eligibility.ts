/** Which nodes a DaemonSet runs on, and what its Pods tolerate without saying so (ctl-03 §C.2). */
import type { DaemonSet } from '../../api/daemonset.ts';
import type { Node, Taint } from '../../api/node.ts';
import type { PodSpec, Toleration } from '../../api/pod/podspec.ts';
import { matchesNode } from '../../scheduler/plugins/nodeaffinity.ts';
import { toleratesAny } from '../../scheduler/plugins/tolerations.ts';

export interface Eligible {
  /** A Pod should be created. */
  readonly shouldRun: boolean;
  /** A Pod that is there may stay. */
  readonly shouldContinueRunning: boolean;
}

const neither: Eligible = { shouldRun: false, shouldContinueRunning: false };
const stays: Eligible = { shouldRun: false, shouldContinueRunning: true };
const both: Eligible = { shouldRun: true, shouldContinueRunning: true };

const exists = (key: string, effect: Taint['effect']): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});

const added: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
];

/** Daemons on the host's network are what makes that network. */
const addedOnHostNetwork = [...added, exists('network-unavailable', 'NoSchedule')];

const isSame = (a: Toleration, b: Toleration): boolean =>
  a.key === b.key &&
  a.effect === b.effect &&
  (a.operator ?? '') === (b.operator ?? '') &&
  (a.value ?? '') === (b.value ?? '');

/** Tolerations of the template, then those that every daemon has; the same one is not said twice. */
export function daemonTolerations({
  tolerations = [],
  hostNetwork,
}: PodSpec): readonly Toleration[] {
  const own = hostNetwork === true ? addedOnHostNetwork : added;
  const isOwn = (given: Toleration) => own.find((one) => isSame(one, given));
  const kept = tolerations.map((given) => isOwn(given) ?? given);
  return [...kept, ...own.filter((one) => !kept.includes(one))];
}

/** Resources, ports and other Pods are not looked at: that is for the scheduler to do. */
export function eligible({ spec: { template } }: DaemonSet): (node: Node) => Eligible {
  const { spec } = template;
  const tolerations = daemonTolerations(spec);
  const tolerated = (taint: Taint) => toleratesAny(tolerations, taint);
  return (node) => {
    if (spec.nodeName && spec.nodeName !== node.metadata.name) return neither;
    if (!matchesNode(spec, node)) return neither;
    const refused = (node.spec.taints ?? []).filter((taint) => !tolerated(taint));
    if (refused.some(({ effect }) => effect === 'NoExecute')) return neither;
    return refused.some(({ effect }) => effect === 'NoSchedule') ? stays : both;
  };
}
