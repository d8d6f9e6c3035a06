/** Decisions of the namespace controller. */
import {
  contentRemaining,
  finalizersRemaining,
  type Totals,
} from '../../../src/controllers/namespace/conditions.ts';
import { requeueSeconds } from '../../../src/controllers/namespace/estimate.ts';
import type { Input, Topics } from '../topic.ts';

const counted = (given: Input): Map<string, number> => {
  if (!Array.isArray(given)) return new Map(Object.entries(given ?? {}));
  const counts = new Map<string, number>();
  for (const name of given) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

export const namespaces: Topics = {
  namespace_requeue: ({ estimateSeconds }) => ({ requeueSeconds: requeueSeconds(estimateSeconds) }),

  namespace_conditions({ remaining, finalizers }) {
    const totals: Totals = { remaining: counted(remaining), finalizers: counted(finalizers) };
    const told = ({ status, reason, message }: ReturnType<typeof contentRemaining>) => [
      status,
      reason,
      message,
    ];
    return {
      NamespaceContentRemaining: told(contentRemaining(totals)),
      NamespaceFinalizersRemaining: told(finalizersRemaining(totals)),
    };
  },
};
