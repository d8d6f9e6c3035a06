/** NodeAffinity: `nodeSelector`, and required and preferred node affinity. */
import type { Node } from '../../api/node.ts';
import type { NodeSelectorTerm, PodSpec } from '../../api/podspec.ts';
import { meets } from '../../api/selectors.ts';
import { normalizeDefault, type Plugin, unfit } from '../framework.ts';

const mismatch = unfit("node(s) didn't match Pod's node affinity/selector", true);

/** A term with nothing in it matches nothing. */
export function matchesTerm(term: NodeSelectorTerm | undefined, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term ?? {};
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const fields = { 'metadata.name': node.metadata.name };
  return (
    matchExpressions.every((expression) => meets(expression, node.metadata.labels ?? {})) &&
    matchFields.every((field) => meets(field, fields))
  );
}

/** Whether a node is one that the Pod asks for. */
export function matchesNode({ nodeSelector = {}, affinity }: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  for (const name in nodeSelector) if (labels[name] !== nodeSelector[name]) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
  );
}

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  preFilter({ pod: { spec } }) {
    const { nodeSelector, affinity } = spec;
    return (
      nodeSelector !== undefined ||
      affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined
    );
  },
  filter: ({ pod: { spec } }, { node }) => (matchesNode(spec, node) ? undefined : mismatch),
  preScore: ({ pod: { spec } }) =>
    (spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).length > 0,
  score({ pod: { spec } }, { node }) {
    let score = 0;
    const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    for (const { weight, preference } of preferred ?? []) {
      if (weight !== 0 && matchesTerm(preference, node)) score += weight;
    }
    return score;
  },
  normalize: (_cycle, _nodes, scores) => normalizeDefault(scores, false),
  wakesOn: ['nodeAdded', 'nodeUpdated'],
};
