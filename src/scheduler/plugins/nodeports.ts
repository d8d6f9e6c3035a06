/** NodePorts: no two Pods of a node may ask for the same host port. */
import type { Pod } from '../../api/pod.ts';
import type { ContainerPort } from '../../api/podspec.ts';
import { type Plugin, unfit } from '../framework.ts';

const taken = unfit("node(s) didn't have free ports for the requested pod ports");

const hostPorts = ({ spec }: Pod): readonly ContainerPort[] =>
  (spec?.containers ?? []).flatMap(({ ports = [] }) => ports.filter(({ hostPort }) => hostPort));

const everywhere = '0.0.0.0';

function conflict(a: ContainerPort, b: ContainerPort): boolean {
  if (a.hostPort !== b.hostPort || (a.protocol ?? 'TCP') !== (b.protocol ?? 'TCP')) return false;
  const [ipA, ipB] = [a.hostIP || everywhere, b.hostIP || everywhere];
  return ipA === ipB || ipA === everywhere || ipB === everywhere;
}

/** Whether two Pods ask for the same port of a node. */
export const portsConflict = (a: Pod, b: Pod): boolean =>
  hostPorts(a).some((port) => hostPorts(b).some((other) => conflict(port, other)));

export const nodePorts: Plugin = {
  name: 'NodePorts',
  preFilter: ({ pod }) => hostPorts(pod).length > 0,
  filter({ pod }, { pods }) {
    const wanted = hostPorts(pod);
    for (const other of pods.values()) {
      for (const port of hostPorts(other)) {
        if (wanted.some((want) => conflict(want, port))) return taken;
      }
    }
    return undefined;
  },
  wakesOn: ['nodeAdded', 'podDeleted'],
};
