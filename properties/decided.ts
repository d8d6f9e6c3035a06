/** What the scheduler decided in a pass, and what it took the cluster to be just then. */
import type { Pod } from '../src/api/pod/pod.ts';
import type { PodDisruptionBudget } from '../src/api/poddisruptionbudget.ts';
import type { Picture } from '../src/scheduler/picture.ts';

export interface Decided {
  readonly pod: Pod;
  /** Milliseconds. */
  readonly t: number;
  readonly picture: Picture;
  readonly budgets: readonly PodDisruptionBudget[];
}
