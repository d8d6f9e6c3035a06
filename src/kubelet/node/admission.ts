/**
 * Whether a node takes in a Pod that was bound to it (kubelet-05, general predicates). The first
 * failure is what its status says; all of them tell whether evicting others could help.
 */
import type { Node } from '../../api/node.ts';
import type { Pod, PodStatus } from '../../api/pod/pod.ts';
import { timestamp } from '../../api/time.ts';
import { matchesTerm } from '../../scheduler/plugins/nodeaffinity.ts';
import { portsConflict } from '../../scheduler/plugins/nodeports.ts';
import { isExtended } from '../../scheduler/plugins/noderesourcesfit.ts';
import { toleratesAny } from '../../scheduler/plugins/tolerations.ts';
import { numbers, type PodRequests, requestsOf } from '../../scheduler/resources.ts';
import { ownConditions, unready } from '../status/conditions.ts';
import { isStaticPod } from './critical.ts';

export interface AdmissionFailure {
  readonly reason: string;
  readonly message: string;
  /** How much is missing, if it is a resource. */
  readonly missing?: { readonly resource: string; readonly amount: number };
}

/** `others`: the Pods that the node has taken in and that have not ended. */
export function admissionFailures(
  pod: Pod,
  node: Node,
  others: readonly Pod[],
  /** The Node as the API server has it now: labels may have changed since. */
  refetched?: () => Node | undefined,
): readonly AdmissionFailure[] {
  const failures = generalFailures(pod, node, others);
  const [only, ...more] = failures;
  if (only?.reason !== 'NodeAffinity' || more.length > 0) return failures;
  const again = refetched?.();
  return again === undefined ? failures : generalFailures(pod, again, others);
}

function generalFailures(
  pod: Pod,
  node: Node,
  others: readonly Pod[],
): readonly AdmissionFailure[] {
  const failures = [...resourceFailures(pod, node, others)];
  if (!matchesAffinity(pod, node)) {
    failures.push(predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector"));
  }
  const { nodeName } = pod.spec ?? {};
  if (nodeName && nodeName !== node.metadata.name) {
    failures.push(predicate('NodeName', "node(s) didn't match the requested node name"));
  }
  if (others.some((other) => portsConflict(pod, other))) {
    const text = "node(s) didn't have free ports for the requested pod ports";
    failures.push(predicate('NodePorts', text));
  }
  const taints = node.spec?.taints ?? [];
  const keepsOut = taints.some(
    (taint) => taint.effect === 'NoExecute' && !toleratesAny(pod.spec?.tolerations, taint),
  );
  if (keepsOut && !isStaticPod(pod)) {
    failures.push(predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate"));
  }
  return failures;
}

const predicate = (reason: string, text: string): AdmissionFailure => ({
  reason,
  message: `Predicate ${reason} failed: ${text}`,
});

function* resourceFailures(
  pod: Pod,
  node: Node,
  others: readonly Pod[],
): Generator<AdmissionFailure> {
  const allocatable = numbers(node.status?.allocatable);
  const { pods = 0 } = allocatable;
  if (others.length + 1 > pods) yield outOf('pods', 1, others.length, pods);
  const wanted = requested(pod);
  for (const name of Object.keys(wanted)) {
    const request = wanted[name]!;
    // A vendor's resource that the node does not know at all is not the kubelet's business.
    if (request === 0 || (isExtended(name) && !(name in allocatable))) continue;
    const used = others.reduce((sum, other) => sum + (requested(other)[name] ?? 0), 0);
    const capacity = allocatable[name] ?? 0;
    if (request > capacity - used) yield outOf(name, request, used, capacity);
  }
}

type Amounts = Readonly<Record<string, number>>;

const remembered = new WeakMap<PodRequests, Amounts>();

/** CPU in thousandths. */
export function requested({ spec }: Pick<Pod, 'spec'>): Amounts {
  if (spec?.containers === undefined) return {};
  const requests = requestsOf(spec);
  let found = remembered.get(requests);
  if (found === undefined) {
    const { cpuMilli, memoryBytes, storageBytes, scalar } = requests.plain;
    found = { cpu: cpuMilli, memory: memoryBytes, 'ephemeral-storage': storageBytes, ...scalar };
    remembered.set(requests, found);
  }
  return found;
}

const outOf = (
  resource: string,
  request: number,
  used: number,
  capacity: number,
): AdmissionFailure => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${request}, used: ${used}, capacity: ${capacity}`,
  missing: { resource, amount: request - (capacity - used) },
});

function matchesAffinity({ spec }: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const { nodeSelector = {}, affinity } = spec ?? {};
  for (const [key, value] of Object.entries(nodeSelector)) if (labels[key] !== value) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
  );
}

/** The status of a Pod that a node turned away. It is never started, here or elsewhere. */
export const rejectedStatus = (reason: string, message: string): PodStatus => ({
  phase: 'Failed',
  reason,
  message: `Pod was rejected: ${message}`,
});

/**
 * All that its status says then. What ran before the machine was off may say so still; of a Pod that never
 * ran there is nothing to say, not even that it was bound.
 */
export function turnedAway({ metadata, status }: Pod, why: PodStatus, now: number): PodStatus {
  const { conditions, containerStatuses, startTime = timestamp(now) } = status;
  const { generation } = metadata;
  const kept =
    containerStatuses === undefined
      ? conditions?.filter(({ type }) => !ownConditions.has(type))
      : conditions && unready(conditions, now);
  return {
    ...status,
    ...(kept && { conditions: kept }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    startTime,
    ...why,
  };
}
