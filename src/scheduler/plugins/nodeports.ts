/** NodePorts: no two Pods of a node may ask for the same host port. */
import type { Pod } from '../../api/pod/pod.ts';
import type { ContainerPort } from '../../api/pod/podspec.ts';
import { type Plugin, unfit } from '../framework.ts';

const taken = unfit("node(s) didn't have free ports for the requested pod ports");

const none: readonly ContainerPort[] = [];

function hostPorts({ spec: { containers = [], initContainers } }: Pod): readonly ContainerPort[] {
  let ports = none;
  for (const container of containers) {
    const own = container.ports?.filter(({ hostPort = 0 }) => hostPort > 0);
    if (own !== undefined && own.length > 0) ports = [...ports, ...own];
  }
  for (const { restartPolicy, ports: own = none } of initContainers ?? []) {
    if (restartPolicy === 'Always') ports = [...ports, ...own.filter((port) => port.hostPort)];
  }
  return ports;
}

const everywhere = '0.0.0.0';

function conflict(a: ContainerPort, b: ContainerPort): boolean {
  if (a.hostPort !== b.hostPort || (a.protocol || 'TCP') !== (b.protocol || 'TCP')) return false;
  const [ipA, ipB] = [a.hostIP || everywhere, b.hostIP || everywhere];
  return ipA === ipB || ipA === everywhere || ipB === everywhere;
}

/** Whether two Pods ask for the same port of a node. */
export function portsConflict(a: Pod, b: Pod): boolean {
  const wanted = hostPorts(a);
  if (wanted.length === 0) return false;
  return hostPorts(b).some((other) => wanted.some((port) => conflict(port, other)));
}

export const nodePorts: Plugin = {
  name: 'NodePorts',
  local: true,
  preFilter: ({ pod }) => hostPorts(pod).length > 0,
  filter({ pod }, { pods }) {
    for (const other of pods.values()) if (portsConflict(pod, other)) return taken;
    return undefined;
  },
  hints: [
    { on: ['Node/Add'] },
    {
      on: ['Pod/Delete'],
      helps: (pod, { object }) => isPlaced(object as Pod) && portsConflict(pod, object as Pod),
    },
  ],
};

/** On a node, or promised one. */
export const isPlaced = ({ spec, status }: Pod): boolean =>
  Boolean(spec.nodeName || status.nominatedNodeName);
