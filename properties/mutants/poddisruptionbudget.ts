/** Published bugs of the disruption controller, and of evictions. */
import type { Mutant } from './mutant.ts';

const family = 'poddisruptionbudget';
const controller = 'src/controllers/disruption.ts';

export const podDisruptionBudgetMutants: readonly Mutant[] = [
  {
    id: 'B1',
    family,
    source: 'k/k#82149',
    about: 'writes its count whatever the budget is by now: what evictions took is given back',
    patches: [
      {
        file: controller,
        text: "    verb: 'update',\n    kind: 'PodDisruptionBudget',\n    object: budget,\n    subresource: 'status',",
        replacement:
          "    verb: 'patch',\n    kind: 'PodDisruptionBudget',\n    namespace: budget.metadata.namespace!,\n    name: budget.metadata.name,\n    patchType: 'merge',\n    patch: { status: { disruptedPods: null, ...budget.status, observedGeneration: budget.metadata.generation } },\n    subresource: 'status',",
      },
    ],
    killedBy: ['B-S1', 'B-S2'],
  },
  {
    id: 'B2',
    family,
    source: 'k/k#34546, PR#36196',
    about: 'counts a Pod that was let go until it sees it go: the same allowance is spent again',
    patches: [
      {
        file: 'src/controllers/disruption/counts.ts',
        text: 'since + deletionTimeoutMs > now) continue;',
        replacement: 'since > now) continue;',
      },
    ],
    killedBy: ['B-S2'],
  },
  {
    id: 'B2b',
    family,
    source: 'k/k#34546, PR#36196',
    about: 'evicts by a count that was made for an older budget',
    patches: [
      {
        file: 'src/apiserver/eviction.ts',
        text: 'if (observedGeneration < generation) {',
        replacement: 'if (observedGeneration < generation - 99) {',
      },
    ],
    killedBy: ['B-S1'],
  },
  {
    id: 'B3',
    family,
    source: 'unpublished',
    about: 'nobody looks again at a Pod that was let go and stays: its budget waits for ever',
    patches: [
      {
        file: controller,
        text: '  if (disrupted.checkAfterMs !== undefined) context.queue.addAfter(key, disrupted.checkAfterMs);\n',
        replacement: '',
      },
    ],
    killedBy: ['B-L1'],
  },
  {
    id: 'B4',
    family,
    source: 'k/k#72320',
    about: 'a Pod that is not ready is evicted whatever its budget says of it',
    patches: [
      {
        file: 'src/apiserver/eviction.ts',
        text: 'if (!isPodReady(pod) && letsUnhealthyGo(budget)) return evict;',
        replacement: 'if (!isPodReady(pod)) return evict;',
      },
    ],
    killedBy: ['B-S2b'],
  },
];
