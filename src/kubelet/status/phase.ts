/** The phase of a Pod, from its containers' statuses (kubelet-02). Upstream's getPhase. */
import type { ContainerState, ContainerStatus, PodPhase } from '../../api/pod/pod.ts';
import type { Container, PodSpec } from '../../api/pod/podspec.ts';
import { isSidecar, restartsAfter } from '../../api/pod/restartpolicy.ts';

export interface PhaseInput {
  readonly spec: PodSpec;
  /** Of init containers and regular ones. */
  readonly statuses: readonly ContainerStatus[];
  /** Every container has stopped, and none will start again. */
  readonly isTerminal: boolean;
  /** A regular container runs or is created. */
  readonly hasInitialized: boolean;
  readonly isStatic?: boolean;
}

export function phaseOf({
  spec,
  statuses,
  isTerminal,
  hasInitialized,
  isStatic = false,
}: PhaseInput): PodPhase {
  const { restartPolicy } = spec;
  const of = (name: string) => statusOf(statuses, name);
  let pendingInit = 0;
  let failedInit = 0;
  let pendingSidecars = 0;
  let unknown = 0;
  let running = 0;
  let waiting = 0;
  for (const container of spec.initContainers ?? []) {
    const status = of(container.name);
    const { running: runs, terminated, waiting: waits } = status?.state ?? {};
    const ended = terminated ?? (waits === undefined ? undefined : status?.lastState?.terminated);
    if (!isSidecar(container)) {
      if (ended === undefined) pendingInit += 1;
      else if (ended.exitCode !== 0 && !isRestarted(container, restartPolicy, ended)) {
        failedInit += 1;
      }
    } else if (status === undefined) unknown += 1;
    else if (runs !== undefined) {
      running += 1;
      if (status.started !== true) pendingSidecars += 1;
    } else if (ended === undefined) {
      pendingSidecars += 1;
      if (waits === undefined) unknown += 1;
      else waiting += 1;
    }
  }
  let stopped = 0;
  let restartable = 0;
  let succeeded = 0;
  for (const container of spec.containers ?? []) {
    const status = of(container.name);
    const { running: runs, terminated, waiting: waits } = status?.state ?? {};
    const ended = terminated ?? (waits === undefined ? undefined : status?.lastState?.terminated);
    if (runs !== undefined) running += 1;
    else if (ended !== undefined) {
      stopped += 1;
      if (terminated?.exitCode === 0) succeeded += 1;
      if (isRestarted(container, restartPolicy, ended)) restartable += 1;
    } else if (waits !== undefined) waiting += 1;
    else unknown += 1;
  }
  if (failedInit > 0) return 'Failed';
  if (pendingInit > 0 || (pendingSidecars > 0 && !hasInitialized) || waiting > 0) return 'Pending';
  if (unknown > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if ((!isTerminal || isStatic) && restartable > 0) return 'Running';
  return stopped === succeeded ? 'Succeeded' : 'Failed';
}

/** One that was killed because of another container's rule starts again, whatever its own policy says. */
const isRestarted = (
  container: Container,
  policy: PodSpec['restartPolicy'],
  { exitCode, reason }: NonNullable<ContainerState['terminated']>,
): boolean => reason === restartingAllReason || restartsAfter(container, policy, exitCode);

export const restartingAllReason = 'RestartingAllContainers';

export function statusOf(
  statuses: readonly ContainerStatus[],
  name: string,
): ContainerStatus | undefined {
  for (let i = 0; i < statuses.length; i++) {
    const status = statuses[i]!;
    if (status.name === name) return status;
  }
  return undefined;
}
