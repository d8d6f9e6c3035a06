/** What a kubelet keeps of one container of a Pod. It is lost when the kubelet restarts. */
import { containerTable, type RestartPolicy, type StateNumber } from '../../../machines/index.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container } from '../../api/pod/podspec.ts';
import { isSidecar } from '../../api/pod/restartpolicy.ts';
import type { BackoffEntry } from './backoff.ts';
import type { StartError } from './imagepull.ts';

export type ContainerKind = 'init' | 'regular' | 'ephemeral';

export interface Tracked {
  spec: Container;
  readonly kind: ContainerKind;
  readonly isSidecar: boolean;
  /** In its machine's table. */
  state: StateNumber;
  /** Of its restarts; another image is another key. */
  backoff: BackoffEntry | undefined;
  /** Why its last start failed. */
  error: StartError | undefined;
}

export function track(pod: Pod, spec: Container, kind: ContainerKind): Tracked {
  const sidecar = kind === 'init' && isSidecar(spec);
  const own = (spec.restartPolicy ?? pod.spec.restartPolicy ?? 'Always') as RestartPolicy;
  // An ordinary init container that is done is done, whatever is done about the others.
  const policy =
    kind === 'ephemeral'
      ? 'Never'
      : kind === 'init' && !sidecar && own === 'Always'
        ? 'OnFailure'
        : own;
  return {
    spec,
    kind,
    isSidecar: sidecar,
    state: containerTable.initial({ restartPolicy: policy }),
    backoff: undefined,
    error: undefined,
  };
}

export const trackAll = (pod: Pod): Tracked[] => {
  const { containers, initContainers, ephemeralContainers } = pod.spec;
  const regular = containers.map((spec) => track(pod, spec, 'regular'));
  if (initContainers === undefined && ephemeralContainers === undefined) return regular;
  return [
    ...(initContainers ?? []).map((spec) => track(pod, spec, 'init')),
    ...regular,
    ...(ephemeralContainers ?? []).map((spec) => track(pod, spec, 'ephemeral')),
  ];
};
