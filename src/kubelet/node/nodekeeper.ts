/**
 * What a kubelet knows of its node as a whole: its conditions, whom it takes in, and whom it evicts
 * when memory runs short (kubelet-05).
 */

import type { Condition } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodTerminal } from '../../api/pod/podstatus.ts';
import { blank } from '../../blank.ts';
import type { Environment, Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import type { KubeletOptions } from '../options.ts';
import type { PodWorker } from '../sync/podworker.ts';
import { type AdmissionFailure, admissionFailures } from './admission.ts';
import { allocatedPod } from './allocation.ts';
import { isCriticalPod } from './critical.ts';
import { EvictionManager } from './evictionmanager.ts';
import { nodeStatus } from './node.ts';
import { setPressure, setReady } from './nodeconditions.ts';
import { type Missing, podsToPreempt, unreclaimable } from './nodepreemption.ts';
import { Resizes } from './resizes.ts';
import { forbiddenSysctl, foreignSystem } from './systemadmission.ts';
import type { VolumeManager } from './volumemanager.ts';

/** What this kubelet can do that not every kubelet can: Pods that need it may come here. */
const declaredFeatures = ['RestartAllContainersOnContainerExits'];

/** What the node says of itself: it is not watched, and may be as old as what was posted last. */
const asOfNode = new Set(['NodeAffinity', 'TaintToleration']);

export class NodeKeeper {
  readonly #env: Environment;
  readonly #options: KubeletOptions;
  readonly #workers: ReadonlyMap<string, PodWorker>;
  readonly #volumes: VolumeManager;
  #node: Node | undefined;
  readonly #manager: EvictionManager;
  /** The conditions that were posted. */
  #posted = '';
  #isRebooted = false;
  #preempted: string[] = [];
  readonly resizes: Resizes;

  constructor(
    env: Environment,
    options: KubeletOptions,
    workers: ReadonlyMap<string, PodWorker>,
    volumes: VolumeManager,
  ) {
    this.#env = env;
    this.#options = options;
    this.#workers = workers;
    this.#volumes = volumes;
    this.#manager = new EvictionManager(env, options.node, options.runtime, workers);
    const keeper = this;
    this.resizes = new Resizes(env, workers, {
      get node() {
        return keeper.#node;
      },
      others: (uid) => keeper.#others(uid),
    });
  }

  /** The node's conditions are others than those that were posted. */
  get isChanged(): boolean {
    return this.#posted !== this.#manager.conditions.join();
  }

  /** What to post, given what the API has. */
  statusOf(before: Node['status'] | undefined): Node['status'] {
    const { node, hostIP } = this.#options;
    const { now } = this.#env;
    const { nodeInfo, volumesInUse: _, ...rest } = nodeStatus(node, hostIP, before, []) ?? {};
    const bootID = this.#bootID;
    const volumesInUse = this.#volumes.inUse(before?.volumesInUse);
    const status = {
      ...blank,
      ...rest,
      nodeInfo: { ...nodeInfo, bootID },
      declaredFeatures,
      ...(volumesInUse.length === 0 ? {} : { volumesInUse }),
    };
    this.#isRebooted = before?.nodeInfo !== undefined && before.nodeInfo['bootID'] !== bootID;
    let conditions: readonly Condition[] = before?.conditions ?? [];
    const set = (next: ReturnType<typeof setReady>) => {
      conditions = next.conditions;
      if (next.event !== undefined && this.#node !== undefined) {
        this.#env.record({ about: this.#node, ...next.event });
      }
    };
    for (const pressure of ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const) {
      const isUnder = this.#manager.conditions.includes(pressure);
      set(setPressure(node.name, conditions, pressure, isUnder, now));
    }
    set(setReady(node.name, conditions, status.capacity, {}, now));
    return { ...status, conditions };
  }

  /** Nothing for the first time that the machine is on. */
  get #bootID(): string {
    const { runtime, node } = this.#options;
    return runtime.boots === 1 ? '' : `${node.name}-${runtime.boots}`;
  }

  posted(node: Node): void {
    this.#node = node;
    if (this.#isRebooted) {
      this.#isRebooted = false;
      const message = `Node ${node.metadata.name} has been rebooted, boot id: ${this.#bootID}`;
      this.#env.record({ about: node, type: 'Warning', reason: 'Rebooted', message });
    }
    this.#posted = this.#manager.conditions.join();
    this.#volumes.posted(node.status.volumesInUse);
  }

  /** As it was posted last, or as the API has it. */
  *node(): Requests<Node | undefined> {
    if (this.#node !== undefined) return this.#node;
    const { name } = this.#options.node;
    const found = yield* call<Node>({ verb: 'get', kind: 'Node', name });
    return found.ok ? found.object : undefined;
  }

  /** Why the Pod is turned away, if it is. */
  *admit({ pod, uid }: PodWorker): Requests<AdmissionFailure | undefined> {
    const early =
      this.#rejectedByBehaviour(pod) ?? this.#manager.rejects(pod) ?? forbiddenSysctl(pod);
    if (early !== undefined) return early;
    const node = this.#node;
    if (node === undefined) return undefined;
    const foreign = foreignSystem(pod, node);
    if (foreign !== undefined) return foreign;
    const others = this.#others(uid);
    let failures = admissionFailures(pod, node, others);
    if (failures.some(({ reason }) => asOfNode.has(reason))) {
      const { name } = node.metadata;
      const fresh = yield* call<Node>({ verb: 'get', kind: 'Node', name });
      if (fresh.ok) {
        this.#node = fresh.object;
        failures = admissionFailures(pod, fresh.object, others);
      }
    }
    return isCriticalPod(pod) ? this.#makeRoom(pod, others, failures) : failures[0];
  }

  /** The Pods that the node has taken in and that have not ended, but this one, with what they have. */
  #others(uid: string): readonly Pod[] {
    const others: Pod[] = [];
    for (const { uid: other, status, isTerminated, pod, context } of this.#workers.values()) {
      if (other === uid || status === undefined || isTerminated) continue;
      if (!isPodTerminal(pod)) others.push(allocatedPod(pod, context.allocated));
    }
    return others;
  }

  #rejectedByBehaviour(pod: Pod): AdmissionFailure | undefined {
    for (const container of pod.spec.containers) {
      const { reject } = this.#options.runtime.behaviourOf(pod, container);
      if (reject !== undefined) return { reason: reject, message: reject };
    }
    return undefined;
  }

  /** One round of the eviction manager. */
  evict(): void {
    this.#manager.round(this.#node);
  }

  /** Uids of what was evicted or resized since it was asked last: there is something to do about it. */
  takeAffected(): readonly string[] {
    const evicted = [
      ...this.#preempted,
      ...this.#manager.takeEvicted(),
      ...this.resizes.takeChanged(),
    ];
    this.#preempted = [];
    return evicted;
  }

  /** What resources a critical Pod lacks it gets from others. Returns why it is turned away all the same. */
  #makeRoom(
    pod: Pod,
    others: readonly Pod[],
    failures: readonly AdmissionFailure[],
  ): AdmissionFailure | undefined {
    const other = failures.find(({ missing }) => missing === undefined);
    if (other !== undefined || failures.length === 0) return other;
    const missing: Record<string, number> = {};
    for (const { missing: part } of failures) missing[part!.resource] = part!.amount;
    const victims = podsToPreempt(pod, others, missing);
    if (victims === undefined) return unrecoverable(unreclaimable(pod, others, missing));
    for (const victim of victims) {
      const worker = this.#workers.get(victim.metadata.uid)!;
      const message = 'Preempted in order to admit critical pod';
      worker.context.emit({ type: 'Warning', reason: 'Preempting', message });
      worker.end({
        reason: 'Preempting',
        message,
        disruption: 'Pod was preempted by Kubelet to accommodate a critical pod.',
      });
      this.#preempted.push(worker.uid);
    }
    return undefined;
  }
}

function unrecoverable(missing: Missing): AdmissionFailure {
  const list = Object.entries(missing).map(([name, amount]) => `(res: ${name}, q: ${amount}), `);
  return {
    reason: 'UnexpectedAdmissionError',
    message: `Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [${list.join('')}]`,
  };
}
