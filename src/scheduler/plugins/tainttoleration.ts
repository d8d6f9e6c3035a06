/** TaintToleration: hard taints keep Pods out, soft ones cost score. */
import type { Node, Taint } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Toleration } from '../../api/pod/podspec.ts';
import { normalizeDefault, type Plugin, unfit } from '../framework.ts';
import { toleratesAny } from './tolerations.ts';

const untolerated = unfit('node(s) had untolerated taint(s)', true);

const isSoft = ({ effect }: Taint): boolean => effect === 'PreferNoSchedule';

/** Whether it tolerates the hard taints of the node. */
export function toleratesNode({ spec }: Pod, { spec: { taints } = {} }: Node): boolean {
  if (taints === undefined) return true;
  return taints.every((taint) => isSoft(taint) || toleratesAny(spec.tolerations, taint));
}

const soft = (tolerations: readonly Toleration[] | undefined): readonly Toleration[] =>
  (tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  local: true,
  filter: ({ pod }, { node }) => (toleratesNode(pod, node) ? undefined : untolerated),
  preScore: () => true,
  score({ pod }, { node }) {
    const taints = node.spec?.taints;
    if (taints === undefined || !taints.some(isSoft)) return 0;
    const tolerations = soft(pod.spec.tolerations);
    return taints.filter((taint) => isSoft(taint) && !toleratesAny(tolerations, taint)).length;
  },
  normalize: (_cycle, _nodes, scores) => normalizeDefault(scores, true),
  hints: [
    {
      on: ['Node/Add', 'Node/UpdateNodeTaint'],
      helps: (pod, { old, object }) =>
        toleratesNode(pod, object as Node) &&
        (old === undefined || !toleratesNode(pod, old as Node)),
    },
    {
      on: ['Pod/UpdatePodToleration'],
      helps: (pod, { object }) => object.metadata.uid === pod.metadata.uid,
    },
  ],
};
