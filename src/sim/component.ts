/**
 * A component: what lives in a process, watches, decides, and asks the API server for changes.
 *
 * Controllers, the scheduler and kubelets are components. None of them moves by itself: the
 * simulation delivers to it, lets it begin a pass, performs each request of the pass, and can crash
 * its process between any two of these.
 */

import type { Key, KubeObject } from '../api/meta.ts';
import type { Request, Response } from '../apiserver/request.ts';
import type { Finding, PassResult } from '../log/entry.ts';
import type { View } from '../store/view.ts';
import type { Histogram } from './histogram.ts';
import type { MetricsReader } from './metrics.ts';

/** One watch event, as handlers get it. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: string;
  readonly key: Key;
  /** As it is now; as it last was, if it is gone. */
  readonly object: T;
  /** What the cache held before, if anything. */
  readonly old: T | undefined;
  /** The log entry of the write; 0 when the event comes of a list. */
  readonly n: number;
  /** The deletion was inferred from a relist: `object` may be older than what was removed. */
  readonly tombstone?: true;
  /** It comes of a list, and not of a watch: the revision of that list. */
  readonly listed?: number;
}

/** Which objects of a kind a component needs: all, or those of one index value. */
export interface Watch {
  readonly kind: string;
  readonly by?: { readonly index: string; readonly value: string };
}

/** An Event to be recorded about an object, before aggregation. */
export interface Recorded {
  readonly about: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** events.k8s.io recorders also name the action (`Binding`, `Scheduling`). */
  readonly action?: string;
  /** Path of the part it is about: `spec.containers{nginx}`. */
  readonly fieldPath?: string;
}

/** What a component's process gives it. */
export interface Environment {
  /** Simulated milliseconds. */
  readonly now: number;
  /**
   * The entries that led to what goes on now: causes of the Events that it records. A component that
   * is called from elsewhere than the simulation sets them.
   */
  causes: readonly number[];
  /** The process's caches as they are now. */
  readonly view: View;
  /** The caches as they are now, for good: what a pass reads from beginning to end. */
  snapshot(): View;
  /**
   * Asks for `onTimer(tag)` at `at`. The same tag waits once; the earlier time wins. A background
   * timer (a heartbeat) does not keep the cluster from being at rest.
   */
  timer(tag: string, at: number, background?: boolean): void;
  cancelTimer(tag: string): void;
  /** Hands an Event to the recorder, which aggregates and writes it later. */
  record(event: Recorded): void;
  /** Reports a transition that a machine refused, which the component then did not make. */
  finding(found: Omit<Finding, 'n'>): void;
  /** Newest revision that the cache of a kind shows. */
  shown(kind: string): number;
  /** The process ends itself, as one that lost its lease, and is started again. */
  exit(): void;
  /** What the process takes the time to be: a clock that is set wrongly differs from `now`. */
  readonly wallClock: number;
  /** Says that `ready` may have become true by something other than a watch event or a timer. */
  wake(): void;
  /** What is measured of the cluster, as it is now. */
  readonly metrics: MetricsReader;
  /** A number in [0, 1) that depends on the seed and the texts given, and on nothing else. */
  chance(...about: readonly string[]): number;
}

/** A run of decisions about one key: yields requests, gets answers. */
export type Requests<R> = Generator<Request, R, Response>;

export interface Pass {
  readonly key: Key;
  /** The writes that led to it: entries of the log. */
  readonly triggers: readonly number[];
  /** Newest revision that it could see when it began. */
  readonly revision: number;
  /** What it can see, if that stays as it was. */
  readonly view?: View;
  readonly requests: Requests<PassResult>;
}

/** What Prometheus would be told of a component. */
export interface Measures {
  /** Keys that wait; keys that were taken, and put back after an error, since the process began. */
  readonly workqueue?: {
    readonly depth: number;
    readonly adds: number;
    readonly retries: number;
    /** How long keys waited, and how long passes took. */
    readonly waits: Histogram;
    readonly works: Histogram;
  };
  /** Of the scheduler: by queue, as `scheduler_pending_pods` names them. */
  readonly pendingPods?: Readonly<Record<string, number>>;
}

export interface Component {
  /** Author of its requests: `deployment-controller`, `kube-scheduler`, `kubelet/n1`. */
  readonly actor: string;
  /** Author of its requests, where it differs from the actor. */
  readonly author?: string;
  /** `source.component` of its Events, where it differs from the actor. */
  readonly recorder?: string;
  /** Host that its Events name, as a kubelet's do. */
  readonly host?: string;
  /** Its Events go through the events.k8s.io recorder, as the scheduler's do. */
  readonly modernEvents?: boolean;
  /** Its passes take long: calm lets all others go on between two requests of one. */
  readonly patient?: boolean;
  readonly watches: readonly Watch[];
  /** How long a key waits that has failed: at first, and at most; twice as long each time. */
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /**
   * Watches all kinds of which this holds besides, those included that a cluster only gets to know as
   * it runs: each from its first object on.
   */
  watchesEvery?(kind: string): boolean;
  /** A watch event reached the process; its cache already shows it. */
  observe(event: WatchEvent): void;
  /** Whether a pass could begin now. */
  readonly ready: boolean;
  /** Begins the next pass. Only called when ready. */
  begin(): Pass;
  onTimer?(tag: string): void;
  /** What is measured of the cluster changed, from one moment to the next. */
  metricsChanged?(): void;
  /** How much is to do, for those who collect metrics. */
  measures?(): Measures;
  /** The process ends: lets go of what outlives it. */
  stop?(): void;
  /**
   * Everything the component remembers, as plain data for the state hash: queues, expectations,
   * assumed pods. Two states that differ only here must differ.
   */
  memory(): unknown;
}
