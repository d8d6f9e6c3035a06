/**
 * What a controller is: a name, what it watches, which keys an event wakes, and what it does about
 * a key. The rest — queue, retries, expectations, crashes — is the same for all.
 */
import type { Key, KubeObject } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import type { Request, Response } from '../apiserver/request.ts';
import type { View } from '../store/view.ts';
import type { Recorded, Requests, WatchEvent } from './component.ts';
import type { Consistency } from './consistency.ts';
import type { Expectations } from './expectations.ts';
import type { MetricsReader } from './metrics.ts';

/** The waking side that handlers and passes may use. */
export interface Queue {
  add(key: Key): void;
  /**
   * A background key (a periodic check) does not keep the cluster from being at rest; the same key
   * waits once, the earlier time wins, and it waits in the foreground if anybody asked for that.
   */
  addAfter(key: Key, delayMs: number, background?: boolean): void;
  addRateLimited(key: Key): void;
  forget(key: Key): void;
  /** Failures of the key since it was last forgotten. */
  requeues(key: Key): number;
}

export interface ControllerContext {
  /** What the controller can see. In a pass: as it was when the pass began. */
  readonly view: View;
  readonly now: number;
  readonly queue: Queue;
  readonly expectations: Expectations;
  /** What this controller wrote for a key; a pass on older caches must be refused. */
  readonly consistency: Consistency;
  /** Newest revision that the cache of a kind shows. */
  shown(kind: string): number;
  /** The kind whose cache does not show yet what was written for the key, if there is one. */
  stale(key: Key): string | undefined;
  /** What is measured of the cluster, as it is now. */
  readonly metrics: MetricsReader;
  /** Emits an Event about an object, as client-go's recorder does. */
  record(about: KubeObject, type: Recorded['type'], reason: string, message: string): void;
}

/** How a pass ended: nothing to add, or an error that asks for a retry (`drop`: for none). */
export type Outcome = undefined | { readonly error: string; readonly drop?: true };

export interface Controller {
  /** Author of its writes, as the audit log names it: `deployment-controller`. */
  readonly name: string;
  /** Author of its writes, where several controllers share a client. */
  readonly author?: string;
  /** `source.component` of its Events, where it differs. */
  readonly recorder?: string;
  /** Its passes take long: calm lets all others go on between two requests of one. */
  readonly patient?: true;
  readonly watches: readonly string[];
  /** All kinds of which this holds besides, from their first object on. */
  watchesEvery?(kind: string): boolean;
  /** Rate limiter of retries; default 5 ms × 2ⁿ up to 1000 s, and 10 per second with a burst of 100. */
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /** After so many retries in a row the key is dropped until its next event. Default: never. */
  readonly retriesMax?: number;
  /** The process starts: what it does from time to time gets its first key here. */
  start?(context: ControllerContext): void;
  /** Keys that an event wakes: adds them to the queue, and lowers expectations. */
  keysFor(event: WatchEvent, context: ControllerContext): void;
  /** What is measured of the cluster changed: whoever goes by it looks again. */
  metricsChanged?(context: ControllerContext): void;
  reconcile(key: Key, context: ControllerContext): Requests<Outcome>;
  /** What it remembers besides queue and expectations, as plain data for the state hash. */
  memory?(): unknown;
}

/** One request, typed by what it returns. `yield* call(…)` in a pass. */
export function* call<T extends KubeObject>(
  request: Request,
): Requests<{ readonly ok: true; readonly object: T } | Extract<Response, { ok: false }>> {
  const response = yield request;
  if (!response.ok) return response;
  return { ok: true, object: response.object as T };
}

export const failed = (status: Status): Outcome => ({ error: status.message });
