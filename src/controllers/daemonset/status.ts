/** The status of a DaemonSet (ctl-03 §C.4), judged by the oldest Pod of each node. */
import type { DaemonSet, DaemonSetStatus } from '../../api/daemonset.ts';
import { keyOf } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import { isPodAvailable, isPodReady } from '../../api/pod/podstatus.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call } from '../../sim/controller.ts';
import { byAge, type Daemons } from './daemons.ts';
import type { Eligible } from './eligibility.ts';
import { isUpdated } from './template.ts';

export interface Counting {
  readonly ds: DaemonSet;
  readonly hash: string;
  readonly nodes: readonly Node[];
  readonly daemons: Daemons;
  readonly eligible: (node: Node) => Eligible;
  /** The pass acted on what it saw; otherwise the generation counts as not observed. */
  readonly acted: boolean;
  readonly now: number;
}

export function statusOf(counting: Counting): DaemonSetStatus {
  const { ds, hash, nodes, daemons, eligible, acted, now } = counting;
  const { minReadySeconds = 0 } = ds.spec;
  const counts = { desired: 0, current: 0, astray: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const there = daemons.get(node.metadata.name);
    if (!eligible(node).shouldRun) {
      if (there !== undefined) counts.astray += 1;
      continue;
    }
    counts.desired += 1;
    const oldest = there?.toSorted(byAge)[0];
    if (oldest === undefined) continue;
    counts.current += 1;
    if (isPodReady(oldest)) counts.ready += 1;
    if (isPodAvailable(oldest, minReadySeconds, now)) counts.available += 1;
    if (isUpdated(ds, oldest, hash)) counts.updated += 1;
  }
  const { conditions, collisionCount } = ds.status;
  const observedGeneration = acted ? ds.metadata.generation! : ds.status.observedGeneration;
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.astray,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...present('updatedNumberScheduled', counts.updated),
    ...present('numberAvailable', counts.available),
    ...present('numberUnavailable', counts.desired - counts.available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

const present = (field: string, count: number) => (count === 0 ? {} : { [field]: count });

const told = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
] as const satisfies readonly (keyof DaemonSetStatus)[];

/** Writes the status if it says something new; tries once more on a fresh copy. Returns an error. */
export function* updateStatus(
  ds: DaemonSet,
  status: DaemonSetStatus,
  { consistency }: ControllerContext,
): Requests<string | undefined> {
  const same = (field: (typeof told)[number]) => (ds.status[field] ?? 0) === (status[field] ?? 0);
  if (told.every(same)) return undefined;
  let base = ds;
  for (let attempt = 0; ; attempt++) {
    const { collisionCount } = base.status;
    const counted = collisionCount === undefined ? status : { ...status, collisionCount };
    const updated = yield* call<DaemonSet>({
      verb: 'update',
      kind: 'DaemonSet',
      object: { ...base, status: counted },
      subresource: 'status',
    });
    if (updated.ok) {
      consistency.wrote(keyOf(ds), 'DaemonSet', updated.object.metadata.resourceVersion);
      return undefined;
    }
    if (attempt === 1) return updated.status.message;
    const { namespace, name } = ds.metadata;
    const named = { kind: 'DaemonSet', namespace: namespace!, name };
    const fresh = yield* call<DaemonSet>({ verb: 'get', ...named });
    if (!fresh.ok) return fresh.status.message;
    if (fresh.object.metadata.uid !== ds.metadata.uid) return undefined;
    base = fresh.object;
  }
}
