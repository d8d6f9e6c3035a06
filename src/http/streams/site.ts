/** The small web server that stands behind each port of a container, and who listens on which. */
import type { Pod } from '../../api/pod/pod.ts';
import type { Container, ContainerPort } from '../../api/pod/podspec.ts';
import type { ContainerRuntime } from '../../kubelet/runtime/runtime.ts';

/** The container of a Pod that runs and listens on a port. */
export const listenerOn = (
  pod: Pod,
  port: number,
  runtime: ContainerRuntime,
): Container | undefined =>
  pod.spec.containers.find(
    (one) => portsOf(one).includes(port) && isRunning(runtime, pod.metadata.uid, one.name),
  );

const isRunning = (runtime: ContainerRuntime, uid: string, name: string): boolean =>
  runtime.pod(uid)?.containers.find((one) => one.name === name)?.state === 'running';

/** Images of web servers, which listen without saying so. */
const webServers = /(^|\/)(nginx|httpd|caddy|traefik)([:@]|$)/;

const portsOf = ({ ports = [], image }: Container): readonly number[] => [
  ...(ports as readonly ContainerPort[])
    .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
    .map(({ containerPort }) => containerPort!),
  ...(webServers.test(image) ? [80] : []),
];

export const siteType = 'text/plain; charset=utf-8';

/** What it says to any request: what it stands for. */
export function siteText(
  { metadata: { namespace, name } }: Pod,
  container: Container,
  method: string,
  url: string,
): string {
  const lines = [
    `pod: ${namespace}/${name}`,
    `container: ${container.name}`,
    `image: ${container.image}`,
    `request: ${method} ${url}`,
  ];
  return `${lines.join('\n')}\n`;
}
