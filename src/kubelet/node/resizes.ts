/** Which Pods of a node ask for other resources than they have, and which of them it can serve (upstream's allocation manager). */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { qosClassOf } from '../../api/pod/qos.ts';
import { numbers } from '../../scheduler/resources.ts';
import type { Environment } from '../../sim/component.ts';
import type { PodContext } from '../sync/podcontext.ts';
import type { PodWorker } from '../sync/podworker.ts';
import { pendingType, progressType, resizeCondition, resizeText } from '../sync/resize.ts';
import { admissionFailures, requested } from './admission.ts';
import { isAllocated } from './allocation.ts';

/** What it needs to know of the node. */
export interface Surroundings {
  readonly node: Node | undefined;
  /** The Pods that the node has taken in and that have not ended, but this one, with what they have. */
  others(uid: string): readonly Pod[];
}

interface Refusal {
  readonly reason: 'Deferred' | 'Infeasible';
  readonly message: string;
}

export class Resizes {
  readonly #env: Environment;
  readonly #workers: ReadonlyMap<string, PodWorker>;
  readonly #surroundings: Surroundings;
  readonly #pending = new Set<string>();
  #changed: string[] = [];

  constructor(
    env: Environment,
    workers: ReadonlyMap<string, PodWorker>,
    surroundings: Surroundings,
  ) {
    this.#env = env;
    this.#workers = workers;
    this.#surroundings = surroundings;
  }

  /** The Pod may ask for something else by now. */
  look({ uid, context, stops, status }: PodWorker): void {
    const { pod, allocated, resize } = context;
    if (status === undefined || (pod.spec === allocated && resize.pending === undefined)) return;
    if (stops) return;
    this.#pending.add(uid);
    this.retry();
  }

  /** Something on the node may have become free. */
  retry(): void {
    if (this.#pending.size === 0) return;
    for (const worker of this.#inOrder()) {
      const { context, uid } = worker;
      const before = context.resize;
      this.#handle(context);
      const { reason } = context.resize.pending ?? {};
      if (reason !== 'Deferred') this.#pending.delete(uid);
      if (context.resize === before) continue;
      worker.wake();
      this.#changed.push(uid);
    }
  }

  /** Uids of Pods of which something else is to be told or done since it was asked last. */
  takeChanged(): readonly string[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }

  /** What asks for no more than it has comes first, then by priority, class, and how long it has waited. */
  #inOrder(): readonly PodWorker[] {
    const workers = [...this.#pending].flatMap((uid) => {
      const worker = this.#workers.get(uid);
      if (worker === undefined || worker.stops) this.#pending.delete(uid);
      return worker === undefined || worker.stops ? [] : [worker];
    });
    const rank = ({ context: { pod, allocated, resize } }: PodWorker) =>
      [
        asksForMore(pod, { ...pod, spec: allocated }) ? 1 : 0,
        -(pod.spec.priority ?? 0),
        qosClassOf(pod.spec) === 'Guaranteed' ? 0 : 1,
        resize.pending?.lastTransitionTime ?? '~',
      ] as const;
    return workers.sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      for (let i = 0; i < x.length; i++) if (x[i]! !== y[i]!) return x[i]! < y[i]! ? -1 : 1;
      return 0;
    });
  }

  #handle(context: PodContext): void {
    const { pod } = context;
    const { pending, ...others } = context.resize;
    if (isAllocated(pod.spec, context.allocated)) {
      context.allocate(pod.spec);
      if (pending !== undefined) context.resize = others;
      return;
    }
    const refusal = this.#refusalOf(pod);
    const { now } = this.#env;
    const { generation } = pod.metadata;
    if (refusal === undefined) {
      context.allocate(pod.spec);
      context.resize = { progress: resizeCondition(progressType, undefined, pod, now) };
      const message = `Pod resize started: ${resizeText(pod.spec, generation)}`;
      return context.emit({ type: 'Normal', reason: 'ResizeStarted', message });
    }
    const { reason, message: why } = refusal;
    const isTold =
      pending?.reason === reason &&
      pending.message === why &&
      pending.observedGeneration === generation;
    if (isTold) return;
    context.resize = {
      ...others,
      pending: resizeCondition(pendingType, pending, pod, now, refusal),
    };
    const message = `Pod resize ${reason}: ${resizeText(pod.spec, generation, why)}`;
    context.emit({ type: 'Warning', reason: `Resize${reason}`, message });
  }

  #refusalOf(pod: Pod): Refusal | undefined {
    const { node } = this.#surroundings;
    if (node === undefined) return undefined;
    const allocatable = numbers(node.status?.allocatable);
    const asked = requested(pod);
    for (const name of ['memory', 'cpu']) {
      const [wanted = 0, has = 0] = [asked[name], allocatable[name]];
      if (wanted <= has) continue;
      const amounts = `${name}, requested: ${wanted}, capacity: ${has}`;
      const message = `Node didn't have enough capacity: ${amounts}`;
      return { reason: 'Infeasible', message };
    }
    const others = this.#surroundings.others(pod.metadata.uid);
    const [failure] = admissionFailures(pod, node, others).filter(
      ({ missing }) => missing !== undefined,
    );
    return failure === undefined ? undefined : { reason: 'Deferred', message: failure.message };
  }
}

const asksForMore = (pod: Pod, allocated: Pod): boolean => {
  const [now, before] = [requested(pod), requested(allocated)];
  return ['cpu', 'memory'].some((name) => (now[name] ?? 0) > (before[name] ?? 0));
};
