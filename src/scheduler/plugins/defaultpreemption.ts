/**
 * DefaultPreemption: makes room for more important Pods (see `preemption/`). While that is under way
 * the Pod is not tried; the end of its victims is of interest only to those that turned it away.
 */
import type { Plugin } from '../framework.ts';

export const defaultPreemption: Plugin = {
  name: 'DefaultPreemption',
  hints: [{ on: ['Pod/Delete'], helps: () => false }],
};
