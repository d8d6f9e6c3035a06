/** Whether a container is started now, given what the runtime has of it (kubelet-03). */
import type { Container, PodSpec } from '../../api/pod/podspec.ts';
import { restartsAfter } from '../../api/pod/restartpolicy.ts';
import type { ContainerRecord } from '../runtime/cri.ts';

/** Upstream's ShouldContainerBeRestarted: what is not there is started, what runs is not. */
export function shouldBeRestarted(
  container: Container,
  podPolicy: PodSpec['restartPolicy'],
  record: Pick<ContainerRecord, 'state' | 'exitCode'> | undefined,
  isDeleting: boolean,
): boolean {
  if (isDeleting) return false;
  if (record === undefined) return true;
  if (record.state === 'running') return false;
  if (record.state !== 'exited') return true;
  return restartsAfter(container, podPolicy, record.exitCode ?? 0);
}
