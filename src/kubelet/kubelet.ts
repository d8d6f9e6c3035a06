/**
 * The kubelet of one node: one worker per Pod bound to it, its Node object, its Lease.
 *
 * Work for one Pod is serial, Pods are independent of each other. The workers decide; here it is
 * carried to the API server, and what happens reaches the worker that it is about. It is long because it is
 * the one place where all that a node does comes together.
 */

import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodTerminal } from '../api/pod/podstatus.ts';
import { controllerAttaches } from '../api/volume/attachable.ts';
import type { PassResult } from '../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from '../sim/component.ts';
import { rejectedStatus } from './node/admission.ts';
import { isMirrorPod, isStaticPod } from './node/critical.ts';
import { NodeKeeper } from './node/nodekeeper.ts';
import { renewLease, syncNode } from './node/nodesync.ts';
import { VolumeManager } from './node/volumemanager.ts';
import type { KubeletOptions } from './options.ts';
import type { RuntimeEvent } from './runtime/runtime.ts';
import { keyOf, StaticPods } from './staticpods.ts';
import { Reports } from './status/reports.ts';
import type { StatusReport } from './status/statusreport.ts';
import { confirmed, isOlder, readReferences, removeFromApi } from './sync/podrequests.ts';
import { PodWorker } from './sync/podworker.ts';
import { referencesOf } from './sync/references.ts';

const done: PassResult = { type: 'done' };

/** Items of the queue that are no Pod. */
const ownItems = new Set(['node', 'lease', 'housekeeping', 'eviction']);

/** What is left to a Pod that was deleted while nobody was there to stop it. */
const orphanGraceSeconds = 1;

/** After a request that failed. */
const retryMs = 1_000;

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
  readonly #volumes: VolumeManager;
  readonly #workers = new Map<string, PodWorker>();
  /** Uids of Pods to be worked on, and items of its own, in order. */
  readonly #queue = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #triggers = new Map<string, number[]>();
  /** Uids of Pods that a list showed: it may be old. */
  readonly #unconfirmed = new Set<string>();
  readonly #statics: StaticPods;
  readonly #reports: Reports;

  constructor(env: Environment, options: KubeletOptions) {
    const { name } = options.node;
    this.actor = `kubelet/${name}`;
    this.host = name;
    this.watches = [{ kind: 'Pod', by: { index: 'node', value: name } }];
    this.#env = env;
    this.#options = options;
    this.#volumes = new VolumeManager(name, options.runtime);
    this.#keeper = new NodeKeeper(env, options, this.#workers, this.#volumes);
    options.runtime.connect((event) => this.#happened(event));
    this.#statics = new StaticPods(name);
    this.#reports = new Reports(this.#statics);
    options.manifests?.connect(() => this.#readManifests());
    this.#readManifests();
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
    if (isMirrorPod(pod)) return this.#observeMirror(type, pod, n);
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

  #observeMirror(type: WatchEvent['type'], mirror: Pod, n: number): void {
    const uid = this.#statics.wantedAt(keyOf(mirror))?.metadata.uid;
    if (type === 'DELETED') this.#statics.loseMirror(mirror);
    else if (!this.#statics.seeMirror(mirror)) return;
    this.#add(uid ?? `mirror ${keyOf(mirror)}`, n);
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
    if (what === 'sync' && uid === 'mirror') {
      this.#queue.add(`mirror ${container}`);
      return;
    }
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
    this.#options.manifests?.connect(undefined);
  }

  memory(): unknown {
    return [
      [...this.#queue],
      [...this.#workers.values()].map((worker) => worker.memory()),
      this.#options.runtime.memory(),
      this.#statics.memory(),
      this.#volumes.memory(),
    ];
  }

  /** What is no longer asked for is stopped; a changed one starts when the old one has ended. */
  #readManifests(): void {
    const { manifests } = this.#options;
    if (manifests === undefined) return;
    this.#statics.read(manifests.drafts, this.#env.now);
    for (const worker of this.#workers.values()) {
      const { pod, uid } = worker;
      if (!isStaticPod(pod) || this.#statics.wantedAt(keyOf(pod))?.metadata.uid === uid) continue;
      worker.vanish();
      this.#add(uid, 0);
    }
    for (const pod of this.#statics.wanted) this.#startStatic(pod);
    this.#env.wake();
  }

  #startStatic(pod: Pod): void {
    const key = keyOf(pod);
    for (const { context } of this.#workers.values()) if (context.key === key) return;
    this.#adopt(pod, false);
    this.#add(pod.metadata.uid, 0);
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
    const isPod = this.#workers.has(item);
    const result = isPod ? yield* this.#syncPod(item) : yield* this.#item(item);
    this.#busy.delete(item);
    if (this.#volumes.isChanged) {
      if (item === 'node') this.#env.timer('node', this.#env.now + retryMs);
      else this.#queue.add('node');
    }
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
        if (!item.startsWith('mirror ')) return yield* this.#syncPod(item);
        return yield* this.#syncMirror(item, item.slice('mirror '.length));
    }
  }

  *#syncPod(uid: string): Requests<PassResult> {
    const worker = this.#workers.get(uid);
    if (worker === undefined) return done;
    if (this.#unconfirmed.has(uid)) yield* this.#confirm(worker);
    if (isStaticPod(worker.pod) && !worker.vanished) {
      yield* this.#syncMirror(uid, worker.context.key);
    }
    if (!worker.hasBegun && worker.status === undefined && !worker.stops) {
      yield* this.#admit(worker);
    }
    this.#keeper.resizes.look(worker);
    this.#wakeAffected();
    worker.look();
    // What could not be reported is tried again; the Pod does not wait for it.
    const first = worker.vanished ? undefined : this.#reports.of(worker);
    if (first !== undefined) yield* this.#report(worker, first);
    if (worker.isDue && !worker.stops) yield* this.#readWhatItNeeds(worker);
    worker.act();
    if (worker.isTerminated) {
      this.#freed();
      this.#volumes.release(uid);
    }
    if (worker.isDue) this.#queue.add(uid);
    if (worker.vanished) {
      if (worker.isTerminated) this.#forget(worker);
      return done;
    }
    const second = this.#reports.of(worker);
    const failed = second && (yield* this.#report(worker, second));
    if (failed !== undefined) return failed;
    // It may have ended while the report was under way.
    if (worker.pod.metadata.deletionTimestamp === undefined || !worker.isTerminated) return done;
    if (this.#queue.has(uid)) return done;
    return yield* this.#finishDeletion(worker);
  }

  /** Most Pods name nothing, and cost nothing here. */
  *#readWhatItNeeds({ pod, context }: PodWorker): Requests<void> {
    if (referencesOf(pod).length > 0) {
      context.referenced = (yield* readReferences(pod)) ?? context.referenced;
    }
    if (pod.spec.volumes !== undefined) yield* this.#volumes.prepare(context);
  }

  /** Tries again if it cannot be seen to now; the Pod does not wait for it. */
  *#syncMirror(item: string, key: string): Requests<PassResult> {
    const node = yield* this.#keeper.node();
    if (yield* this.#statics.sync(key, node)) return done;
    return this.#retry(item, `the mirror of ${key} is not there`);
  }

  /**
   * Asks for the Pod itself before anything is done about it: an API server that is behind lists what
   * is gone, and its successor may run elsewhere by now (k/k#59848).
   */
  *#confirm(worker: PodWorker): Requests<void> {
    const found = yield* confirmed(worker.pod);
    if (found === undefined) return;
    if (found === 'gone') worker.vanish();
    else worker.observe(found);
    this.#unconfirmed.delete(worker.uid);
  }

  /** Whether the node takes the Pod in. Evicts others for a critical one. */
  *#admit(worker: PodWorker): Requests<void> {
    const rejected = yield* this.#keeper.admit(worker);
    this.#wakeAffected();
    if (rejected === undefined) return worker.context.allocate(worker.pod.spec);
    const { reason, message } = rejected;
    worker.context.emit({ type: 'Warning', reason, message });
    worker.reject(rejectedStatus(reason, message));
  }

  /** Returns a result if that failed. */
  *#report(worker: PodWorker, report: StatusReport): Requests<PassResult | undefined> {
    const { pod } = report;
    const [isMirror, uid] = [pod !== worker.pod, pod.metadata.uid];
    const patched = yield report;
    if (patched.ok) {
      this.#reports.accepted(report);
      return undefined;
    }
    if (patched.status.reason === 'NotFound' || patched.status.reason === 'Conflict') {
      // Kubernetes' own kubelet only stops reporting: that a Pod is gone is for its watch to say.
      if (this.#options.firstList === 'believed') return done;
      if (isMirror) {
        this.#statics.loseMirror(pod);
        return this.#retry(worker.uid, patched.status.message);
      }
      worker.vanish();
      this.#queue.add(uid);
      return done;
    }
    return this.#retry(uid, patched.status.message);
  }

  *#finishDeletion({ pod, uid }: PodWorker): Requests<PassResult> {
    const refused = yield* removeFromApi(pod);
    if (refused !== undefined) return this.#retry(uid, refused);
    this.#options.runtime.removePod(uid, this.#env.causes);
    return done;
  }

  #retry(uid: string, message: string): PassResult {
    this.#env.timer(`sync ${uid}`, this.#env.now + retryMs);
    return { type: 'error', message, retryMs };
  }

  #forget({ uid, pod }: PodWorker): void {
    this.#options.runtime.removePod(uid, this.#env.causes);
    this.#workers.delete(uid);
    this.#reports.forget(uid);
    this.#freed();
    this.#volumes.forget(uid);
    if (!isStaticPod(pod)) return;
    const successor = this.#statics.wantedAt(keyOf(pod));
    if (successor !== undefined) this.#startStatic(successor);
    else this.#add(`mirror ${keyOf(pod)}`, 0);
  }

  /** What runs though its Pod is gone from the API: it was deleted while the kubelet was down. */
  *#housekeep(): Requests<PassResult> {
    const { runtime, hostIP } = this.#options;
    for (const { uid, pod } of runtime.list()) {
      if (this.#workers.has(uid)) continue;
      // The list may be old: then its Pod is still to come.
      const found = yield* confirmed(pod);
      if (found === undefined) this.#env.timer('housekeeping', this.#env.now + retryMs);
      if (found !== 'gone' || this.#workers.has(uid)) continue;
      const worker = new PodWorker(pod, this.#env, runtime, { hostIP, isRecovered: true });
      worker.vanish(orphanGraceSeconds);
      this.#workers.set(uid, worker);
      this.#add(uid, 0);
    }
    return done;
  }

  #evict(): PassResult {
    this.#keeper.evict();
    if (this.#keeper.isChanged) this.#queue.add('node');
    this.#wakeAffected();
    return done;
  }

  /** Others may be made larger now. */
  #freed(): void {
    this.#keeper.resizes.retry();
    this.#wakeAffected();
  }

  #wakeAffected(): void {
    for (const uid of this.#keeper.takeAffected()) this.#add(uid, 0);
  }

  *#syncNode(): Requests<PassResult> {
    const { node, heartbeats } = this.#options;
    const { now } = this.#env;
    if (heartbeats !== undefined) this.#env.timer('node', now + heartbeats.statusMs, true);
    const synced = yield* syncNode(node, (before) => this.#keeper.statusOf(before), {
      [controllerAttaches]: 'true',
    });
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
