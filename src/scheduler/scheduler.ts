/**
 * kube-scheduler: takes unbound Pods one at a time, decides, assumes, and binds in a pass of its
 * own, so that the next Pod is decided on while the binding is under way.
 */
import { isBeingDeleted, keyOf } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodTerminal } from '../api/pod/podstatus.ts';
import type { PodDisruptionBudget } from '../api/poddisruptionbudget.ts';
import type { PassResult } from '../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from '../sim/component.ts';
import { type Awaiting, Binder, type Bound, canceled } from './binder.ts';
import { SchedulerCache } from './cache.ts';
import { eventsOf, Hints, lookedUp, rareKinds } from './clusterevents.ts';
import { type Decision, schedule } from './cycle.ts';
import { messageOf, rejectorsOf } from './diagnosis.ts';
import { type ClusterEvent, placedOn, podChanges, promiseEnded } from './events.ts';
import { noteOf } from './messages.ts';
import { Nominator } from './nominator.ts';
import { choosing, type SchedulerOptions, type Setup, setupOf } from './options.ts';
import { type Picture, pictureOf } from './picture.ts';
import { volumePlan } from './plugins/volumebinding.ts';
import { makeRoom } from './preemption/actuate.ts';
import { type PostFiltered, postFilter } from './preemption/postfilter.ts';
import { type Profile, schedulerOf } from './profile.ts';
import { type Queued, SchedulingQueue } from './queue.ts';
import { type Outcome, recordOf } from './record.ts';
import { type Reported, reportFailure } from './status.ts';

export type { SchedulerOptions } from './options.ts';

const done: PassResult = { type: 'done' };

type Kept = Pick<PassResult, 'decision'>;

type Failure = Omit<Reported, 'now'> & { readonly rejectedBy: ReadonlySet<string> };

export class Scheduler implements Component {
  readonly actor = 'kube-scheduler';
  readonly recorder = 'default-scheduler';
  readonly modernEvents = true;
  readonly watches = [{ kind: 'Node' }, { kind: 'Pod' }, { kind: 'ReplicaSet' }];
  readonly measures = () => ({ pendingPods: this.#queue.sizes });
  readonly #env: Environment;
  readonly #setup: Setup;
  readonly #hints: Hints;
  readonly #cache = new SchedulerCache();
  readonly #nominator = new Nominator();
  readonly #queue: SchedulingQueue;
  /** Pods for which victims are being removed, and the last of these once it is its turn. */
  readonly #preempting = new Map<string, string | undefined>();
  readonly #binder: Binder;
  #startIndex = 0;

  constructor(env: Environment, options: SchedulerOptions = {}) {
    this.#env = env;
    this.#setup = setupOf(options);
    this.#binder = new Binder(env, this.#cache);
    const { profiles, backoff, flushes } = this.#setup;
    this.#hints = new Hints(profiles.values());
    this.#queue = new SchedulingQueue({
      backoff,
      flushes,
      gate: (pod) => this.#gateOf(pod),
      helps: ({ pod, rejectedBy, gatedBy }, event) => {
        const names = gatedBy === undefined ? rejectedBy : [...rejectedBy, gatedBy];
        return this.#hints.help(pod, event, names, env.view);
      },
    });
  }

  get ready(): boolean {
    return this.#queue.ready || this.#binder.settled() !== undefined;
  }

  watchesEvery(kind: string): boolean {
    return rareKinds.has(kind) || lookedUp.has(kind);
  }

  observe(event: WatchEvent): void {
    if (event.kind === 'Node') this.#nodeChanged(event as WatchEvent<Node>);
    else if (event.kind === 'Pod') this.#podChanged(event as WatchEvent<Pod>);
    else if (rareKinds.has(event.kind)) this.#moveOn(eventsOf(event));
  }

  begin(): Pass {
    const { revision } = this.#env.view;
    const settled = this.#binder.settled();
    if (settled !== undefined) {
      const { pod, triggers } = settled.queued;
      this.#binder.take(pod.metadata.uid);
      const requests = this.#finish(settled);
      return { key: keyOf(pod), triggers, revision, requests };
    }
    const queued = this.#queue.pop();
    const { pod, triggers } = queued;
    return { key: keyOf(pod), triggers, revision, requests: this.#attempt(queued) };
  }

  onTimer(): void {
    this.#queue.flush(this.#env.now);
    this.#setTimer();
  }

  memory(): unknown {
    return [
      this.#cache.memory(),
      this.#queue.memory(),
      this.#nominator.memory(),
      [...this.#preempting.keys()],
      this.#binder.memory(),
      this.#startIndex,
    ];
  }

  /** What it takes the cluster to be, for those who compare. */
  picture(): Picture {
    return pictureOf(this.#cache, this.#queue, this.#nominator);
  }

  // What happens around it.

  #nodeChanged(event: WatchEvent<Node>): void {
    const { type, object: node } = event;
    if (type === 'DELETED') this.#cache.removeNode(node.metadata.name);
    else this.#cache.setNode(node);
    this.#moveOn(eventsOf(event));
  }

  #podChanged({ type, object: pod, old, n }: WatchEvent<Pod>): void {
    const { uid } = pod.metadata;
    if (old !== undefined && old.metadata.uid !== uid) {
      this.#gone(old, n);
      return this.#podChanged({ type, object: pod, old: undefined, n } as WatchEvent<Pod>);
    }
    if (type === 'DELETED' || isPodTerminal(pod)) return this.#gone(pod, n);
    if (pod.spec.nodeName) return this.#placed(pod, old, n);
    if (!this.#setup.profiles.has(schedulerOf(pod))) return;
    if (this.#cache.isAssumed(uid)) return this.#leaving(pod, old, n);
    this.#promised(pod, old);
    const isNew = this.#queue.find(uid) === undefined && !this.#queue.isInFlight(uid);
    if (isNew) this.#queue.add(pod, this.#env.now, n === 0 ? [] : [n]);
    else if (old !== undefined) {
      const changes = podChanges(old, pod).map((change): ClusterEvent => {
        return { name: `Pod/${change}`, old, object: pod, n };
      });
      this.#queue.update(pod, changes, this.#env.now);
      this.#released(old, pod, n);
    }
    this.#setTimer();
  }

  /** A promise that is taken back or moved gives room to who minded it, as if the Pod had gone. */
  #released(old: Pod, pod: Pod, n: number): void {
    const { nominatedNodeName: was } = old.status;
    if (!was || was === pod.status.nominatedNodeName) return;
    this.#moveOn([promiseEnded(old, n)]);
  }

  /** What it was assumed to take is free once it begins to go, though its binding goes on, and fails. */
  #leaving(pod: Pod, old: Pod | undefined, n: number): void {
    const { uid, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp === undefined || (old !== undefined && isBeingDeleted(old))) return;
    this.#cache.forget(uid);
    this.#moveOn([{ name: 'Pod/Delete', object: placedOn(pod), n }]);
  }

  #placed(pod: Pod, old: Pod | undefined, n: number): void {
    const { uid } = pod.metadata;
    this.#queue.remove(uid);
    this.#nominator.forget(uid);
    this.#cache.setPod(pod);
    if (!old?.spec.nodeName) return this.#moveOn([{ name: 'Pod/Add', object: pod, n }]);
    const changes = podChanges(old, pod).filter((change) => change !== 'UpdatePodOther');
    this.#moveOn(changes.map((change) => ({ name: `Pod/${change}`, old, object: pod, n })));
  }

  #gone(pod: Pod, n: number): void {
    const { uid } = pod.metadata;
    this.#queue.remove(uid);
    this.#nominator.forget(uid);
    this.#preempting.delete(uid);
    const freed = Boolean(pod.spec.nodeName) || this.#cache.isAssumed(uid);
    this.#binder.release(uid);
    this.#cache.removePod(uid);
    if (freed) this.#moveOn([{ name: 'Pod/Delete', object: placedOn(pod), n }]);
    else if (pod.status.nominatedNodeName) this.#moveOn([promiseEnded(pod, n)]);
  }

  /** Right after a promise a version of the Pod may come that does not tell of it yet. */
  #promised(pod: Pod, old: Pod | undefined): void {
    const { nominatedNodeName: node } = pod.status;
    if (node) this.#nominator.nominate(pod, node);
    else if (old?.status.nominatedNodeName) this.#nominator.forget(pod.metadata.uid);
    else this.#nominator.update(pod);
  }

  #moveOn(events: readonly ClusterEvent[]): void {
    for (const event of events) {
      this.#queue.moveOn(event, this.#hints.asking(event.name), this.#env.now);
    }
    if (events.length > 0) this.#setTimer();
  }

  #gateOf(pod: Pod): string | undefined {
    if (this.#makesRoom(pod.metadata.uid)) return 'DefaultPreemption';
    const { preEnqueue } = this.#profileOf(pod);
    return preEnqueue.find((one) => one.preEnqueue!(pod, this.#env.view) !== undefined)?.name;
  }

  /** Until the last of its victims goes: that may be told before the request for it is answered. */
  #makesRoom(uid: string): boolean {
    if (!this.#preempting.has(uid)) return false;
    const last = this.#preempting.get(uid);
    const victim = last === undefined ? undefined : this.#env.view.get<Pod>('Pod', last);
    return last === undefined || (victim !== undefined && !isBeingDeleted(victim));
  }

  #profileOf(pod: Pod): Profile {
    return this.#setup.profiles.get(schedulerOf(pod))!;
  }

  #setTimer(): void {
    const at = this.#queue.nextInstant;
    if (at !== undefined) this.#env.timer('flush', at);
  }

  // One Pod at a time.

  *#attempt(queued: Queued): Requests<PassResult> {
    const { pod } = queued;
    const { uid, namespace, name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined || this.#cache.isAssumed(uid)) {
      this.#queue.done(uid);
      if (deletionTimestamp !== undefined) {
        this.#tell(pod, `skip schedule deleting pod: ${namespace}/${name}`);
      }
      return done;
    }
    const decision = this.#decide(queued);
    this.#setup.onDecision?.(decision);
    if (decision.chosen === undefined) return yield* this.#failed(queued, decision);
    const kept = this.#kept(queued, decision);
    return { ...(yield* this.#bind(queued, decision, decision.chosen)), ...kept };
  }

  /** What the log keeps of it: written down before anything that it looks at can change. */
  #kept({ attempts: attempt }: Queued, decision: Decision, outcome: Partial<Outcome> = {}): Kept {
    const { decisions, ties } = this.#setup;
    return decisions ? { decision: recordOf(decision, { ...outcome, attempt, ties }) } : {};
  }

  #decide({ pod, attempts }: Queued): Decision {
    const chance = () => this.#env.chance('tie', pod.metadata.uid, String(attempts));
    const decision = schedule(pod, {
      cache: this.#cache,
      view: this.#env.view,
      profile: this.#profileOf(pod),
      nominator: this.#nominator,
      choose: choosing(this.#setup.ties, chance),
      startIndex: this.#startIndex,
      verdicts: this.#setup.verdicts,
    });
    const { nodes, examined } = decision;
    if (nodes > 0) this.#startIndex = (this.#startIndex + examined) % nodes;
    return decision;
  }

  *#bind(queued: Queued, { cycle }: Decision, node: string): Requests<PassResult> {
    const { pod } = queued;
    const { uid } = pod.metadata;
    const plan = volumePlan(cycle, this.#cache.node(node)!);
    this.#cache.assume(pod, node);
    this.#nominator.forget(uid);
    this.#queue.done(uid);
    const volumes = { plan, timeoutMs: this.#profileOf(pod).bindTimeoutMs };
    return yield* this.#ended(queued, node, yield* this.#binder.bind(queued, node, volumes));
  }

  *#finish(awaiting: Awaiting): Requests<PassResult> {
    const { queued, node } = awaiting;
    return yield* this.#ended(queued, node, yield* this.#binder.finish(awaiting));
  }

  /** If it was assumed on a node, and is not there, what it took is free again. */
  *#ended(queued: Queued, node: string, bound: Bound): Requests<PassResult> {
    if (bound === undefined || bound === 'waiting') return done;
    const { error: message } = bound;
    const { pod } = queued;
    this.#cache.forget(pod.metadata.uid);
    this.#moveOn([{ name: 'Pod/Delete', object: placedOn(pod, node), n: 0 }]);
    const reason = 'SchedulerError';
    yield* this.#fail(queued, { reason, message, rejectedBy: nobody, nominated: '' });
    return { type: 'error', message };
  }

  *#failed(queued: Queued, decision: Decision): Requests<PassResult> {
    const helped = this.#postFilter(queued, decision);
    const message = messageOf(decision, helped.message);
    const { preemption } = helped;
    const nominated =
      preemption?.type === 'found'
        ? preemption.best.node
        : preemption?.type === 'helpless' || decision.nodes === 0
          ? ''
          : undefined;
    const kept = this.#kept(queued, decision, { message, preemption });
    const { uid } = queued.pod.metadata;
    if (nominated) {
      this.#nominator.nominate(queued.pod, nominated);
      this.#preempting.set(uid, undefined);
    } else if (nominated === '') this.#nominator.forget(uid);
    yield* this.#fail(queued, {
      reason: 'Unschedulable',
      message,
      rejectedBy: rejectorsOf(decision),
      ...(nominated === undefined ? {} : { nominated }),
    });
    if (preemption?.type === 'found') yield* this.#makeRoom(queued, preemption);
    return { type: 'error', message, ...kept };
  }

  #postFilter({ pod, attempts }: Queued, decision: Decision): PostFiltered {
    if (decision.nodes === 0) return { message: '' };
    const { postFilter: plugins, preemption: args } = this.#profileOf(pod);
    return postFilter(decision, plugins, {
      nominator: this.#nominator,
      budgets: this.#env.view.list<PodDisruptionBudget>('PodDisruptionBudget'),
      now: this.#env.now,
      args,
      offset: (count) =>
        Math.floor(this.#env.chance('offset', pod.metadata.uid, String(attempts)) * count),
    });
  }

  *#makeRoom(
    { pod }: Queued,
    { best }: Extract<PostFiltered['preemption'], { type: 'found' }>,
  ): Requests<void> {
    const { uid } = pod.metadata;
    const rejected: Awaiting[] = [];
    const error = yield* makeRoom(best, {
      env: this.#env,
      pod,
      schedulerName: schedulerOf(pod),
      promised: this.#nominator.below(best.node, pod),
      rejectInMemory: (victim) => {
        const awaiting = this.#binder.release(victim.metadata.uid);
        if (awaiting !== undefined) rejected.push(awaiting);
        return awaiting !== undefined;
      },
      beforeLast: (victim) => this.#preempting.set(uid, keyOf(victim)),
    });
    this.#preempting.delete(uid);
    if (error !== undefined) this.#queue.activate(uid);
    // Their bindings fail as others do: that wakes who made room, and they try again after a while.
    for (const { queued, node } of rejected) yield* this.#ended(queued, node, canceled);
  }

  /** Tells of a failure, and lets the Pod wait, unless nobody needs it to be scheduled any more. */
  *#fail(queued: Queued, failure: Failure): Requests<void> {
    const { pod } = queued;
    const { reason, message, rejectedBy, nominated } = failure;
    if (this.#current(pod) === undefined) return this.#queue.done(pod.metadata.uid);
    this.#tell(pod, noteOf(message));
    const { now } = this.#env;
    yield* reportFailure(pod, {
      reason,
      message,
      now,
      ...(nominated === undefined ? {} : { nominated }),
    });
    const current = this.#current(pod);
    if (current === undefined) return this.#queue.done(pod.metadata.uid);
    queued.pod = current;
    this.#queue.park(queued, rejectedBy, this.#env.now);
    this.#setTimer();
    if (this.#queue.ready) this.#env.wake();
  }

  /** The Pod as it is now, if it still needs a node. */
  #current(pod: Pod): Pod | undefined {
    const current = this.#env.view.get<Pod>('Pod', keyOf(pod));
    if (current === undefined || current.metadata.uid !== pod.metadata.uid) return undefined;
    return current.spec.nodeName || isPodTerminal(current) ? undefined : current;
  }

  #tell(pod: Pod, message: string): void {
    this.#env.record({
      about: pod,
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      action: 'Scheduling',
    });
  }
}

const nobody: ReadonlySet<string> = new Set();
