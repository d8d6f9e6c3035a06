/** Which Pods go first when there are too many (ctl-01 §7). */
import type { ContainerStatus, Pod } from '../../api/pod/pod.ts';
import { isPodActive, isPodReady, podCondition } from '../../api/pod/podstatus.ts';
import { parseTimestamp } from '../../api/time.ts';

export interface Ranking {
  /** Active Pods of related ReplicaSets on the Pod's node, itself included. */
  readonly rankOf: (pod: Pod) => number;
  readonly now: number;
  /** Ages are compared by the power of two of their nanoseconds, so that ties are broken by uid. */
  readonly logarithmic: boolean;
  /** Whether users may say which Pods they miss least (true). */
  readonly costs?: boolean;
}

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** Negative: `a` is deleted before `b`. */
export function compareForDeletion(a: Pod, b: Pod, ranking: Ranking): number {
  return (
    Number(isAssigned(a)) - Number(isAssigned(b)) ||
    phaseOf(a) - phaseOf(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    (ranking.costs === false ? 0 : deletionCost(a) - deletionCost(b)) ||
    ranking.rankOf(b) - ranking.rankOf(a) ||
    (isPodReady(a) && isPodReady(b)
      ? compareTimes(readyTime(a), readyTime(b), a, b, ranking)
      : 0) ||
    restarts(b) - restarts(a) ||
    sidecarRestarts(b) - sidecarRestarts(a) ||
    compareTimes(createdAt(a), createdAt(b), a, b, ranking)
  );
}

const isAssigned = ({ spec: { nodeName } }: Pod): boolean =>
  nodeName !== undefined && nodeName !== '';

const phaseOf = ({ status: { phase = 'Pending' } }: Pod): number => phaseOrder[phase] ?? 0;

const costKey = 'controller.kubernetes.io/pod-deletion-cost';

/** An int32; what is missing or is none counts as 0. */
function deletionCost({ metadata: { annotations } }: Pod): number {
  const text = annotations?.[costKey];
  if (text === undefined || !/^(0|-?[1-9]\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -2_147_483_648 && cost <= 2_147_483_647 ? cost : 0;
}

/** Times in simulated ms; undefined is Go's zero time. Later first, zero first of all. */
function compareTimes(
  a: number | undefined,
  b: number | undefined,
  podA: Pod,
  podB: Pod,
  { now, logarithmic }: Ranking,
): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (!logarithmic) return b - a;
  const bucketA = ageBucket(now - a);
  const bucketB = ageBucket(now - b);
  if (bucketA !== bucketB) return bucketA - bucketB;
  const [uidA, uidB] = [podA.metadata.uid, podB.metadata.uid];
  return uidA < uidB ? -1 : uidA > uidB ? 1 : 0;
}

/** floor(log2 of the age in nanoseconds), −1 for none. */
const ageBucket = (ageMs: number): number =>
  ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1_000_000));

function readyTime(pod: Pod): number | undefined {
  const since = podCondition(pod, 'Ready')?.lastTransitionTime;
  return since === undefined ? undefined : parseTimestamp(since);
}

const createdAt = ({ metadata: { creationTimestamp } }: Pod): number | undefined =>
  creationTimestamp ? parseTimestamp(creationTimestamp) : undefined;

const restarts = ({ status }: Pod): number => most(status.containerStatuses ?? []);

/** Init containers that end say nothing of how well a Pod serves; sidecars do, but less. */
function sidecarRestarts({ spec: { initContainers = [] }, status }: Pod): number {
  const isSidecar = (name: string) =>
    initContainers.some((one) => one.name === name && one.restartPolicy === 'Always');
  return most((status.initContainerStatuses ?? []).filter(({ name }) => isSidecar(name)));
}

const most = (statuses: readonly ContainerStatus[]): number =>
  statuses.reduce((found, { restartCount }) => Math.max(found, restartCount), 0);

/** The `count` Pods to delete. Sorting is for choosing: all of them need no order. */
export function podsToDelete(
  pods: readonly Pod[],
  related: readonly Pod[],
  count: number,
  now: number,
): readonly Pod[] {
  if (count >= pods.length) return pods;
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (!isPodActive(pod)) continue;
    const node = pod.spec.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const rankOf = (pod: Pod) => onNode.get(pod.spec.nodeName ?? '') ?? 0;
  const ranking = { rankOf, now, logarithmic: true };
  return [...pods].sort((a, b) => compareForDeletion(a, b, ranking)).slice(0, count);
}
