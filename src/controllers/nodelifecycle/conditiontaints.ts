/** NoSchedule taints follow the conditions of a node and its cordon, at once (ctl-07 §A.2). */
import type { Node, Taint } from '../../api/node.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { call, type Outcome } from '../../sim/controller.ts';

/** The taint of each condition, by the status in which it stands. */
const conditionTaints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: 'node.kubernetes.io/not-ready', Unknown: 'node.kubernetes.io/unreachable' },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const unschedulable = 'node.kubernetes.io/unschedulable';

const managed = new Set([
  unschedulable,
  ...Object.values(conditionTaints).flatMap((byStatus) => Object.values(byStatus)),
]);

/** The NoSchedule taints that a node should have for what it says of itself. */
export function conditionTaintsOf({ spec, status }: Node): readonly string[] {
  const keys = (status.conditions ?? []).flatMap(
    (condition) => conditionTaints[condition.type]?.[condition.status] ?? [],
  );
  return spec.unschedulable === true ? [...keys, unschedulable] : keys;
}

/** A node that has not said anything has none: not even the one that it was created with. */
export function* followConditions(node: Node, now: number): Requests<Outcome> {
  const wanted = conditionTaintsOf(node);
  const taints = node.spec.taints ?? [];
  const isOurs = (taint: Taint) => taint.effect === 'NoSchedule' && managed.has(taint.key);
  const kept = taints.filter((taint) => !isOurs(taint) || wanted.includes(taint.key));
  const missing = wanted.filter(
    (one) => !taints.some((taint) => isOurs(taint) && taint.key === one),
  );
  if (missing.length === 0 && kept.length === taints.length) return undefined;
  const timeAdded = timestamp(now);
  const added = missing.map((key): Taint => ({ key, effect: 'NoSchedule', timeAdded }));
  const next = [...kept, ...added];
  const { name, resourceVersion } = node.metadata;
  const patched = yield* call<Node>({
    verb: 'patch',
    kind: 'Node',
    name,
    patchType: 'merge',
    patch: { metadata: { resourceVersion }, spec: { taints: next.length === 0 ? null : next } },
  });
  return patched.ok || patched.status.reason === 'NotFound'
    ? undefined
    : { error: patched.status.message };
}
