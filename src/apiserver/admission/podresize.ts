/** PodResize: a Pod may not be made larger than its node is at all (plugin/pkg/admission/podresize). */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { numbers, podRequests } from '../../scheduler/resources.ts';
import type { View } from '../../store/view.ts';

export function resizeRefusal({ spec }: Pod, view: View): string | undefined {
  const { nodeName } = spec;
  if (!nodeName) return undefined;
  const node = view.get<Node>('Node', nodeName);
  if (node === undefined) return `node "${nodeName}" not found`;
  const os = node.metadata.labels?.['kubernetes.io/os'];
  if (os !== undefined && os !== 'linux') {
    return `pod resize is only supported on linux nodes, node "${nodeName}" is "${os}"`;
  }
  const allocatable = numbers(node.status?.allocatable);
  const requests = podRequests(spec);
  const over = (['cpu', 'memory'] as const).flatMap((name) => {
    const [asked = 0, has = 0] = [requests[name], allocatable[name]];
    return asked > has ? [`${name}, requested: ${asked}, allocatable: ${has}`] : [];
  });
  if (over.length === 0) return undefined;
  return `node didn't have enough allocatable resources: ${over.join('; ')}`;
}
