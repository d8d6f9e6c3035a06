/**
 * The kubelet of one node: one worker per Pod bound to it, its Node object, its Lease.
 *
 * Work for one Pod is serial, Pods are independent of each other. The workers decide; here it is
 * carried to the API server, and what happens reaches the worker that it is about.
 */

import type { KubeObject } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod, PodStatus } from '../api/pod.ts';
import { isPodTerminal } from '../api/podstatus.ts';
import type { PassResult } from '../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import type { FirstList, NodeSpec } from '../sim/scenario/types.ts';
import { type AdmissionFailure, rejectedStatus } from './admission.ts';
import type { Behaviours } from './behaviour.ts';
import { NodeKeeper } from './nodekeeper.ts';
import { renewLease, syncNode } from './nodesync.ts';
import { PodWorker } from './podworker.ts';
import { referencesOf, referenceText } from './references.ts';
import type { ContainerRuntime, RuntimeEvent } from './runtime.ts';
import { statusPatch } from './statuspatch.ts';

export interface KubeletOptions {
  readonly node: NodeSpec;
  readonly hostIP: string;
  readonly runtime: ContainerRuntime;
  readonly behaviours: Behaviours;
  /** `confirmed` if nothing is said. */
  readonly firstList?: FirstList;
  /** How often the Lease is renewed and the status posted; undefined: never. */
  readonly heartbeats?: { readonly leaseMs: number; readonly statusMs: number };
}

const done: PassResult = { type: 'done' };

const isOlder = ({ metadata: a }: Pod, { metadata: b }: Pod): boolean =>
  Number(a.resourceVersion) < Number(b.resourceVersion);

/** Items of the queue that are no Pod. */
const ownItems = new Set(['node', 'lease', 'housekeeping', 'eviction']);

/** How often it is looked after what uses too much. */
const evictionMs = 10_000;

export class Kubelet implements Component {
  readonly actor: string;
  readonly recorder = 'kubelet';
  readonly host: string;
  readonly watches;
  readonly #env: Environment;
  readonly #options: KubeletOptions;
  readonly #keeper: NodeKeeper;
  readonly #workers = new Map<string, PodWorker>();
  /** Uids of Pods to be worked on, and items of its own, in order. */
  readonly #queue = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #triggers = new Map<string, number[]>();
  /** Uids of Pods that a list showed: it may be old. */
  readonly #unconfirmed = new Set<string>();
  /** By uid, as the API answered the last report. */
  readonly #reported = new Map<string, PodStatus>();

  constructor(env: Environment, options: KubeletOptions) {
    const { name } = options.node;
    this.actor = `kubelet/${name}`;
    this.host = name;
    this.watches = [{ kind: 'Pod', by: { index: 'node', value: name } }];
    this.#env = env;
    this.#options = options;
    this.#keeper = new NodeKeeper(env, options, this.#workers);
    options.runtime.connect((event) => this.#happened(event));
    this.#queue.add('node');
    if (options.heartbeats !== undefined) this.#queue.add('lease');
    if (options.runtime.list().length > 0) this.#queue.add('housekeeping');
    env.wake();
  }

  get ready(): boolean {
    for (const item of this.#queue) if (!this.#busy.has(item)) return true;
    return false;
  }

  observe({ type, object, n, listed }: WatchEvent): void {
    const pod = object as Pod;
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (type === 'DELETED') {
      if (worker === undefined) return;
      worker.vanish();
    } else if (worker === undefined) {
      if (listed !== undefined) this.#replace(pod, n);
      this.#adopt(pod, listed !== undefined);
    } else if (!isOlder(pod, worker.pod)) worker.observe(pod);
    if (this.#workers.has(uid)) this.#add(uid, n);
  }

  begin(): Pass {
    for (const item of this.#queue) {
      if (this.#busy.has(item)) continue;
      this.#queue.delete(item);
      this.#busy.add(item);
      const triggers = this.#triggers.get(item) ?? [];
      this.#triggers.delete(item);
      const key = this.#workers.get(item)?.context.key ?? item;
      const { revision } = this.#env.view;
      return { key, triggers, revision, requests: this.#run(item) };
    }
    throw new Error('begin without work');
  }

  onTimer(tag: string): void {
    if (ownItems.has(tag)) {
      this.#queue.add(tag);
      return;
    }
    const [what, uid = '', container = '', type = ''] = tag.split(' ');
    const worker = this.#workers.get(uid);
    if (worker === undefined) return;
    if (what === 'probe') worker.probe(container, type);
    else if (what === 'unhealthy') return worker.prober.complain(container);
    else if (what === 'grace') worker.graceOver();
    else worker.wake();
    this.#add(uid, 0);
  }

  stop(): void {
    this.#options.runtime.connect(undefined);
  }

  memory(): unknown {
    return [
      [...this.#queue],
      [...this.#workers.values()].map((worker) => worker.memory()),
      this.#options.runtime.memory(),
    ];
  }

  /** A list after a broken watch shows a successor: nobody will say that its predecessor is gone. */
  #replace({ metadata: { namespace, name } }: Pod, n: number): void {
    for (const worker of this.#workers.values()) {
      const { metadata } = worker.pod;
      if (metadata.name !== name || metadata.namespace !== namespace) continue;
      worker.vanish();
      this.#add(worker.uid, n);
    }
  }

  /** A Pod that has ended needs no worker, unless something is left of it to be removed. */
  #adopt(pod: Pod, isListed: boolean): void {
    const { runtime, hostIP, firstList } = this.#options;
    const { uid, deletionTimestamp } = pod.metadata;
    const isKnown = runtime.pod(uid) !== undefined;
    if (isPodTerminal(pod) && deletionTimestamp === undefined && !isKnown) return;
    const worker = new PodWorker(pod, this.#env, runtime, { hostIP, isRecovered: isKnown });
    this.#workers.set(uid, worker);
    if (isListed && firstList !== 'believed') this.#unconfirmed.add(uid);
  }

  #happened(event: RuntimeEvent): void {
    const { uid } = event;
    this.#env.causes = [event.n];
    if (event.type === 'usage') {
      this.#env.timer('eviction', Math.ceil(this.#env.now / evictionMs) * evictionMs);
      return;
    }
    const worker = this.#workers.get(uid);
    if (worker === undefined) return;
    worker.handle(event);
    this.#add(uid, event.n);
    this.#env.wake();
  }

  #add(uid: string, n: number): void {
    if (n > 0) {
      const triggers = this.#triggers.get(uid);
      if (triggers === undefined) this.#triggers.set(uid, [n]);
      else if (!triggers.includes(n)) triggers.push(n);
    }
    this.#queue.add(uid);
  }

  *#run(item: string): Requests<PassResult> {
    const result = yield* this.#item(item);
    this.#busy.delete(item);
    return result;
  }

  *#item(item: string): Requests<PassResult> {
    switch (item) {
      case 'node':
        return yield* this.#syncNode();
      case 'lease':
        return yield* this.#renewLease();
      case 'housekeeping':
        return yield* this.#housekeep();
      case 'eviction':
        return this.#evict();
      default:
        return yield* this.#syncPod(item);
    }
  }

  *#syncPod(uid: string): Requests<PassResult> {
    const worker = this.#workers.get(uid);
    if (worker === undefined) return done;
    if (this.#unconfirmed.has(uid)) yield* this.#confirm(worker);
    if (!worker.hasBegun && worker.status === undefined && !worker.stops) {
      yield* this.#admit(worker);
    }
    worker.look();
    // What could not be reported is tried again; the Pod does not wait for it.
    if (!worker.vanished) yield* this.#report(worker);
    if (worker.isDue && !worker.stops) yield* this.#readReferences(worker);
    worker.act();
    if (worker.isDue) this.#queue.add(uid);
    if (worker.vanished) {
      if (worker.isTerminated) this.#forget(worker);
      return done;
    }
    const failed = yield* this.#report(worker);
    if (failed !== undefined) return failed;
    // It may have ended while the report was under way.
    if (worker.pod.metadata.deletionTimestamp === undefined || !worker.isTerminated) return done;
    if (this.#queue.has(uid)) return done;
    return yield* this.#finishDeletion(worker);
  }

  /**
   * Asks for the Pod itself before anything is done about it: an API server that is behind lists what
   * is gone, and its successor may run elsewhere by now (k/k#59848).
   */
  *#confirm(worker: PodWorker): Requests<void> {
    const { name, namespace, uid } = worker.pod.metadata;
    const found = yield* call<Pod>({ verb: 'get', kind: 'Pod', namespace: namespace!, name });
    const isGone = found.ok
      ? found.object.metadata.uid !== uid
      : found.status.reason === 'NotFound';
    if (isGone) worker.vanish();
    else if (found.ok) worker.observe(found.object);
    if (isGone || found.ok) this.#unconfirmed.delete(uid);
  }

  /** Reads what the Pod's containers and volumes are made of. */
  *#readReferences({ context }: PodWorker): Requests<void> {
    const references = referencesOf(context.pod);
    if (references.length === 0) return;
    const { namespace } = context.pod.metadata;
    const read = new Map<string, KubeObject | string>();
    for (const one of references) {
      const found = yield* call({ verb: 'get', ...one, namespace: namespace! });
      const kind = one.kind.toLowerCase();
      read.set(
        referenceText(one),
        found.ok
          ? found.object
          : found.status.reason === 'NotFound'
            ? `${kind} "${one.name}" not found`
            : `failed to sync ${kind} cache: timed out waiting for the condition`,
      );
    }
    context.referenced = read;
  }

  /** Whether the node takes the Pod in. Evicts others for a critical one. */
  *#admit(worker: PodWorker): Requests<void> {
    const rejected = this.#rejectedByBehaviour(worker) ?? (yield* this.#keeper.admit(worker));
    for (const uid of this.#keeper.takeEvicted()) this.#add(uid, 0);
    if (rejected === undefined) return;
    const { reason, message } = rejected;
    worker.context.emit({ type: 'Warning', reason, message });
    worker.reject(rejectedStatus(reason, message));
  }

  #rejectedByBehaviour({ pod }: PodWorker): AdmissionFailure | undefined {
    for (const container of pod.spec.containers) {
      const { reject } = this.#options.runtime.behaviourOf(pod, container);
      if (reject !== undefined) return { reason: reject, message: reject };
    }
    return undefined;
  }

  /** Patches the status if it changed. Returns a result if that failed. */
  *#report(worker: PodWorker): Requests<PassResult | undefined> {
    const { pod, status, uid } = worker;
    if (status === undefined) return undefined;
    const patch = statusPatch(uid, this.#reported.get(uid) ?? pod.status, status);
    if (patch === undefined) return undefined;
    const { name, namespace } = pod.metadata;
    const patched = yield* call<Pod>({
      verb: 'patch',
      kind: 'Pod',
      namespace: namespace!,
      name,
      patchType: 'strategic',
      patch,
      subresource: 'status',
    });
    if (patched.ok) {
      this.#reported.set(uid, status);
      return undefined;
    }
    if (patched.status.reason === 'NotFound' || patched.status.reason === 'Conflict') {
      // Kubernetes' own kubelet only stops reporting: that a Pod is gone is for its watch to say.
      if (this.#options.firstList === 'believed') return done;
      worker.vanish();
      this.#queue.add(uid);
      return done;
    }
    return this.#retry(uid, patched.status.message);
  }

  *#finishDeletion(worker: PodWorker): Requests<PassResult> {
    const { name, namespace, uid } = worker.pod.metadata;
    const deleted = yield* call<Pod>({
      verb: 'delete',
      kind: 'Pod',
      namespace: namespace!,
      name,
      options: { gracePeriodSeconds: 0, preconditions: { uid } },
    });
    if (deleted.ok || ['NotFound', 'Conflict'].includes(deleted.status.reason ?? '')) {
      this.#options.runtime.removePod(uid, this.#env.causes);
      return done;
    }
    return this.#retry(uid, deleted.status.message);
  }

  #retry(uid: string, message: string): PassResult {
    const retryMs = 1_000;
    this.#env.timer(`sync ${uid}`, this.#env.now + retryMs);
    return { type: 'error', message, retryMs };
  }

  #forget({ uid }: PodWorker): void {
    this.#options.runtime.removePod(uid, this.#env.causes);
    this.#workers.delete(uid);
    this.#reported.delete(uid);
  }

  /** What runs though its Pod is gone from the API: it was deleted while the kubelet was down. */
  *#housekeep(): Requests<PassResult> {
    const { runtime, hostIP } = this.#options;
    for (const { uid, pod } of runtime.list()) {
      if (this.#workers.has(uid)) continue;
      // The list may be old: then its Pod is still to come.
      const { name, namespace } = pod.metadata;
      const found = yield* call<Pod>({ verb: 'get', kind: 'Pod', namespace: namespace!, name });
      const isThere = found.ok && found.object.metadata.uid === uid;
      if (isThere || this.#workers.has(uid)) continue;
      const worker = new PodWorker(pod, this.#env, runtime, { hostIP, isRecovered: true });
      worker.vanish();
      this.#workers.set(uid, worker);
      this.#add(uid, 0);
    }
    return done;
  }

  #evict(): PassResult {
    this.#keeper.evict();
    if (this.#keeper.isChanged) this.#queue.add('node');
    for (const uid of this.#keeper.takeEvicted()) this.#add(uid, 0);
    return done;
  }

  *#syncNode(): Requests<PassResult> {
    const { node, heartbeats } = this.#options;
    const { now } = this.#env;
    if (heartbeats !== undefined) this.#env.timer('node', now + heartbeats.statusMs, true);
    const synced = yield* syncNode(node, (before) => this.#keeper.statusOf(before));
    if (synced !== undefined) this.#keeper.posted(synced as Node);
    return done;
  }

  *#renewLease(): Requests<PassResult> {
    const { node, heartbeats } = this.#options;
    const { now } = this.#env;
    if (heartbeats !== undefined) this.#env.timer('lease', now + heartbeats.leaseMs, true);
    return yield* renewLease(node.name, now);
  }
}
