/**
 * Evicts Pods when their node runs short of memory, disk or process ids, and Pods that write more to
 * the disk than their limits allow (kubelet-05). One Pod a round, a round every ten seconds.
 */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { qosClassOf } from '../../api/pod/qos.ts';
import { formatQuantity, parseQuantity, wholeOf } from '../../api/quantity.ts';
import { toleratesAny } from '../../scheduler/plugins/tolerations.ts';
import { requestsOf } from '../../scheduler/resources.ts';
import type { Environment } from '../../sim/component.ts';
import type { NodeSpec } from '../../sim/scenario/types.ts';
import type { ContainerRuntime, Measured } from '../runtime/runtime.ts';
import type { PodWorker } from '../sync/podworker.ts';
import type { AdmissionFailure } from './admission.ts';
import { isCriticalPod, isMirrorPod, isStaticPod } from './critical.ts';
import {
  compareConsumers,
  compareProcesses,
  evictionMessage,
  evictionRejects,
  isMet,
  isStillMet,
  type Offender,
  signals,
  sortSignals,
  type Threshold,
  thresholdAmount,
  thresholdsOf,
} from './eviction.ts';
import type { Pressure } from './nodeconditions.ts';

/** A condition stays for so long after the last time that its threshold was met. */
const pressureMs = 300_000;
const roundMs = 10_000;
const evictionGraceSeconds = 1;
const pressures: readonly Pressure[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

interface Observation {
  readonly available: number;
  readonly capacity: number;
}

export class EvictionManager {
  readonly #env: Environment;
  readonly #spec: NodeSpec;
  readonly #runtime: ContainerRuntime;
  readonly #workers: ReadonlyMap<string, PodWorker>;
  readonly #thresholds: readonly Threshold[];
  /** When a condition's threshold was last met. */
  readonly #observed = new Map<Pressure, number>();
  /** Since when a threshold is met, by signal and value: soft ones have time. */
  readonly #metSince = new Map<string, number>();
  /** Those that somebody is evicted for: they are met until enough was reclaimed. */
  #driving: readonly Threshold[] = [];
  #evicted: string[] = [];

  constructor(
    env: Environment,
    spec: NodeSpec,
    runtime: ContainerRuntime,
    workers: ReadonlyMap<string, PodWorker>,
  ) {
    this.#env = env;
    this.#spec = spec;
    this.#runtime = runtime;
    this.#workers = workers;
    this.#thresholds = thresholdsOf(spec);
  }

  /** What the node is under now. */
  get conditions(): readonly Pressure[] {
    return pressures.filter((pressure) => this.#observed.has(pressure));
  }

  /** Uids of what was evicted since it was asked last. */
  takeEvicted(): readonly string[] {
    const evicted = this.#evicted;
    this.#evicted = [];
    return evicted;
  }

  /** Why a Pod may not come while the node is short of something. */
  rejects(pod: Pod): AdmissionFailure | undefined {
    const { conditions } = this;
    if (conditions.length === 0) return undefined;
    const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;
    return evictionRejects({
      conditions,
      qosClass: pod.status.qosClass ?? qosClassOf(pod.spec),
      priority: pod.spec.priority,
      toleratesMemoryPressure: toleratesAny(pod.spec.tolerations, taint),
      isStaticOrMirror: isStaticPod(pod) || isMirrorPod(pod),
    });
  }

  /** One round. `node`: about which it is told. */
  round(node: Node | undefined): void {
    const { now } = this.#env;
    let met = this.#met();
    this.#remember(met);
    const ripe = met.filter((threshold) => this.#isRipe(threshold));
    this.#driving = ripe;
    if (this.#evictOverLimits()) return this.#again(now + roundMs);
    const signal = sortSignals(ripe.map(({ signal: name }) => name))[0];
    const threshold = ripe.find(({ signal: name }) => name === signal);
    if (threshold !== undefined) {
      this.#evictFor(threshold, node);
      met = this.#met();
    }
    if (met.length > 0) return this.#again(now + roundMs);
    const ends = [...this.#observed.values()].map((since) => since + pressureMs);
    if (ends.length > 0) this.#again(Math.min(...ends));
  }

  #again(at: number): void {
    this.#env.timer('eviction', at);
  }

  #met(): readonly Threshold[] {
    return this.#thresholds.filter((threshold) => {
      const observation = this.#observe(threshold.signal);
      if (observation === undefined) return false;
      const { available, capacity } = observation;
      return this.#driving.includes(threshold)
        ? isStillMet(available, threshold, capacity)
        : isMet(available, threshold.value, capacity);
    });
  }

  /** A condition is there as soon as a threshold is met, though a soft one has time. */
  #remember(met: readonly Threshold[]): void {
    const { now } = this.#env;
    const keys = new Set(met.map(keyOf));
    for (const key of this.#metSince.keys()) if (!keys.has(key)) this.#metSince.delete(key);
    for (const threshold of met) {
      const key = keyOf(threshold);
      if (!this.#metSince.has(key)) this.#metSince.set(key, now);
      this.#observed.set(signals[threshold.signal]!.condition, now);
    }
    for (const [pressure, since] of this.#observed) {
      if (now >= since + pressureMs) this.#observed.delete(pressure);
    }
  }

  #isRipe(threshold: Threshold): boolean {
    const since = this.#metSince.get(keyOf(threshold))!;
    return this.#env.now - since >= (threshold.graceMs ?? 0);
  }

  #evictFor(threshold: Threshold, node: Node | undefined): void {
    const { resource = '' } = signals[threshold.signal]!;
    const message = `Attempting to reclaim ${resource}`;
    if (node !== undefined) {
      const reason = 'EvictionThresholdMet';
      this.#env.record({ about: node, type: 'Warning', reason, message });
    }
    if (resource === 'ephemeral-storage') {
      this.#runtime.removeUnusedImages();
      const isMetStill = this.#met().some((one) => this.#driving.includes(one));
      if (!isMetStill) return;
    }
    const { available, capacity } = this.#observe(threshold.signal)!;
    const victim = this.#ranked(resource).find(({ pod }) => !isCriticalPod(pod));
    if (victim === undefined) return;
    const limit = threshold.value.endsWith('%')
      ? shown(resource, thresholdAmount(threshold.value, capacity))
      : formatQuantity(parseQuantity(threshold.value)!);
    const offenders = this.#offendersOf(victim, resource);
    const why = evictionMessage(resource, limit, shown(resource, available), offenders);
    this.#evict(victim, why, this.#graceOf(threshold, victim.pod));
  }

  #graceOf({ graceMs }: Threshold, { spec }: Pod): number {
    if (graceMs === undefined) return evictionGraceSeconds;
    const { evictionMaxPodGracePeriod = 0 } = this.#spec;
    return Math.max(
      Math.min(evictionMaxPodGracePeriod, spec.terminationGracePeriodSeconds ?? 30),
      evictionGraceSeconds,
    );
  }

  /** Whether a Pod was evicted because it has written more than it may. */
  #evictOverLimits(): boolean {
    let isAny = false;
    for (const worker of [...this.#workers.values()]) {
      const why = worker.stops ? undefined : this.#overLimit(worker);
      if (why === undefined) continue;
      this.#evict(worker, why, evictionGraceSeconds);
      isAny = true;
    }
    return isAny;
  }

  #overLimit(worker: PodWorker): string | undefined {
    const { containers } = worker.pod.spec;
    const limits = containers.map(({ resources }) => resources?.limits?.['ephemeral-storage']);
    const [first] = limits.filter((limit) => limit !== undefined);
    if (first === undefined) return undefined;
    const total = limits.reduce((sum, limit) => sum + wholeOf(limit ?? '0'), 0);
    // All that is written counts, and the limits that there are.
    if (this.#usageOf(worker, 'disk') > total) {
      const limit = formatQuantity({ ...parseQuantity(first)!, nanos: nanosOf(total) });
      return `Pod ephemeral local storage usage exceeds the total limit of containers ${limit}. `;
    }
    for (const [place, { name }] of containers.entries()) {
      const [limit, record] = [limits[place], worker.context.record(name)];
      if (limit === undefined || record === undefined || wholeOf(limit) === 0) continue;
      if (this.#runtime.amountOf(record, 'disk') > wholeOf(limit)) {
        return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
      }
    }
    return undefined;
  }

  #evict(worker: PodWorker, message: string, graceSeconds: number): void {
    worker.context.emit({ type: 'Warning', reason: 'Evicted', message });
    worker.end({ reason: 'Evicted', message, disruption: message }, graceSeconds);
    this.#evicted.push(worker.uid);
  }

  #ranked(resource: string): readonly PodWorker[] {
    const measured = measuredBy[resource];
    const compare = resource === 'pids' ? compareProcesses : compareConsumers;
    const ranked = [...this.#workers.values()]
      .filter((worker) => !worker.stops)
      .map((worker) => ({
        worker,
        priority: worker.pod.spec.priority ?? 0,
        request: requestOf(worker.pod, resource),
        // Nothing is measured of a Pod that has no sandbox yet.
        usage: worker.hasBegun ? measured && this.#usageOf(worker, measured) : undefined,
      }));
    return ranked.sort(compare).map(({ worker }) => worker);
  }

  #usageOf({ context }: PodWorker, measured: Measured): number {
    let amount = 0;
    for (const container of context.records?.containers ?? []) {
      amount += this.#runtime.amountOf(container, measured);
    }
    return amount;
  }

  #offendersOf({ context }: PodWorker, resource: string): readonly Offender[] {
    const measured = measuredBy[resource];
    if (measured === undefined || resource === 'pids') return [];
    const offenders: Offender[] = [];
    for (const { spec } of context.containers) {
      const record = context.record(spec.name);
      if (record === undefined) continue;
      const amount = this.#runtime.amountOf(record, measured);
      const request = spec.resources?.requests?.[resource] ?? '0';
      if (amount > wholeOf(request)) {
        offenders.push({ container: spec.name, usage: shown(resource, amount), request });
      }
    }
    return offenders;
  }

  /** Undefined: it is not measured. */
  #observe(signal: string): Observation | undefined {
    const { memory = '16Gi', storage = '100Gi', pids = 32_768 } = this.#spec;
    const used = (measured: Measured) =>
      [...this.#workers.values()].reduce((sum, worker) => sum + this.#usageOf(worker, measured), 0);
    const of = (capacity: number, amount: number) => ({ capacity, available: capacity - amount });
    switch (signals[signal]?.resource) {
      case 'memory':
        return of(wholeOf(memory), used('memory'));
      // One disk for everything, as on most nodes.
      case 'ephemeral-storage':
        return of(wholeOf(storage), used('disk') + this.#runtime.imageBytes);
      case 'pids':
        return of(pids, used('processes'));
      default:
        return undefined;
    }
  }
}

const keyOf = ({ signal, value }: Threshold): string => `${signal}<${value}`;

const measuredBy: Readonly<Record<string, Measured>> = {
  memory: 'memory',
  'ephemeral-storage': 'disk',
  pids: 'processes',
};

function requestOf({ spec }: Pod, resource: string): number {
  const { memoryBytes, storageBytes } = requestsOf(spec).plain;
  return resource === 'memory' ? memoryBytes : resource === 'pids' ? 0 : storageBytes;
}

const nanosOf = (amount: number): bigint => BigInt(amount) * 1_000_000_000n;

/** Process ids are counted in tens, bytes in powers of two. */
const shown = (resource: string, amount: number): string =>
  formatQuantity({
    nanos: nanosOf(Math.max(amount, 0)),
    format: resource === 'pids' ? 'DecimalSI' : 'BinarySI',
  });
