/**
 * The entries of the event log: everything that ever happens, in one order.
 *
 * `n` counts from 1 without gaps; cursor `@n` is the state after entry n. `t` is simulated
 * milliseconds. `causes` names the entries that led to this one: a reconcile keeps all the writes
 * that its key coalesced, and each of its writes keeps them too.
 */
import type { Key, KubeObject } from '../api/meta.ts';
import type { SchedulingDecision } from './decision.ts';

/** Who did it: `user/kubectl`, `deployment-controller`, `kubelet/n1`, `runtime/n1`, `clock`, `fault`. */
export type Actor = string;

interface Common {
  readonly n: number;
  readonly t: number;
  readonly by: Actor;
  readonly causes: readonly number[];
}

export type WriteVerb = 'create' | 'update' | 'patch' | 'delete';

/**
 * One committed change of one object. `before` is absent on creation and `after` on removal; the
 * codec stores the object or a delta, so a reader has both sides again after folding.
 */
export interface WriteEntry extends Common {
  readonly type: 'write';
  readonly verb: WriteVerb;
  readonly kind: string;
  readonly key: Key;
  readonly subresource?: string;
  readonly revision: number;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

/** A request that failed. */
export interface RejectedEntry extends Common {
  readonly type: 'rejected';
  readonly verb: WriteVerb | 'get' | 'list' | 'deletecollection';
  readonly kind: string;
  readonly key: Key;
  readonly subresource?: string;
  readonly reason: string;
  readonly code: number;
  readonly message: string;
}

/** An informer of a process advanced: its cache of `kind` now shows revision `revision`. */
export interface DeliveredEntry extends Common {
  readonly type: 'delivered';
  readonly process: string;
  readonly kind: string;
  readonly revision: number;
  /** The cache was replaced by a fresh list, not advanced by one watch event. */
  readonly relisted?: true;
}

/** One pass of a component over one key. `causes` are its triggers, `writes` what it changed. */
export interface ReconciledEntry extends Common {
  readonly type: 'reconciled';
  readonly process: string;
  readonly key: Key;
  /** Newest revision that the pass could see when it started. */
  readonly revision: number;
  readonly result: PassResult;
  readonly writes: readonly number[];
}

export type PassResult = PassEnd & {
  /** What the scheduler found out in it. */
  readonly decision?: SchedulingDecision;
};

type PassEnd =
  | { readonly type: 'done' }
  | { readonly type: 'requeued'; readonly afterMs: number }
  | { readonly type: 'error'; readonly message: string; readonly retryMs?: number }
  /** The process crashed before the pass ended. */
  | { readonly type: 'lost' };

/** What a container runtime did: pulled, started, exited, a probe's result. */
export interface RuntimeEntry extends Common {
  readonly type: 'runtime';
  readonly node: string;
  readonly key: Key;
  readonly uid: string;
  readonly container?: string;
  readonly event: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

export interface ClockEntry extends Common {
  readonly type: 'clock';
  /** The instant that the clock left. */
  readonly from: number;
}

/** A fault that was injected, or its end. */
export interface FaultEntry extends Common {
  readonly type: 'fault';
  readonly fault: string;
  readonly target: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** A transition that a lifecycle machine refused. */
export interface Finding {
  readonly n: number;
  readonly kind: string;
  readonly key: Key;
  readonly event: string;
  readonly state: string;
}

export type Entry =
  | WriteEntry
  | RejectedEntry
  | DeliveredEntry
  | ReconciledEntry
  | RuntimeEntry
  | ClockEntry
  | FaultEntry;

/** An entry before the log has numbered it. With a place for the number (`n: 0`) it takes 40 bytes less. */
export type NewEntry = Entry extends infer E
  ? E extends Entry
    ? Omit<E, 'n'> & { readonly n?: 0 }
    : never
  : never;
