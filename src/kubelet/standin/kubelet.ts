/**
 * The stand-in kubelet that real control planes were recorded with: one status write when a Pod
 * runs, one when it is ready, one when it has ended. Containers are not restarted, no Events.
 */
import { podTable, refused, type StateNumber } from '../../../machines/index.ts';
import { deepEqual } from '../../api/equal.ts';
import type { Node } from '../../api/node.ts';
import type { Pod, PodPhase, PodStatus } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import type { PassResult } from '../../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { rejectedStatus } from '../node/admission.ts';
import { healthyConditions, nodeStatus } from '../node/node.ts';
import { renewLease, syncNode } from '../node/nodesync.ts';
import type { KubeletOptions } from '../options.ts';
import { turned } from '../runtime/behaviour.ts';
import type { RuntimeEvent, SimulatedContainer } from '../runtime/runtime.ts';
import { standInStatus } from './status.ts';

interface Worker {
  readonly uid: string;
  pod: Pod;
  state: StateNumber;
  rejected?: PodStatus;
  isKilled: boolean;
  vanished: boolean;
  reported?: PodStatus;
}

const done: PassResult = { type: 'done' };
const deletionRequested = { type: 'pod.deletionRequested' } as const;

export class StandInKubelet implements Component {
  readonly actor: string;
  readonly recorder = 'kubelet';
  readonly host: string;
  readonly watches;
  readonly #env: Environment;
  readonly #options: KubeletOptions;
  readonly #workers = new Map<string, Worker>();
  /** Uids of Pods to be worked on, `node` and `lease`, in order. */
  readonly #queue = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #triggers = new Map<string, number[]>();

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
    const isDeleting = pod.metadata.deletionTimestamp !== undefined;
    if (type === 'DELETED') {
      if (worker === undefined) return;
      worker.vanished = true;
    } else if (worker === undefined) {
      if (isPodTerminal(pod) && !isDeleting) return;
      const state = podTable.next(podTable.initial(undefined), { type: 'pod.bound' });
      worker = { uid, pod, state, isKilled: false, vanished: false };
      this.#workers.set(uid, worker);
      this.#derive(worker);
    } else worker.pod = pod;
    if (isDeleting && podTable.next(worker.state, deletionRequested) !== refused) {
      worker.state = podTable.next(worker.state, deletionRequested);
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
      const { namespace, name } = this.#workers.get(item)?.pod.metadata ?? {};
      const key = name === undefined ? item : `${namespace}/${name}`;
      const { revision } = this.#env.view;
      return { key, triggers, revision, requests: this.#run(item) };
    }
    throw new Error('begin without work');
  }

  onTimer(tag: string): void {
    const [what, uid] = tag.split(' ');
    this.#add(uid ?? what!, 0);
  }

  stop(): void {
    this.#options.runtime.connect(undefined);
  }

  memory(): unknown {
    return [
      [...this.#queue],
      [...this.#workers.values()].map(({ uid, state, vanished }) => [
        uid,
        podTable.value(state),
        vanished,
      ]),
      this.#options.runtime.memory(),
    ];
  }

  #happened(event: RuntimeEvent): void {
    const worker = this.#workers.get(event.uid);
    if (worker === undefined) return;
    this.#env.causes = [event.n];
    this.#derive(worker);
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

  *#syncNode(): Requests<PassResult> {
    const { node, hostIP, heartbeats } = this.#options;
    const { now } = this.#env;
    if (heartbeats !== undefined) this.#env.timer('node', now + heartbeats.statusMs, true);
    const status = (before: Node['status'] | undefined) =>
      nodeStatus(node, hostIP, before, healthyConditions(before?.conditions, now));
    yield* syncNode(node, status);
    return done;
  }

  *#renewLease(): Requests<PassResult> {
    const { node, heartbeats } = this.#options;
    const { now } = this.#env;
    if (heartbeats !== undefined) this.#env.timer('lease', now + heartbeats.leaseMs, true);
    return yield* renewLease(node.name, now);
  }

  *#syncPod(uid: string): Requests<PassResult> {
    const worker = this.#workers.get(uid);
    if (worker === undefined) return done;
    if (this.#stops(worker)) this.#stopAll(worker);
    else this.#start(worker);
    if (worker.vanished) {
      if (this.#hasStopped(worker)) {
        this.#options.runtime.removePod(uid, this.#env.causes);
        this.#workers.delete(uid);
      }
      return done;
    }
    const failed = yield* this.#report(worker);
    if (failed !== undefined) return failed;
    if (worker.pod.metadata.deletionTimestamp === undefined || !this.#hasStopped(worker)) {
      return done;
    }
    return yield* this.#finishDeletion(worker);
  }

  #stops({ state, vanished }: Worker): boolean {
    return vanished || podTable.has(state, 'stops') || podTable.has(state, 'finished');
  }

  #start(worker: Worker): void {
    const { runtime } = this.#options;
    const { pod, uid } = worker;
    if (runtime.pod(uid) !== undefined) return;
    for (const container of pod.spec.containers) {
      const { reject } = runtime.behaviourOf(pod, container);
      if (reject === undefined) continue;
      worker.rejected = { ...pod.status, ...rejectedStatus(reject, reject) };
      worker.state = podTable.next(worker.state, { type: 'pod.failed' });
      return;
    }
    runtime.runPodSandbox(pod, 0, this.#env.causes);
    for (const container of pod.spec.containers) {
      runtime.createContainer(uid, container, 0);
      runtime.startContainer(uid, container.name, this.#env.causes);
    }
  }

  #stopAll(worker: Worker): void {
    if (worker.isKilled) return;
    worker.isKilled = true;
    const { runtime } = this.#options;
    const graceMs = Math.max(worker.pod.metadata.deletionGracePeriodSeconds ?? 30, 1) * 1000;
    for (const { name, state } of runtime.pod(worker.uid)?.containers ?? []) {
      if (state === 'running') {
        runtime.stopContainer(worker.uid, name, graceMs, this.#env.causes);
      }
    }
    this.#derive(worker);
  }

  #hasStopped({ uid, isKilled }: Worker): boolean {
    const containers = this.#options.runtime.pod(uid)?.containers ?? [];
    return containers.every(({ state }) => state === 'exited' || (isKilled && state === 'created'));
  }

  /** What the runtime has, as events of the Pod's machine. */
  #derive(worker: Worker): void {
    const { containers = [] } = this.#options.runtime.pod(worker.uid) ?? {};
    const send = (
      type:
        | 'pod.started'
        | 'pod.becameReady'
        | 'pod.becameUnready'
        | 'pod.succeeded'
        | 'pod.failed',
    ) => {
      const next = podTable.next(worker.state, { type });
      if (next !== refused) worker.state = next;
    };
    if (containers.some(({ startedAt }) => startedAt !== undefined)) send('pod.started');
    const isReady = containers.length > 0 && containers.every((record) => this.#isReady(record));
    if (!isReady) send('pod.becameUnready');
    const ended = this.#hasStopped(worker) && (containers.length > 0 || worker.isKilled);
    if (ended && !podTable.has(worker.state, 'finished')) {
      send(
        containers.every(({ exitCode }) => exitCode === 0) && containers.length > 0
          ? 'pod.succeeded'
          : 'pod.failed',
      );
    }
    if (isReady) send('pod.becameReady');
  }

  #isReady(record: SimulatedContainer | undefined): boolean {
    if (record?.state !== 'running' || record.behaviour.exit !== undefined) return false;
    const { ready } = record.behaviour;
    return ready === undefined || turned(ready, this.#env.now - record.startedAt!, false);
  }

  /** Patches the status if it changed. Returns a result if that failed. */
  *#report(worker: Worker): Requests<PassResult | undefined> {
    const { pod, state, uid } = worker;
    const runtime = this.#options.runtime.pod(uid);
    const isFinished = podTable.has(state, 'finished');
    const begun = runtime?.containers.some(({ startedAt }) => startedAt !== undefined) ?? false;
    if (!begun && worker.rejected === undefined && !isFinished) return undefined;
    if (this.#stops(worker) && !isFinished) return undefined;
    const status = worker.rejected ?? (runtime === undefined ? undefined : this.#statusOf(worker));
    if (status === undefined || deepEqual(worker.reported ?? pod.status, status)) return undefined;
    const { name, namespace } = pod.metadata;
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
      worker.reported = patched.object.status;
      worker.pod = { ...worker.pod, status: patched.object.status };
      return undefined;
    }
    if (patched.status.reason !== 'NotFound') return this.#retry(uid, patched.status.message);
    worker.vanished = true;
    this.#queue.add(uid);
    return done;
  }

  #statusOf({ pod, state, uid }: Worker): PodStatus {
    return standInStatus(pod, {
      phase: phaseIn(podTable.snapshot(state).value),
      runtime: this.#options.runtime.pod(uid)!,
      hostIP: this.#options.hostIP,
      now: this.#env.now,
      isReady: (record) => this.#isReady(record),
    });
  }

  *#finishDeletion({ uid, pod }: Worker): Requests<PassResult> {
    const { name, namespace } = pod.metadata;
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
    this.#env.timer(`retry ${uid}`, this.#env.now + retryMs);
    return { type: 'error', message, retryMs };
  }
}

function phaseIn(value: unknown): PodPhase {
  switch ((value as { existing?: { phase: string | object } }).existing?.phase) {
    case 'succeeded':
      return 'Succeeded';
    case 'failed':
      return 'Failed';
    default:
      return 'Running';
  }
}
