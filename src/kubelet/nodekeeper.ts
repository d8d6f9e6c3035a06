/**
 * What a kubelet knows of its node as a whole: its conditions, whom it takes in, and whom it evicts
 * when memory runs short (kubelet-05).
 */
import type { Condition } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { isPodTerminal } from '../api/podstatus.ts';
import { qosClassOf } from '../api/qos.ts';
import { formatQuantity, wholeOf } from '../api/quantity.ts';
import { toleratesAny } from '../scheduler/plugins/tolerations.ts';
import { requestsOf } from '../scheduler/resources.ts';
import type { Environment, Requests } from '../sim/component.ts';
import { call } from '../sim/controller.ts';
import { type AdmissionFailure, admissionFailures } from './admission.ts';
import { isCriticalPod, isMirrorPod, isStaticPod } from './critical.ts';
import {
  compareConsumers,
  evictionMessage,
  evictionRejects,
  hardThresholds,
  isMet,
  type Offender,
} from './eviction.ts';
import type { KubeletOptions } from './kubelet.ts';
import { nodeStatus } from './node.ts';
import { setPressure, setReady } from './nodeconditions.ts';
import { podsToPreempt } from './nodepreemption.ts';
import type { PodWorker } from './podworker.ts';

/** A condition stays for so long after the last time that its threshold was met. */
const pressureMs = 300_000;
const evictionGraceSeconds = 1;

/** What this kubelet can do that not every kubelet can: Pods that need it may come here. */
const declaredFeatures = ['RestartAllContainersOnContainerExits'];

/** What the node says of itself: it is not watched, and may be as old as what was posted last. */
const asOfNode = new Set(['NodeAffinity', 'TaintToleration']);

export class NodeKeeper {
  readonly #env: Environment;
  readonly #options: KubeletOptions;
  readonly #workers: ReadonlyMap<string, PodWorker>;
  #node: Node | undefined;
  #shortSince = Number.NEGATIVE_INFINITY;
  #isUnderPressure = false;
  #posted = false;
  #evicted: string[] = [];

  constructor(env: Environment, options: KubeletOptions, workers: ReadonlyMap<string, PodWorker>) {
    this.#env = env;
    this.#options = options;
    this.#workers = workers;
  }

  /** The node's conditions are others than those that were posted. */
  get isChanged(): boolean {
    return this.#posted !== this.#isUnderPressure;
  }

  /** What to post, given what the API has. */
  statusOf(before: Node['status'] | undefined): Node['status'] {
    const { node, hostIP } = this.#options;
    const { now } = this.#env;
    const status = { ...nodeStatus(node, hostIP, before, []), declaredFeatures };
    let conditions: readonly Condition[] = before?.conditions ?? [];
    const set = (next: ReturnType<typeof setReady>) => {
      conditions = next.conditions;
      if (next.event !== undefined && this.#node !== undefined) {
        this.#env.record({ about: this.#node, ...next.event });
      }
    };
    set(setPressure(node.name, conditions, 'MemoryPressure', this.#isUnderPressure, now));
    set(setPressure(node.name, conditions, 'DiskPressure', false, now));
    set(setPressure(node.name, conditions, 'PIDPressure', false, now));
    set(setReady(node.name, conditions, status.capacity, {}, now));
    return { ...status, conditions };
  }

  posted(node: Node): void {
    this.#node = node;
    this.#posted = this.#isUnderPressure;
  }

  /** Why the Pod is turned away, if it is. */
  *admit({ pod, uid }: PodWorker): Requests<AdmissionFailure | undefined> {
    const underPressure = this.#rejectedUnderPressure(pod);
    if (underPressure !== undefined) return underPressure;
    const node = this.#node;
    if (node === undefined) return undefined;
    const others: Pod[] = [];
    for (const worker of this.#workers.values()) {
      if (worker.uid === uid || worker.status === undefined || worker.isTerminated) continue;
      if (!isPodTerminal(worker.pod)) others.push(worker.pod);
    }
    let failures = admissionFailures(pod, node, others);
    if (failures.length === 1 && asOfNode.has(failures[0]!.reason)) {
      const { name } = node.metadata;
      const fresh = yield* call<Node>({ verb: 'get', kind: 'Node', name });
      if (fresh.ok) {
        this.#node = fresh.object;
        failures = admissionFailures(pod, fresh.object, others);
      }
    }
    const [first] = failures;
    if (first === undefined) return undefined;
    return this.#preempts(pod, others, failures) ? undefined : first;
  }

  /** Whether the eviction manager has more to do at its next round. */
  evict(): boolean {
    const capacity = wholeOf(this.#options.node.memory ?? '16Gi');
    const used = [...this.#workers.values()].reduce(
      (sum, worker) => sum + this.#usageOf(worker),
      0,
    );
    const { value } = hardThresholds[0]!;
    const { now } = this.#env;
    if (!isMet(capacity - used, value, capacity)) {
      const ends = this.#shortSince + pressureMs;
      if (this.#isUnderPressure && now < ends) this.#env.timer('eviction', ends);
      else this.#isUnderPressure = false;
      return false;
    }
    this.#shortSince = now;
    this.#isUnderPressure = true;
    const message = 'Attempting to reclaim memory';
    if (this.#node !== undefined) {
      const reason = 'EvictionThresholdMet';
      this.#env.record({ about: this.#node, type: 'Warning', reason, message });
    }
    const victim = this.#ranked().find(({ pod }) => !isCriticalPod(pod));
    if (victim !== undefined) this.#evictOne(victim, quantity(capacity - used), value);
    return true;
  }

  /** Uids of what was evicted since it was asked last. */
  takeEvicted(): readonly string[] {
    const evicted = this.#evicted;
    this.#evicted = [];
    return evicted;
  }

  #evictOne(worker: PodWorker, available: string, threshold: string): void {
    const { pod } = worker;
    const offenders = this.#offendersOf(worker);
    const message = evictionMessage('memory', threshold, available, offenders);
    worker.context.emit({ type: 'Warning', reason: 'Evicted', message });
    worker.end({ reason: 'Evicted', message, disruption: message }, evictionGraceSeconds);
    this.#evicted.push(pod.metadata.uid);
  }

  #ranked(): readonly PodWorker[] {
    const ranked = [...this.#workers.values()]
      .filter((worker) => !worker.stops)
      .map((worker) => ({
        worker,
        priority: worker.pod.spec.priority ?? 0,
        request: requestsOf(worker.pod.spec).plain.memoryBytes,
        usage: this.#usageOf(worker),
      }));
    return ranked.sort(compareConsumers).map(({ worker }) => worker);
  }

  #usageOf({ context }: PodWorker): number {
    const { records, runtime } = context;
    let bytes = 0;
    for (const container of records?.containers ?? []) {
      if (container.behaviour.memory.length > 0) bytes += runtime.memoryOf(container);
    }
    return bytes;
  }

  #offendersOf({ context }: PodWorker): readonly Offender[] {
    const offenders: Offender[] = [];
    for (const { spec } of context.containers) {
      const record = context.record(spec.name);
      if (record === undefined) continue;
      const bytes = context.runtime.memoryOf(record);
      const request = spec.resources?.requests?.memory ?? '0';
      if (bytes > wholeOf(request)) {
        offenders.push({ container: spec.name, usage: quantity(bytes), request });
      }
    }
    return offenders;
  }

  #rejectedUnderPressure(pod: Pod): AdmissionFailure | undefined {
    if (!this.#isUnderPressure) return undefined;
    const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;
    return evictionRejects({
      conditions: ['MemoryPressure'],
      qosClass: pod.status.qosClass ?? qosClassOf(pod.spec),
      priority: pod.spec.priority,
      toleratesMemoryPressure: toleratesAny(pod.spec.tolerations, taint),
      isStaticOrMirror: isStaticPod(pod) || isMirrorPod(pod),
    });
  }

  /** A critical Pod that lacks nothing but resources gets them from others. */
  #preempts(pod: Pod, others: readonly Pod[], failures: readonly AdmissionFailure[]): boolean {
    if (!isCriticalPod(pod) || failures.some(({ missing }) => missing === undefined)) return false;
    const missing: Record<string, number> = {};
    for (const { missing: part } of failures) missing[part!.resource] = part!.amount;
    const victims = podsToPreempt(pod, others, missing);
    if (victims === undefined) return false;
    for (const victim of victims) {
      const worker = this.#workers.get(victim.metadata.uid)!;
      const message = 'Preempted in order to admit critical pod';
      worker.context.emit({ type: 'Warning', reason: 'Preempting', message });
      worker.end({
        reason: 'Preempting',
        message,
        disruption: 'Pod was preempted by Kubelet to accommodate a critical pod.',
      });
      this.#evicted.push(worker.uid);
    }
    return true;
  }
}

const quantity = (bytes: number): string =>
  formatQuantity({ nanos: BigInt(Math.max(bytes, 0)) * 1_000_000_000n, format: 'BinarySI' });
