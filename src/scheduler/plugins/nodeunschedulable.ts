/** NodeUnschedulable: cordoned nodes take nobody who does not tolerate it. */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { type Plugin, unfit } from '../framework.ts';
import { toleratesAny } from './tolerations.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
const cordoned = unfit('node(s) were unschedulable', true);

const tolerates = (pod: Pod): boolean => toleratesAny(pod.spec.tolerations, taint);

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  local: true,
  filter: ({ pod }, { node }) =>
    node.spec?.unschedulable !== true || tolerates(pod) ? undefined : cordoned,
  hints: [
    {
      on: ['Node/Add', 'Node/UpdateNodeTaint'],
      helps(_pod, { old, object }) {
        if ((object as Node).spec.unschedulable === true) return false;
        return old === undefined || (old as Node).spec.unschedulable === true;
      },
    },
    {
      on: ['Pod/UpdatePodToleration'],
      helps: (pod, { object }) =>
        object.metadata.uid === pod.metadata.uid && tolerates(object as Pod),
    },
  ],
};
