/** SchedulingGates: a gated Pod does not enter the queue of those that may be scheduled. */
import type { Pod } from '../../api/pod/pod.ts';
import type { Plugin } from '../framework.ts';

export const isGated = ({ spec }: Pod): boolean => (spec.schedulingGates ?? []).length > 0;

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue({ spec: { schedulingGates: gates = [] } }) {
    if (gates.length === 0) return undefined;
    return `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`;
  },
  hints: [
    {
      on: ['Pod/UpdatePodSchedulingGatesEliminated'],
      helps: (pod, { object }) => object.metadata.uid === pod.metadata.uid,
    },
  ],
};
