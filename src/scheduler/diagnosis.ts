/** What a cycle that found no node comes to: the message, and who is to be asked what would help. */
import type { Decision } from './cycle.ts';
import { fitMessage } from './messages.ts';

export const noNodes = 'no nodes available to schedule pods';

export function messageOf(decision: Decision, postFilter: string): string {
  const { nodes, rejected, rejections, others } = decision;
  if (nodes === 0) return noNodes;
  return fitMessage({
    nodes,
    rejections: rejections.whys.map(({ why }) => why.reasons),
    ...(others === undefined ? {} : { others: others.why.reasons }),
    ...(rejected === undefined ? {} : { preFilter: rejected.why.reasons.join(', ') }),
    postFilter,
  });
}

/** Nobody if there was no node to turn down. */
export function rejectorsOf({ nodes, rejected, rejections, others }: Decision): Set<string> {
  if (nodes === 0) return new Set();
  if (rejected !== undefined) return new Set([rejected.plugin]);
  const plugins = new Set(rejections.whys.map(({ plugin }) => plugin));
  for (const plugin of others?.plugins ?? []) plugins.add(plugin);
  return plugins;
}
