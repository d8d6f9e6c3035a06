/**
 * kube-scheduler: takes unbound Pods one at a time, decides, assumes, and binds in a pass of its
 * own, so that the next Pod is decided on while the binding is under way.
 */
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { isPodTerminal, podCondition } from '../api/podstatus.ts';
import { timestamp } from '../api/time.ts';
import type { PassResult } from '../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import { SchedulerCache } from './cache.ts';
import { type Decision, schedule } from './cycle.ts';
import type { ClusterEvent } from './framework.ts';
import { fitMessage, preemptionMessage } from './messages.ts';
import { isGated } from './plugins/schedulinggates.ts';
import { defaultProfile, type Weighted } from './profile.ts';
import { type Queued, SchedulingQueue } from './queue.ts';

export interface SchedulerOptions {
  readonly profile?: readonly Weighted[];
  readonly onDecision?: (decision: Decision) => void;
}

const done: PassResult = { type: 'done' };

export class Scheduler implements Component {
  readonly actor = 'kube-scheduler';
  readonly recorder = 'default-scheduler';
  readonly modernEvents = true;
  readonly watches = [{ kind: 'Node' }, { kind: 'Pod' }, { kind: 'ReplicaSet' }];
  readonly #env: Environment;
  readonly #profile: readonly Weighted[];
  readonly #onDecision: ((decision: Decision) => void) | undefined;
  readonly #cache = new SchedulerCache();
  readonly #queue = new SchedulingQueue();
  readonly #wakes: ReadonlyMap<string, readonly ClusterEvent[]>;
  #startIndex = 0;

  constructor(env: Environment, { profile = defaultProfile, onDecision }: SchedulerOptions = {}) {
    this.#env = env;
    this.#profile = profile;
    this.#onDecision = onDecision;
    this.#wakes = new Map(profile.map(({ plugin }) => [plugin.name, plugin.wakesOn ?? []]));
  }

  get ready(): boolean {
    return this.#queue.ready;
  }

  observe(event: WatchEvent): void {
    if (event.kind === 'Node') this.#nodeChanged(event as WatchEvent<Node>);
    else if (event.kind === 'Pod') this.#podChanged(event as WatchEvent<Pod>);
  }

  begin(): Pass {
    const queued = this.#queue.pop();
    const { pod, triggers } = queued;
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const { revision } = this.#env.view;
    return { key, triggers, revision, requests: this.#attempt(queued) };
  }

  onTimer(): void {
    this.#queue.flush(this.#env.now);
    this.#setTimer();
  }

  memory(): unknown {
    return [this.#cache.memory(), this.#queue.memory()];
  }

  #nodeChanged({ type, object: node, old, n }: WatchEvent<Node>): void {
    if (type === 'DELETED') return this.#cache.removeNode(node.metadata.name);
    this.#cache.setNode(node);
    const heartbeat =
      old !== undefined &&
      old.spec === node.spec &&
      old.metadata.labels === node.metadata.labels &&
      old.status?.allocatable === node.status?.allocatable;
    if (!heartbeat) this.#moveOn(old === undefined ? 'nodeAdded' : 'nodeUpdated', n);
  }

  #podChanged({ type, object: pod, old, n }: WatchEvent<Pod>): void {
    const { uid } = pod.metadata;
    if (type === 'DELETED' || isPodTerminal(pod)) {
      this.#queue.remove(uid);
      const counted = pod.spec.nodeName !== undefined || this.#cache.isAssumed(uid);
      this.#cache.removePod(uid);
      if (counted) this.#moveOn('podDeleted', n);
      return;
    }
    if (pod.spec.nodeName !== undefined) {
      this.#queue.remove(uid);
      this.#cache.setPod(pod);
      this.#moveOn(old?.spec.nodeName === undefined ? 'podAdded' : 'podUpdated', n);
      return;
    }
    if ((pod.spec.schedulerName ?? 'default-scheduler') !== 'default-scheduler') return;
    if (isGated(pod) || this.#cache.isAssumed(uid)) return;
    const triggers = n === 0 ? [] : [n];
    const specChanged =
      old === undefined || old.spec !== pod.spec || old.metadata.labels !== pod.metadata.labels;
    this.#queue.update(pod, specChanged, this.#env.now, triggers);
    this.#setTimer();
  }

  #moveOn(event: ClusterEvent, n: number): void {
    const wakesOn = (plugin: string) => this.#wakes.get(plugin) ?? [];
    this.#queue.moveOn(event, wakesOn, this.#env.now, n === 0 ? [] : [n]);
    this.#setTimer();
  }

  #setTimer(): void {
    const at = this.#queue.nextInstant;
    if (at !== undefined) this.#env.timer('flush', at);
  }

  *#attempt(queued: Queued): Requests<PassResult> {
    const { pod } = queued;
    if (pod.metadata.deletionTimestamp !== undefined || this.#cache.isAssumed(pod.metadata.uid)) {
      return done;
    }
    const decision = this.#decide(pod);
    this.#onDecision?.(decision);
    if (decision.chosen === undefined) return yield* this.#unschedulable(queued, decision);
    this.#cache.assume(pod, decision.chosen);
    return yield* this.#bind(queued, decision.chosen);
  }

  #decide(pod: Pod): Decision {
    const decision = schedule(pod, {
      cache: this.#cache,
      view: this.#env.view,
      profile: this.#profile,
      startIndex: this.#startIndex,
    });
    const { feasible, unfit, nodes } = decision;
    if (nodes > 0) this.#startIndex = (this.#startIndex + feasible.length + unfit.length) % nodes;
    return decision;
  }

  *#bind(queued: Queued, node: string): Requests<PassResult> {
    const { pod } = queued;
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
    if (bound.ok) {
      this.#env.record({
        about: pod,
        type: 'Normal',
        reason: 'Scheduled',
        message: `Successfully assigned ${namespace}/${name} to ${node}`,
        action: 'Binding',
      });
      return done;
    }
    this.#cache.forget(uid);
    if (bound.status.reason === 'NotFound') return done;
    const current = this.#env.view.get<Pod>('Pod', `${namespace}/${name}`);
    if (current?.metadata.uid !== uid || current.spec.nodeName !== undefined) return done;
    this.#queue.park(queued, new Set(), this.#env.now);
    this.#setTimer();
    return { type: 'error', message: bound.status.message };
  }

  *#unschedulable(queued: Queued, { unfit, nodes }: Decision): Requests<PassResult> {
    const { pod } = queued;
    const whys = unfit.map(({ why }) => why);
    const message =
      nodes === 0
        ? 'no nodes available to schedule pods'
        : `${fitMessage(nodes, whys)} ${preemptionMessage(nodes, whys)}`;
    this.#queue.park(queued, new Set(unfit.map(({ plugin }) => plugin)), this.#env.now);
    this.#setTimer();
    this.#env.record({
      about: pod,
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      action: 'Scheduling',
    });
    yield* this.#reportUnschedulable(pod, message);
    return { type: 'error', message };
  }

  *#reportUnschedulable(pod: Pod, message: string): Requests<void> {
    const before = podCondition(pod, 'PodScheduled');
    if (before?.status === 'False' && before.message === message) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      observedGeneration: pod.metadata.generation,
      lastProbeTime: null,
      lastTransitionTime:
        before?.status === 'False' ? before.lastTransitionTime : timestamp(this.#env.now),
      reason: 'Unschedulable',
      message,
    };
    const { name, namespace } = pod.metadata;
    yield* call<Pod>({
      verb: 'patch',
      kind: 'Pod',
      namespace: namespace!,
      name,
      patchType: 'strategic',
      patch: { status: { conditions: [condition] } },
      subresource: 'status',
    });
  }
}
