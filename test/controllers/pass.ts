/** One pass of a controller over what a test cluster holds: its requests are performed and kept. */
import type { Key } from '../../src/api/meta.ts';
import type { Request } from '../../src/apiserver/request.ts';
import { Consistency } from '../../src/sim/consistency.ts';
import type { Controller, ControllerContext, Outcome } from '../../src/sim/controller.ts';
import { Expectations } from '../../src/sim/expectations.ts';
import type { View } from '../../src/store/view.ts';
import type { TestCluster } from '../apiserver/cluster.ts';

export interface Passed {
  readonly outcome: Outcome;
  readonly requests: readonly Request[];
  /** As `Warning Reason: message`. */
  readonly events: readonly string[];
  /** Keys that it asked for again, with the milliseconds until then. */
  readonly later: readonly (readonly [Key, number])[];
}

/** `view`: what its caches show, if that is not the newest. */
export function pass(
  controller: Controller,
  key: Key,
  cluster: TestCluster,
  view: View = cluster.store.view(),
): Passed {
  const requests: Request[] = [];
  const events: string[] = [];
  const later: [Key, number][] = [];
  const context: ControllerContext = {
    view,
    now: cluster.now,
    queue: {
      add: (again) => later.push([again, 0]),
      addAfter: (again, delayMs) => later.push([again, delayMs]),
      addRateLimited: (again) => later.push([again, 0]),
      forget: () => {},
      requeues: () => 0,
    },
    expectations: new Expectations(() => cluster.now),
    consistency: new Consistency(),
    shown: () => cluster.store.revision,
    metrics: cluster.metrics,
    stale: () => undefined,
    record: (_about, type, reason, message) => events.push(`${type} ${reason}: ${message}`),
  };
  const running = controller.reconcile(key, context);
  let step = running.next();
  while (step.done !== true) {
    requests.push(step.value);
    step = running.next(cluster.api.handle(step.value, controller.name, []));
  }
  return { outcome: step.value, requests, events, later };
}
