/** Decisions of the garbage collector. */
import { decide } from '../../../src/controllers/garbagecollector/classify.ts';
import type { Topics } from '../topic.ts';

export const garbageCollection: Topics = {
  gc_decision({ owners, dependents, finalizers, beingDeleted }) {
    const count = (state: string) => owners.filter((owner: string) => owner === state).length;
    const decision = beingDeleted
      ? 'nothing'
      : decide(
          { solid: count('present'), dangling: count('absent'), waiting: count('foreground') },
          dependents > 0,
          finalizers,
        );
    const removedOwners = decision === 'patch' ? count('absent') + count('foreground') : 0;
    const action =
      decision === 'nothing' ? 'none' : decision === 'patch' ? 'patchOwners' : 'delete';
    const policy = action === 'delete' ? decision.slice('delete '.length) : null;
    return { action, policy, removedOwners };
  },
};
