/** What the API says of a container that waits to be restarted (kubelet-03). */
import type { ContainerState } from '../../api/pod/pod.ts';
import { goDuration } from '../duration.ts';

/** `name_namespace(uid)`, as upstream names Pods in messages. */
export const podText = ({
  name,
  namespace = '',
  uid,
}: {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
}): string => `${name}_${namespace}(${uid})`;

export const crashLoopState = (
  container: string,
  pod: string,
  delayMs: number,
): ContainerState => ({
  waiting: {
    reason: 'CrashLoopBackOff',
    message: `back-off ${goDuration(delayMs)} restarting failed container=${container} pod=${pod}`,
  },
});

export const crashLoopEvent = (container: string, pod: string) =>
  ({
    type: 'Warning',
    reason: 'BackOff',
    message: `Back-off restarting failed container ${container} in pod ${pod}`,
  }) as const;
