/**
 * The kubelet of one node: one worker per Pod bound to it, its Node object, its Lease.
 *
 * Work for one Pod is serial, Pods are independent of each other. What a Pod needs next is decided
 * by its machines; the kubelet has the runtime do it and reports the outcome.
 */
import { containerTable, podTable, refused } from '../../machines/index.ts';
import { deepEqual } from '../api/equal.ts';
import type { Lease } from '../api/lease.ts';
import { makeKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod, PodStatus } from '../api/pod.ts';
import { isPodTerminal } from '../api/podstatus.ts';
import type { PassResult } from '../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import type { NodeSpec } from '../sim/scenario/types.ts';
import type { Behaviours } from './behaviour.ts';
import { leaseDraft, leaseNamespace, nodeDraft, nodeStatus } from './node.ts';
import { PodWorker } from './podworker.ts';
import type { ContainerRuntime, RuntimeEvent } from './runtime.ts';
import { statusOf } from './status.ts';

export interface KubeletOptions {
  readonly node: NodeSpec;
  readonly hostIP: string;
  readonly runtime: ContainerRuntime;
  readonly behaviours: Behaviours;
  /** How often the Lease is renewed and the status posted; undefined: never. */
  readonly heartbeats?: { readonly leaseMs: number; readonly statusMs: number };
}

const done: PassResult = { type: 'done' };

export class Kubelet implements Component {
  readonly actor: string;
  readonly recorder = 'kubelet';
  readonly host: string;
  readonly watches;
  readonly #env: Environment;
  readonly #options: KubeletOptions;
  readonly #workers = new Map<string, PodWorker>();
  /** Uids of Pods to be worked on, `node` and `lease`, in order. */
  readonly #queue = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #triggers = new Map<string, number[]>();
  readonly #reported = new Map<string, PodStatus>();

  constructor(env: Environment, options: KubeletOptions) {
    const { name } = options.node;
    this.actor = `kubelet/${name}`;
    this.host = name;
    this.watches = [{ kind: 'Pod', by: { index: 'node', value: name } }];
    this.#env = env;
    this.#options = options;
    options.runtime.connect((event) => this.#happened(event));
    this.#queue.add('node');
    if (options.heartbeats !== undefined) this.#queue.add('lease');
    env.wake();
  }

  get ready(): boolean {
    for (const item of this.#queue) if (!this.#busy.has(item)) return true;
    return false;
  }

  observe({ type, object, n }: WatchEvent): void {
    const pod = object as Pod;
    const { uid } = pod.metadata;
    let worker = this.#workers.get(uid);
    if (type === 'DELETED') {
      if (worker === undefined) return;
      worker.vanished = true;
    } else if (worker === undefined) {
      if (isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined) return;
      worker = new PodWorker(pod, this.#env, this.#options.runtime, this.#options.behaviours.tempo);
      worker.recover();
      this.#workers.set(uid, worker);
    } else worker.pod = pod;
    const stopping = pod.metadata.deletionTimestamp !== undefined;
    if (stopping && podTable.next(worker.state, deletionRequested) !== refused) {
      worker.send(deletionRequested);
    }
    this.#add(uid, n);
  }

  begin(): Pass {
    for (const item of this.#queue) {
      if (this.#busy.has(item)) continue;
      this.#queue.delete(item);
      this.#busy.add(item);
      const triggers = this.#triggers.get(item) ?? [];
      this.#triggers.delete(item);
      const key = this.#workers.get(item)?.key ?? item;
      const { revision } = this.#env.view;
      return { key, triggers, revision, requests: this.#run(item) };
    }
    throw new Error('begin without work');
  }

  onTimer(tag: string): void {
    if (tag === 'lease' || tag === 'node') {
      this.#queue.add(tag);
      return;
    }
    const [what, uid = '', container = ''] = tag.split(' ');
    const worker = this.#workers.get(uid);
    if (what === 'probe') worker?.probe(container);
    else worker?.backOffElapsed(container);
    this.#add(uid, 0);
  }

  stop(): void {
    this.#options.runtime.connect(undefined);
  }

  memory(): unknown {
    return [
      [...this.#queue],
      [...this.#workers.values()].map(({ uid, state, containers, vanished }) => [
        uid,
        podTable.value(state),
        vanished,
        containers.map((c) => containerTable.value(c.state)),
      ]),
      this.#options.runtime
        .list()
        .map(({ uid, containers }) => [
          uid,
          [...containers.values()].map(({ name, state, healthy }) => [name, state, healthy]),
        ]),
    ];
  }

  #happened(event: RuntimeEvent): void {
    const worker = this.#workers.get(event.uid);
    if (worker === undefined) return;
    this.#env.causes = [event.n];
    worker.handle(event);
    this.#add(event.uid, event.n);
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
    const result =
      item === 'node'
        ? yield* this.#syncNode()
        : item === 'lease'
          ? yield* this.#renewLease()
          : yield* this.#syncPod(item);
    this.#busy.delete(item);
    return result;
  }

  *#syncPod(uid: string): Requests<PassResult> {
    const worker = this.#workers.get(uid);
    if (worker === undefined) return done;
    this.#reject(worker);
    worker.sync();
    if (worker.vanished) {
      if (worker.stopped) this.#forget(worker);
      return done;
    }
    const result = yield* this.#report(worker);
    if (result !== undefined) return result;
    const { deletionTimestamp } = worker.pod.metadata;
    if (deletionTimestamp === undefined || !worker.stopped) return done;
    return yield* this.#finishDeletion(worker);
  }

  #reject(worker: PodWorker): void {
    if (worker.rejected !== undefined || worker.startedAt !== undefined) return;
    for (const { spec } of worker.containers) {
      const { reject } = this.#options.behaviours.of(spec.image);
      if (reject === undefined || worker.finished) continue;
      worker.rejected = reject;
      worker.send({ type: 'pod.failed' });
      return;
    }
  }

  /** Patches the status if it changed. Returns a result if that failed. */
  *#report(worker: PodWorker): Requests<PassResult | undefined> {
    const { pod } = worker;
    const quiet = !this.#options.behaviours.tempo.verbose;
    const begun = worker.containers.some(({ startedAt }) => startedAt !== undefined);
    if (quiet && !begun && worker.rejected === undefined && !worker.finished) return undefined;
    if (worker.stops && !worker.finished) return undefined;
    const status = statusOf(worker, this.#options.hostIP, this.#env.now);
    const last = this.#reported.get(worker.uid) ?? pod.status;
    if (deepEqual(last, status)) return undefined;
    const { name, namespace, uid } = pod.metadata;
    const patched = yield* call<Pod>({
      verb: 'patch',
      kind: 'Pod',
      namespace: namespace!,
      name,
      patchType: 'merge',
      patch: { metadata: { uid }, status },
      subresource: 'status',
    });
    if (patched.ok) {
      this.#reported.set(worker.uid, patched.object.status);
      worker.pod = { ...worker.pod, status: patched.object.status };
      return undefined;
    }
    if (patched.status.reason === 'NotFound') {
      worker.vanished = true;
      this.#queue.add(worker.uid);
      return done;
    }
    return this.#retry(worker.uid, patched.status.message);
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
    if (
      deleted.ok ||
      deleted.status.reason === 'NotFound' ||
      deleted.status.reason === 'Conflict'
    ) {
      this.#options.runtime.removePodSandbox(uid, this.#env.causes);
      return done;
    }
    return this.#retry(uid, deleted.status.message);
  }

  #retry(uid: string, message: string): PassResult {
    const retryMs = 1_000;
    this.#env.timer(`retry ${uid}`, this.#env.now + retryMs);
    return { type: 'error', message, retryMs };
  }

  #forget({ uid }: PodWorker): void {
    this.#options.runtime.removePodSandbox(uid, this.#env.causes);
    this.#workers.delete(uid);
    this.#reported.delete(uid);
  }

  *#syncNode(): Requests<PassResult> {
    const { node: spec, hostIP, heartbeats } = this.#options;
    const { now } = this.#env;
    if (heartbeats !== undefined) this.#env.timer('node', now + heartbeats.statusMs, true);
    const found = yield* call<Node>({ verb: 'get', kind: 'Node', name: spec.name });
    if (!found.ok) {
      const object = nodeDraft(spec, hostIP, now);
      yield* call<Node>({ verb: 'create', kind: 'Node', object });
      return done;
    }
    const status = nodeStatus(spec, hostIP, found.object.status, now);
    const object: Node = { ...found.object, status };
    yield* call<Node>({ verb: 'update', kind: 'Node', object, subresource: 'status' });
    return done;
  }

  *#renewLease(): Requests<PassResult> {
    const { node: spec, heartbeats } = this.#options;
    const { now } = this.#env;
    if (heartbeats !== undefined) this.#env.timer('lease', now + heartbeats.leaseMs, true);
    const node = yield* call<Node>({ verb: 'get', kind: 'Node', name: spec.name });
    if (!node.ok) return done;
    const lease = yield* call<Lease>({
      verb: 'get',
      kind: 'Lease',
      namespace: leaseNamespace,
      name: spec.name,
    });
    const draft = leaseDraft(node.object, now);
    if (!lease.ok) {
      yield* call({ verb: 'create', kind: 'Lease', namespace: leaseNamespace, object: draft });
      return done;
    }
    const object: Lease = { ...lease.object, spec: { ...lease.object.spec, ...draft.spec } };
    yield* call({ verb: 'update', kind: 'Lease', object });
    return done;
  }
}

const deletionRequested = { type: 'pod.deletionRequested' } as const;

/** The key of a node's Lease. */
export const leaseKey = (name: string): string => makeKey(leaseNamespace, name);
