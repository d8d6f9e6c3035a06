/** Decisions about disruptions: what budgets count, and which evictions they allow. */
import type { Pod } from '../../../src/api/pod/pod.ts';
import type { PodDisruptionBudget } from '../../../src/api/poddisruptionbudget.ts';
import { decideEviction } from '../../../src/apiserver/eviction.ts';
import { budgetCounts } from '../../../src/controllers/disruption/counts.ts';
import type { Input, Topics } from '../topic.ts';
import { pod } from './objects.ts';

const budget = ({ policy, disruptedPods, generation, ...status }: Input): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: {
    name: 'pdb',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    generation,
    creationTimestamp: '',
  },
  spec: policy === null ? {} : { unhealthyPodEvictionPolicy: policy },
  status: {
    ...status,
    disruptedPods: Object.fromEntries(
      Array.from({ length: disruptedPods }, (_, i) => [`p${i}`, '2026-01-01T00:00:00Z']),
    ),
  },
});

function evicted({ phase, ready, deleting }: Input): Pod {
  const plain = pod({ name: 'p', phase, ready }, 0);
  const { metadata } = plain;
  const marked = deleting ? { ...metadata, deletionTimestamp: '2026-01-01T00:00:30Z' } : metadata;
  return { ...plain, metadata: marked };
}

export const disruptions: Topics = {
  pdb_status({ minAvailable, maxUnavailable, controllerScales, selectedPods, healthy }) {
    const scale = controllerScales.reduce((sum: number, one: number) => sum + one, 0);
    return budgetCounts(
      {
        ...(minAvailable === null ? {} : { minAvailable }),
        ...(maxUnavailable === null ? {} : { maxUnavailable }),
      },
      { scale, selected: selectedPods, healthy },
    );
  },
  eviction_api(input) {
    const decision = decideEviction(evicted(input), input.pdbs.map(budget));
    if (decision.type !== 'refuse') {
      return { code: 201, cause: null, message: '', decrement: decision.type === 'spend' };
    }
    const { code, message, details } = decision.status;
    return {
      code,
      cause: details?.causes?.[0]?.message ?? null,
      message: message.replace(/^.* is forbidden: /, ''),
      decrement: false,
    };
  },
};
