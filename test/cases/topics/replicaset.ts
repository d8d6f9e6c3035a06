/** Decisions of the ReplicaSet controller. */
import { compareForDeletion, podsToDelete } from '../../../src/controllers/replicaset/ranking.ts';
import type { Input, Topics } from '../topic.ts';
import { pod } from './objects.ts';

/** Any instant: cases tell ages. Far enough from zero for them to fit. */
const now = 0;

export const replicaSets: Topics = {
  pod_deletion_ranking({ a, b, logarithmic }) {
    const [podA, podB] = [pod(a, now), pod(b, now)];
    const rankOf = (one: unknown) => (one === podA ? (a.rank ?? 0) : (b.rank ?? 0));
    const order = compareForDeletion(podA, podB, { rankOf, now, logarithmic });
    return { first: order < 0 ? 'a' : order > 0 ? 'b' : 'equal' };
  },
  pods_to_delete({ pods, relatedNodes, diff }) {
    const own = pods.map((fields: Input) => pod(fields, now));
    const related = relatedNodes.map((node: string, i: number) =>
      pod({ name: `related-${i}`, node, phase: 'Running' }, now),
    );
    return { delete: podsToDelete(own, related, diff, now).map(({ metadata: { name } }) => name) };
  },
};
