/** SchedulingGates: a gated Pod does not enter the queue of those that may be scheduled. */
import type { Pod } from '../../api/pod.ts';

export const isGated = ({ spec }: Pod): boolean => (spec.schedulingGates ?? []).length > 0;
