/** NodeUnschedulable: cordoned nodes take nobody who does not tolerate it. */
import { type Plugin, unfit } from '../framework.ts';
import { toleratesAny } from './tolerations.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
const cordoned = unfit('node(s) were unschedulable', true);

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  filter({ pod }, { node }) {
    if (node.spec.unschedulable !== true || toleratesAny(pod.spec.tolerations, taint))
      return undefined;
    return cordoned;
  },
  wakesOn: ['nodeAdded', 'nodeUpdated'],
};
