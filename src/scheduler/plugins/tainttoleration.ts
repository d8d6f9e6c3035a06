/** TaintToleration: hard taints keep Pods out, soft ones cost score. */
import type { Toleration } from '../../api/podspec.ts';
import { normalizeDefault, type Plugin, unfit } from '../framework.ts';
import { toleratesAny } from './tolerations.ts';

const untolerated = unfit('node(s) had untolerated taint(s)', true);

const soft = (tolerations: readonly Toleration[] | undefined): readonly Toleration[] =>
  (tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  filter({ pod }, { node }) {
    for (const taint of node.spec.taints ?? []) {
      if (taint.effect === 'PreferNoSchedule') continue;
      if (!toleratesAny(pod.spec.tolerations, taint)) return untolerated;
    }
    return undefined;
  },
  /** Without soft taints every node scores the same, and that decides nothing. */
  preScore: (_cycle, feasible) =>
    feasible.some(({ node }) =>
      node.spec.taints?.some(({ effect }) => effect === 'PreferNoSchedule'),
    ),
  score({ pod }, { node }) {
    const { taints } = node.spec;
    if (taints === undefined || taints.length === 0) return 0;
    const tolerations = soft(pod.spec.tolerations);
    return taints.filter(
      (taint) => taint.effect === 'PreferNoSchedule' && !toleratesAny(tolerations, taint),
    ).length;
  },
  normalize: (_cycle, _nodes, scores) => normalizeDefault(scores, true),
  wakesOn: ['nodeAdded', 'nodeUpdated'],
};
