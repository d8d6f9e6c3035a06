/** The binding cycle: volumes first, if there is something to do about them, then the Pod (sched-01). */
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { Environment, Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import type { SchedulerCache } from './cache.ts';
import type { VolumePlan } from './plugins/volumeplan.ts';
import type { Queued } from './queue.ts';
import { patchStatus } from './status.ts';
import { hasWork, prepareVolumes, progressOf } from './volumes.ts';

/** A Pod that is assumed on a node and waits for its volumes. */
export interface Awaiting {
  readonly queued: Queued;
  readonly node: string;
  readonly plan: VolumePlan;
  readonly since: number;
  readonly until: number;
}

/** Volumes are looked after so often. */
const lookMs = 1_000;

/** An error message; `waiting` if the Pod will be bound later; undefined if it is. */
export type Bound = { readonly error: string } | 'waiting' | undefined;

export class Binder {
  readonly #env: Environment;
  readonly #cache: SchedulerCache;
  readonly #awaiting = new Map<string, Awaiting>();

  constructor(env: Environment, cache: SchedulerCache) {
    this.#env = env;
    this.#cache = cache;
  }

  *bind(
    queued: Queued,
    node: string,
    { plan, timeoutMs }: { readonly plan: VolumePlan | undefined; readonly timeoutMs: number },
  ): Requests<Bound> {
    const { pod } = queued;
    if (plan === undefined || !hasWork(plan)) return yield* this.#post(pod, node);
    for (const { claim, volume } of plan.bindings) {
      this.#cache.assumedVolumes.set(volume.metadata.name, keyOf(claim));
    }
    if (pod.status.nominatedNodeName !== node) {
      yield* patchStatus(pod, { nominatedNodeName: node });
    }
    const error = yield* prepareVolumes(plan, node);
    if (error !== undefined) {
      this.#unreserve(plan);
      return preBindFailed(error);
    }
    const { now: since } = this.#env;
    const until = since + timeoutMs;
    this.#awaiting.set(pod.metadata.uid, { queued, node, plan, since, until });
    this.settled();
    return 'waiting';
  }

  /** A Pod whose volumes are there, or will not be: somebody looks after them every second. */
  settled(): Awaiting | undefined {
    const { now, view } = this.#env;
    for (const awaiting of this.#awaiting.values()) {
      const { plan, node, since, until } = awaiting;
      if (now >= until) return awaiting;
      const isWaiting = progressOf(plan, node, view) === 'waiting';
      const looks = Math.max(1, Math.ceil((now - since) / lookMs));
      const next = isWaiting ? until : Math.min(until, since + looks * lookMs);
      if (now >= next) return awaiting;
      this.#env.timer('volumes', next);
    }
    return undefined;
  }

  *finish({ queued, node, plan }: Awaiting): Requests<Bound> {
    const progress = progressOf(plan, node, this.#env.view);
    this.#unreserve(plan);
    if (progress === 'bound') return yield* this.#post(queued.pod, node);
    return progress === 'waiting' ? timedOut : preBindFailed(progress.error);
  }

  /** The Pod does not wait any more; what it did wait with, if it did. */
  take(uid: string): Awaiting | undefined {
    const awaiting = this.#awaiting.get(uid);
    if (awaiting === undefined) return undefined;
    this.#awaiting.delete(uid);
    return awaiting;
  }

  /** The Pod is not going to be bound. */
  release(uid: string): Awaiting | undefined {
    const awaiting = this.take(uid);
    if (awaiting !== undefined) this.#unreserve(awaiting.plan);
    return awaiting;
  }

  memory(): unknown {
    return [...this.#awaiting.keys()];
  }

  #unreserve({ bindings }: VolumePlan): void {
    for (const { volume } of bindings) this.#cache.assumedVolumes.delete(volume.metadata.name);
  }

  *#post(pod: Pod, node: string): Requests<Bound> {
    const { name, namespace, uid } = pod.metadata;
    const bound = yield* call<Pod>({
      verb: 'create',
      kind: 'Pod',
      subresource: 'binding',
      namespace: namespace!,
      name,
      object: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: node },
      },
    });
    if (!bound.ok) return { error: `running Bind plugin "DefaultBinder": ${bound.status.message}` };
    this.#env.record({
      about: pod,
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${name} to ${node}`,
      action: 'Binding',
    });
    return undefined;
  }
}

const preBindFailed = (error: string): Bound => ({
  error: `running PreBind plugin "VolumeBinding": ${error}`,
});
const timedOut = preBindFailed('binding volumes: context deadline exceeded');
/** How a Pod fails that does not wait for its volumes any more, as it has to make room for another. */
export const canceled = preBindFailed('binding volumes: context canceled');
