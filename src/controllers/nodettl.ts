/**
 * Node TTL controller (ctl-08): tells kubelets for how long they may keep Secrets and ConfigMaps
 * without asking again. The larger the cluster, the longer.
 */
import type { Key } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';

interface Step {
  /** With fewer nodes the step before is taken, with more the next. */
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

const steps: readonly Step[] = [
  { from: 0, to: 100, seconds: 0 },
  { from: 90, to: 500, seconds: 15 },
  { from: 450, to: 1_000, seconds: 30 },
  { from: 900, to: 2_000, seconds: 60 },
  { from: 1_800, to: Number.POSITIVE_INFINITY, seconds: 300 },
];

/** Steps overlap, so that a cluster at the edge of one does not go to and fro. */
export class Ttl {
  #nodes = 0;
  #step = 0;

  get seconds(): number {
    return steps[this.#step]!.seconds;
  }

  nodeAdded(): void {
    this.#nodes += 1;
    if (this.#nodes > steps[this.#step]!.to) this.#step += 1;
  }

  nodeRemoved(): void {
    this.#nodes -= 1;
    if (this.#nodes < steps[this.#step]!.from) this.#step -= 1;
  }

  memory(): unknown {
    return this.#step;
  }
}

const annotation = 'node.alpha.kubernetes.io/ttl';

export const nodeTtlController = (): Controller => {
  const ttl = new Ttl();
  const isRight = ({ metadata }: Node) =>
    metadata.annotations?.[annotation] === String(ttl.seconds);

  function* reconcile(name: Key, { view }: ControllerContext): Requests<Outcome> {
    const node = view.get<Node>('Node', name);
    if (node === undefined || isRight(node)) return undefined;
    const patched = yield* call<Node>({
      verb: 'patch',
      kind: 'Node',
      name,
      patchType: 'strategic',
      patch: { metadata: { annotations: { [annotation]: String(ttl.seconds) } } },
    });
    return patched.ok || patched.status.reason === 'NotFound'
      ? undefined
      : { error: patched.status.message };
  }

  return {
    name: 'ttl-controller',
    watches: ['Node'],
    keysFor({ type, key, object }: WatchEvent, { queue }) {
      if (type === 'ADDED') ttl.nodeAdded();
      if (type === 'DELETED') ttl.nodeRemoved();
      else if (!isRight(object as Node)) queue.add(key);
    },
    reconcile,
    memory: () => ttl.memory(),
  };
};
