/** What a container runtime tells of sandboxes and containers, in the words of the CRI. */
import type { ResourceRequirements } from '../../api/pod/podspec.ts';

export interface SandboxRecord {
  readonly id: string;
  readonly state: 'Ready' | 'NotReady';
  /** The how-manieth sandbox of its Pod, from 0. */
  readonly attempt: number;
  readonly ip?: string | undefined;
}

export interface ContainerRecord {
  readonly name: string;
  readonly id: string;
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  /** Its termination message. */
  readonly message?: string | undefined;
  /** Simulated milliseconds. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  /** The how-manieth instance of its container, from 0; unknown: one more than the API knows of. */
  readonly restartCount?: number | undefined;
  /** It runs another definition than the Pod asks for now. */
  readonly specChanged?: boolean | undefined;
  /** Its resources are to change, and its policy asks for a new start then. */
  readonly mustRestart?: boolean | undefined;
  /** What it may use, as it was told last. */
  readonly resources?: ResourceRequirements | undefined;
}

/** All that a runtime has of one Pod; newest sandbox first, newest instance of a container first. */
export interface PodRecords {
  readonly sandboxes: readonly SandboxRecord[];
  readonly containers: readonly ContainerRecord[];
}

export const recordOf = (
  containers: readonly ContainerRecord[],
  name: string,
): ContainerRecord | undefined => {
  for (const record of containers) if (record.name === name) return record;
  return undefined;
};
