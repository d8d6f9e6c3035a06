/**
 * What a kubelet asks of a container runtime, in the shape of the CRI, and what it hears of it.
 *
 * A runtime lives outside the kubelet's process: containers go on when the kubelet crashes, and a new
 * one finds them by listing.
 */
import type { Pod } from '../../api/pod/pod.ts';
import type { Container, PodSpec, ResourceRequirements } from '../../api/pod/podspec.ts';
import type { Cancel } from '../../sim/timers.ts';
import type { Behaviour, LogLine } from './behaviour.ts';
import type { ContainerRecord, PodRecords, SandboxRecord } from './cri.ts';

/** One instance of a container. */
export interface SimulatedContainer extends ContainerRecord {
  state: 'created' | 'running' | 'exited';
  exitCode: number | undefined;
  reason: string | undefined;
  message: string | undefined;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  readonly image: string;
  readonly restartCount: number;
  readonly behaviour: Behaviour;
  /** terminationMessagePolicy FallbackToLogsOnError. */
  readonly fallsBackToLogs: boolean;
  /** SIGTERM was sent; when it is killed at the latest. */
  killAt: number | undefined;
  mustRestart?: boolean;
  resources: ResourceRequirements | undefined;
}

/** All that a node has of one Pod. */
export interface PodRuntime extends PodRecords {
  readonly uid: string;
  readonly key: string;
  /** As it was when its sandbox was made: enough to stop it if it is gone from the API meanwhile. */
  readonly pod: Pod;
  /** Whose resources the kubelet has set aside for it; a new kubelet finds it here. */
  allocated: PodSpec;
  /** What all of its containers share, where it asks as a whole. */
  resources: ResourceRequirements | undefined;
  ip: string | undefined;
  /** The how-manieth Pod it is that kubelets saw. */
  readonly ordinal: number;
  readonly createdAt: number;
  /** Newest first. */
  sandboxes: readonly SandboxRecord[];
  /** Newest first; of each container the current instance and the one before. */
  containers: SimulatedContainer[];
}

interface Happened {
  readonly uid: string;
  /** The log's entry of it. */
  readonly n: number;
}

export type RuntimeEvent =
  | (Happened & { readonly type: 'sandboxReady' })
  | (Happened & {
      readonly type: 'pulled';
      readonly container: string;
      readonly tookMs: number;
      readonly waitedMs: number;
      readonly bytes: number;
      readonly error: string | undefined;
    })
  | (Happened & {
      readonly type: 'started';
      readonly container: string;
      readonly error: string | undefined;
    })
  | (Happened & { readonly type: 'exited' | 'health' | 'usage'; readonly container: string })
  | (Happened & {
      readonly type: 'hookDone';
      readonly hook: Hook;
      readonly container: string;
      readonly error: string | undefined;
    });

/** What its node can run short of. */
export type Measured = 'memory' | 'disk' | 'processes';

export type Hook = 'postStart' | 'preStop';

/** What the runtime needs of the simulation. */
export interface RuntimeHost {
  readonly now: number;
  timer(tag: string, at: number, fire: () => void): Cancel;
  /** In [0, 1), from the seed and what it is about. */
  chance(about: readonly string[]): number;
  /** Returns the number of the log's entry. */
  log(
    happened: {
      readonly key: string;
      readonly uid: string;
      readonly event: string;
      readonly container?: string;
      readonly detail?: Readonly<Record<string, string | number>>;
    },
    causes: readonly number[],
  ): number;
}

/** What a kubelet asks for; `causes` are the log's entries that made it ask. */
export interface ContainerRuntime {
  /** Tells the listener what happens from now on; replaces the last one. */
  connect(listener: ((event: RuntimeEvent) => void) | undefined): void;
  list(): readonly PodRuntime[];
  pod(uid: string): PodRuntime | undefined;
  /** Ends with `sandboxReady`. What an older sandbox had is gone. */
  runPodSandbox(pod: Pod, attempt: number, causes: readonly number[]): PodRuntime;
  stopPodSandbox(uid: string, causes: readonly number[]): void;
  /** Nothing is left of the Pod; what still runs is killed. */
  removePod(uid: string, causes: readonly number[]): void;
  hasImage(image: string): boolean;
  /** Ends with `pulled`. One image is pulled at a time. */
  pullImage(pod: Pod, container: Container, causes: readonly number[]): void;
  createContainer(uid: string, container: Container, restartCount: number): SimulatedContainer;
  /** Ends with `started`. */
  startContainer(uid: string, name: string, causes: readonly number[]): void;
  /** SIGTERM, and SIGKILL when the grace is over. Ends with `exited`. */
  stopContainer(uid: string, name: string, graceMs: number, causes: readonly number[]): void;
  /** Its program ended because of what it was told. Ends with `exited`. */
  endContainer(uid: string, name: string, exitCode: number): void;
  /** Forgets the records of containers that ended. */
  removeContainers(uid: string): void;
  /** Ends with `hookDone`, after `limitMs` at the latest. */
  runHook(
    uid: string,
    container: Container,
    hook: Hook,
    limitMs: number,
    causes: readonly number[],
  ): void;
  behaviourOf(pod: Pod, container: Container): Behaviour;
  /** What a container uses now: bytes, or processes. */
  amountOf(container: SimulatedContainer, what: Measured): number;
  /** Bytes of all images that the node has. */
  readonly imageBytes: number;
  /** Those that no container is made of. */
  removeUnusedImages(): void;
  /** What its metrics say, in thousandths; undefined where its behaviour says nothing. */
  usageOf(container: SimulatedContainer, resource: string): number | undefined;
  logs(container: SimulatedContainer): readonly LogLine[];
  /** How often the machine was switched on, from 1. */
  readonly boots: number;
  /** What can make two states differ, as plain data. */
  memory(): unknown;
}
