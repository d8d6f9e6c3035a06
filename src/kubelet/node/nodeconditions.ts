/** The conditions that a kubelet keeps of its node, and the Events of their changes (kubelet-05). */
import type { Condition } from '../../api/meta.ts';
import { timestamp } from '../../api/time.ts';
import type { KubeletEvent } from '../sync/imagepull.ts';

export interface SetCondition {
  readonly conditions: readonly Condition[];
  readonly event: KubeletEvent | undefined;
}

export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

interface Wording {
  readonly under: readonly [reason: string, message: string, event: string];
  readonly free: readonly [reason: string, message: string, event: string];
}

const wordings: Readonly<Record<Pressure, Wording>> = {
  MemoryPressure: {
    under: [
      'KubeletHasInsufficientMemory',
      'kubelet has insufficient memory available',
      'NodeHasInsufficientMemory',
    ],
    free: [
      'KubeletHasSufficientMemory',
      'kubelet has sufficient memory available',
      'NodeHasSufficientMemory',
    ],
  },
  DiskPressure: {
    under: ['KubeletHasDiskPressure', 'kubelet has disk pressure', 'NodeHasDiskPressure'],
    free: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure', 'NodeHasNoDiskPressure'],
  },
  PIDPressure: {
    under: [
      'KubeletHasInsufficientPID',
      'kubelet has insufficient PID available',
      'NodeHasInsufficientPID',
    ],
    free: [
      'KubeletHasSufficientPID',
      'kubelet has sufficient PID available',
      'NodeHasSufficientPID',
    ],
  },
};

const eventOf = (node: string, reason: string): KubeletEvent => ({
  type: 'Normal',
  reason,
  message: `Node ${node} status is now: ${reason}`,
});

/** Reason and message change with the status only. */
export function setPressure(
  node: string,
  before: readonly Condition[],
  type: Pressure,
  isUnder: boolean,
  now: number,
): SetCondition {
  const old = before.find((condition) => condition.type === type);
  const status = isUnder ? 'True' : 'False';
  const time = timestamp(now);
  if (old?.status === status) {
    return { conditions: replaced(before, { ...old, lastHeartbeatTime: time }), event: undefined };
  }
  const [reason, message, event] = wordings[type][isUnder ? 'under' : 'free'];
  const next = {
    type,
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
    reason,
    message,
  } as Condition;
  return { conditions: replaced(before, next), event: eventOf(node, event) };
}

/** What keeps a node from being ready, in this order. */
export interface NodeErrors {
  readonly runtime?: string;
  readonly network?: string;
  readonly storage?: string;
  readonly shutdown?: string;
}

const requiredCapacity = ['cpu', 'memory', 'pods', 'ephemeral-storage'];

/** A node that is ready from the beginning is no news. */
export function setReady(
  node: string,
  before: readonly Condition[],
  capacity: Readonly<Record<string, string>> | undefined,
  { runtime, network, storage, shutdown }: NodeErrors,
  now: number,
): SetCondition {
  const missing = requiredCapacity.filter((name) => capacity?.[name] === undefined);
  const errors = [runtime, network, storage, shutdown].filter((error) => error);
  if (missing.length > 0) {
    errors.push(`missing node capacity for resources: ${missing.join(', ')}`);
  }
  const distinct = [...new Set(errors)];
  const isReady = distinct.length === 0;
  const old = before.find(({ type }) => type === 'Ready');
  const status = isReady ? 'True' : 'False';
  const time = timestamp(now);
  const next = {
    type: 'Ready',
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : time,
    reason: isReady ? 'KubeletReady' : 'KubeletNotReady',
    message: isReady
      ? 'kubelet is posting ready status'
      : distinct.length === 1
        ? distinct[0]
        : `[${distinct.join(', ')}]`,
  } as Condition;
  const changed = old !== undefined && old.status !== status;
  return {
    conditions: replaced(before, next),
    event: changed ? eventOf(node, isReady ? 'NodeReady' : 'NodeNotReady') : undefined,
  };
}

function replaced(before: readonly Condition[], next: Condition): readonly Condition[] {
  const place = before.findIndex(({ type }) => type === next.type);
  return place < 0 ? [...before, next] : before.with(place, next);
}
