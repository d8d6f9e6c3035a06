/**
 * The volumes of a node that the attach/detach controller brings and takes (kubelet-01, step 7): says
 * in the Node's status which are in use before it uses them, and uses only what that status says is
 * attached.
 */
import type { Node } from '../../api/node.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';
import { mountedClaims, readClaims } from '../sync/claims.ts';
import type { PodContext } from '../sync/podcontext.ts';

export class VolumeManager {
  readonly #node: string;
  readonly #runtime: ContainerRuntime;
  /** Unique names of what each Pod uses, by uid; nothing for one that has ended. */
  readonly #used = new Map<string, readonly string[]>();
  /** What the Node's status says. */
  #posted: readonly string[] = [];

  constructor(node: string, runtime: ContainerRuntime) {
    this.#node = node;
    this.#runtime = runtime;
  }

  /** Before a sync: what the Pod needs, and what of it is not at the node yet. */
  *prepare(context: PodContext): Requests<void> {
    const claimed = yield* readClaims(context.pod);
    if (claimed === undefined) return;
    const names = claimed.brought.map(({ uniqueName }) => uniqueName);
    this.#used.set(context.uid, names);
    context.claims = { ...claimed, missing: [] };
    if (names.length === 0 || context.records !== undefined) return;
    const node = yield* call<Node>({ verb: 'get', kind: 'Node', name: this.#node });
    const { volumesAttached = [], volumesInUse = [] } = node.ok ? node.object.status : {};
    const attached = new Set(volumesAttached.map(({ name }) => name));
    const missing = claimed.brought.filter(
      ({ uniqueName }) => !attached.has(uniqueName) || !volumesInUse.includes(uniqueName),
    );
    context.claims = { ...claimed, missing };
  }

  /** Nothing of the Pod runs any more. */
  release(uid: string): void {
    if (this.#used.has(uid)) this.#used.set(uid, []);
  }

  forget(uid: string): void {
    this.#used.delete(uid);
  }

  /** The Node's status does not say what is in use. */
  get isChanged(): boolean {
    if (this.#used.size === 0 && this.#posted.length === 0) return false;
    return this.inUse(this.#posted).join() !== this.#posted.join();
  }

  /**
   * In order. What was in use when the kubelet was restarted stays so until it knows of each Pod
   * that is left on the machine what it uses.
   */
  inUse(before: readonly string[] = []): readonly string[] {
    const names = new Set([...this.#used.values()].flat());
    if (before.length > 0 && this.#runtime.list().some((one) => this.#isUnknown(one.pod))) {
      for (const name of before) names.add(name);
    }
    return [...names].sort();
  }

  posted(names: readonly string[] = []): void {
    this.#posted = names;
  }

  memory(): unknown {
    return [...this.#used];
  }

  #isUnknown(pod: PodContext['pod']): boolean {
    return !this.#used.has(pod.metadata.uid) && mountedClaims(pod).length > 0;
  }
}
