/** What happens when no node will do: each PostFilter plugin may help, or say why not (sched-01). */
import type { Decision } from '../cycle.ts';
import type { PostFilterName } from '../profile.ts';
import { type Preemption, type PreemptionContext, preempt } from './preempt.ts';

export interface PostFiltered {
  /** Ends the message; empty if preemption helps. */
  readonly message: string;
  readonly preemption?: Preemption;
}

export function postFilter(
  decision: Decision,
  plugins: readonly PostFilterName[],
  context: PreemptionContext,
): PostFiltered {
  const messages: string[] = [];
  for (const plugin of plugins) {
    if (plugin === 'DynamicResources') {
      // It has not even got to know the Pod if an earlier plugin gave up on all nodes.
      if (decision.rejected?.why.unresolvable === true) return { message: 'not found' };
      messages.push('no new claims to deallocate');
      continue;
    }
    const preemption = preempt(decision, context);
    if (preemption.type === 'found') return { message: '', preemption };
    if (preemption.type === 'error') return { message: preemption.message, preemption };
    messages.push(preemption.message);
    return { message: messages.join(', '), preemption };
  }
  return { message: messages.join(', ') };
}
