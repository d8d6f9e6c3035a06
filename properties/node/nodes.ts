/** Nodes and their taints, as the rules see them: apart from what the controllers do. */
import type { Node, Taint } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { parseTimestamp } from '../../src/api/time.ts';
import type { Entry, WriteEntry } from '../../src/log/entry.ts';
import { tolerates } from '../../src/scheduler/plugins/tolerations.ts';

/** Who looks after nodes, and evicts: both write under one name. */
export const by = 'node-controller';
const prefix = 'node.kubernetes.io/';
const lost = [`${prefix}not-ready`, `${prefix}unreachable`];

export const readyOf = ({ status }: Node): string | undefined =>
  status.conditions?.find(({ type }) => type === 'Ready')?.status;

export const isManaged = ({ key }: Taint): boolean => key.startsWith(prefix);

export const noExecuteOf = ({ spec: { taints = [] } }: Node): readonly Taint[] =>
  taints.filter(({ effect }) => effect === 'NoExecute');

/** The taints by which a node is given up. */
export const givenUpBy = (node: Node): readonly Taint[] =>
  noExecuteOf(node).filter(({ key }) => lost.includes(key));

/** The instant at which a Pod must leave; Infinity: it may stay. A taint without a time is old. */
export function leavesAt(pod: Pod, node: Node): number {
  const dues = noExecuteOf(node).map((taint) => {
    const used = (pod.spec.tolerations ?? []).find((one) => tolerates(one, taint));
    if (used !== undefined && used.tolerationSeconds === undefined) return Infinity;
    if (taint.timeAdded === undefined) return 0;
    return parseTimestamp(taint.timeAdded) + Math.max(0, used?.tolerationSeconds ?? 0) * 1000;
  });
  return Math.min(Infinity, ...dues);
}

export function zoneOf({ metadata: { labels = {} } }: Node): string {
  const at = (what: string) => labels[`topology.kubernetes.io/${what}`] ?? '';
  return `${at('region')}/${at('zone')}`;
}

const counts = ({ metadata: { labels = {} } }: Node): boolean =>
  !(`${prefix}exclude-disruption` in labels);

/** No node is heard of: the control plane has to suspect itself. */
export const isAllLost = (nodes: readonly Node[]): boolean =>
  nodes.filter(counts).every((node) => readyOf(node) !== 'True');

const partialShare = 0.55;

/** So much of a small zone is lost that nothing of it is given up, though not all of it is. */
export function isHalfLost(zone: string, nodes: readonly Node[]): boolean {
  const there = nodes.filter((node) => counts(node) && zoneOf(node) === zone);
  const away = there.filter((node) => readyOf(node) !== 'True').length;
  return away < there.length && away > 2 && away / there.length >= partialShare;
}

/** A Pod is told to go by a taint. */
export const isEviction = (entry: Entry): entry is WriteEntry =>
  entry.type === 'write' &&
  entry.by === by &&
  entry.kind === 'Pod' &&
  entry.verb === 'delete' &&
  entry.before?.metadata.deletionTimestamp === undefined;

/** A node is given up. */
export const isGivingUp = (entry: Entry): entry is WriteEntry =>
  entry.type === 'write' &&
  entry.by === by &&
  entry.kind === 'Node' &&
  entry.before !== undefined &&
  entry.after !== undefined &&
  givenUpBy(entry.before as Node).length === 0 &&
  givenUpBy(entry.after as Node).length > 0;
