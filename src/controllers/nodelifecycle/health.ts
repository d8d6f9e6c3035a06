/**
 * Whether a node is still heard of (ctl-07 §A.1). Nodes' clocks are not trusted: what counts is when
 * the controller saw a heartbeat or a Lease change.
 */
import type { Lease } from '../../api/lease.ts';
import type { Condition } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import { readyOf } from '../../api/nodestatus.ts';
import { parseTimestamp, timestamp } from '../../api/time.ts';

/** A node that has never posted a status gets this long to do so. */
export const startupGraceMs = 60_000;
/** Since 1.32; 40 s before. */
export const monitorGraceMs = 50_000;

export interface Health {
  /** As it was last seen. */
  readonly heartbeat: string | undefined;
  readonly renewed: string | undefined;
  /** When it last changed, by the controller's clock. */
  readonly heardAt: number;
}

/** What is known now, given what was known before. */
export function heard(
  before: Health | undefined,
  node: Node,
  lease: Lease | undefined,
  now: number,
): Health {
  const ready = readyOf(node);
  const heartbeat = ready === undefined ? undefined : (ready.lastHeartbeatTime ?? '');
  const renewed = lease?.spec.renewTime ?? before?.renewed;
  const created = parseTimestamp(node.metadata.creationTimestamp);
  const isNew = before === undefined || heartbeat !== before.heartbeat;
  const since = isNew
    ? before === undefined && ready === undefined
      ? created
      : now
    : before.heardAt;
  const isRenewed =
    renewed !== undefined && !(before?.renewed !== undefined && renewed <= before.renewed);
  return { heartbeat, renewed, heardAt: isRenewed ? now : since };
}

/** The grace period is over; exactly at its end it is not. */
export const isSilent = (silentMs: number, graceMs: number): boolean => silentMs > graceMs;

export const graceOf = (ready: Condition | undefined): number =>
  ready === undefined ? startupGraceMs : monitorGraceMs;

const judged = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** What the controller says of a node that is silent: nothing is known of it any more. */
export function silentConditions(node: Node, now: number): readonly Condition[] {
  const lastTransitionTime = timestamp(now);
  const conditions = [...(node.status.conditions ?? [])];
  for (const type of judged) {
    const at = conditions.findIndex((condition) => condition.type === type);
    const before = conditions[at];
    if (before === undefined) {
      conditions.push({
        type,
        status: 'Unknown',
        lastHeartbeatTime: node.metadata.creationTimestamp,
        lastTransitionTime,
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
      });
    } else if (before.status !== 'Unknown') {
      conditions[at] = {
        ...before,
        status: 'Unknown',
        lastTransitionTime,
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      };
    }
  }
  return conditions;
}
