/** What the parts of a pod worker share: the Pod, its containers, and whom they talk to. */
import { type ContainerEvent, containerTable, refused } from '../../../machines/index.ts';
import type { Pod, PodStatus } from '../../api/pod/pod.ts';
import type { Container, PodSpec } from '../../api/pod/podspec.ts';
import { matchingRule } from '../../api/pod/restartpolicy.ts';
import { flat } from '../../flat.ts';
import type { Environment } from '../../sim/component.ts';
import { isAllocated } from '../node/allocation.ts';
import { recordOf } from '../runtime/cri.ts';
import type { ContainerRuntime, PodRuntime, SimulatedContainer } from '../runtime/runtime.ts';
import { podText } from '../status/crashloop.ts';
import type { Brought, Claimed } from './claims.ts';
import type { KubeletEvent, PullFailure } from './imagepull.ts';
import type { Referenced } from './references.ts';
import { type ResizeState, resizeStateOf } from './resize.ts';
import { type Tracked, track, trackAll } from './tracked.ts';

const nothing: Referenced = new Map();

export class PodContext {
  readonly uid: string;
  readonly key: string;
  readonly env: Environment;
  readonly runtime: ContainerRuntime;
  /** As the worker means to report it, or as the API had it when the worker began. */
  status: PodStatus;
  /** ConfigMaps and Secrets as they were read before the sync that is under way. */
  referenced: Referenced = nothing;
  resize: ResizeState;
  /** Its claims as they were read then, and what of them is not at the node. */
  claims: (Claimed & { readonly missing: readonly Brought[] }) | undefined;
  readonly #containers: Tracked[];
  #allocated: PodSpec;
  #pod: Pod;
  /** By image. Most Pods have none. */
  #pullFailures: Map<string, PullFailure> | undefined;

  constructor(pod: Pod, env: Environment, runtime: ContainerRuntime) {
    this.uid = pod.metadata.uid;
    this.key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    this.env = env;
    this.runtime = runtime;
    this.status = pod.status;
    this.#pod = pod;
    this.#containers = trackAll(pod);
    this.#allocated = runtime.pod(this.uid)?.allocated ?? pod.spec;
    this.resize = resizeStateOf(pod);
  }

  /** Whose resources the node has set aside for it: those of the Pod as it was when it was let in. */
  get allocated(): PodSpec {
    return this.#allocated;
  }

  allocate(spec: PodSpec): void {
    this.#allocated = spec;
    const { records } = this;
    if (records !== undefined) records.allocated = spec;
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** A newer version of it: images and resources may have changed, and ephemeral containers come. */
  set pod(pod: Pod) {
    if (pod.spec !== this.#pod.spec) {
      this.#respec(pod);
      if (isAllocated(pod.spec, this.#allocated)) this.allocate(pod.spec);
    }
    this.#pod = pod;
  }

  get containers(): readonly Tracked[] {
    return this.#containers;
  }

  /** `name_namespace(uid)` */
  get text(): string {
    return podText(this.#pod.metadata);
  }

  get records(): PodRuntime | undefined {
    return this.runtime.pod(this.uid);
  }

  find(name: string): Tracked | undefined {
    for (const container of this.#containers) if (container.spec.name === name) return container;
    return undefined;
  }

  readonly record = (name: string): SimulatedContainer | undefined => {
    const { records } = this;
    return records === undefined
      ? undefined
      : (recordOf(records.containers, name) as SimulatedContainer | undefined);
  };

  /** The instance of a container before the current one. */
  earlier(name: string): SimulatedContainer | undefined {
    const all = this.records?.containers.filter((record) => record.name === name);
    return all?.[1] as SimulatedContainer | undefined;
  }

  /** The last refusal of an image, whichever of its containers asked: one back-off serves them all. */
  pullFailure(image: string): PullFailure | undefined {
    return this.#pullFailures?.get(image);
  }

  pullFailed(image: string, failure: PullFailure): void {
    this.#pullFailures ??= new Map();
    this.#pullFailures.set(image, failure);
  }

  /** Moves a container's machine; what it refuses is remembered as a finding. */
  send(container: Tracked, event: ContainerEvent): void {
    const next = containerTable.next(container.state, event);
    if (next !== refused) container.state = next;
    else {
      const state = containerTable.text(container.state);
      const key = `${this.key}/${container.spec.name}`;
      this.env.finding({ kind: 'Container', key, event: event.type, state });
    }
  }

  /** An instance of it ended; its own rules may ask for another one whatever its policy. */
  exited(container: Tracked, exitCode: number): void {
    const ruled = matchingRule(container.spec, exitCode) !== undefined;
    const exit = { type: 'container.exited', exitCode } as const;
    this.send(container, ruled ? { ...exit, ruled } : exit);
  }

  accepts({ state }: Tracked, event: ContainerEvent): boolean {
    return containerTable.next(state, event) !== refused;
  }

  /** An Event about the Pod, or about one of its containers. */
  emit(event: KubeletEvent, container?: Tracked): void {
    const about = this.#pod;
    if (container === undefined) this.env.record({ about, ...event });
    else this.env.record({ about, ...event, fieldPath: pathOf(container) });
  }

  #respec(pod: Pod): void {
    const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec;
    for (const spec of [...initContainers, ...containers]) {
      const known = this.find(spec.name);
      if (known === undefined || known.spec === spec) continue;
      if (known.spec.image !== spec.image) known.backoff = undefined;
      known.spec = spec;
    }
    for (const spec of ephemeralContainers) {
      if (this.find(spec.name) === undefined) this.#containers.push(track(pod, spec, 'ephemeral'));
    }
  }
}

const fields = { init: 'initContainers', regular: 'containers', ephemeral: 'ephemeralContainers' };

/** By the containers themselves, which the Pods of a template share. */
const paths = new WeakMap<Container, string>();

function pathOf({ kind, spec }: Tracked): string {
  let path = paths.get(spec);
  if (path === undefined) {
    path = flat(`spec.${fields[kind]}{${spec.name}}`);
    paths.set(spec, path);
  }
  return path;
}
