/** NodeAffinity: `nodeSelector`, and required and preferred node affinity. */
import type { Node } from '../../api/node.ts';
import type { NodeAffinity, NodeSelectorTerm, PodSpec } from '../../api/pod/podspec.ts';
import { normalizeDefault, type Plugin, type PreFiltered, unfit } from '../framework.ts';
import { matchesTerm } from './nodeselectorterm.ts';

export { matchesTerm };

export interface NodeAffinityArgs {
  /** What every Pod of the profile has besides its own. */
  readonly addedAffinity?: NodeAffinity;
}

const mismatch = unfit("node(s) didn't match Pod's node affinity/selector", true);
const unenforced = unfit("node(s) didn't match scheduler-enforced node affinity", true);
const conflict = unfit('pod affinity terms conflict', true);

const requiredOf = (affinity: NodeAffinity | undefined): readonly NodeSelectorTerm[] | undefined =>
  affinity?.requiredDuringSchedulingIgnoredDuringExecution === undefined
    ? undefined
    : (affinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms ?? []);

const matchesAny = (terms: readonly NodeSelectorTerm[] | undefined, node: Node): boolean =>
  terms === undefined || terms.some((term) => matchesTerm(term, node));

/** Whether a node is one that the Pod asks for. */
export function matchesNode({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  for (const key in nodeSelector) {
    if (node.metadata.labels?.[key] !== nodeSelector[key]) return false;
  }
  return matchesAny(requiredOf(affinity?.nodeAffinity), node);
}

const preferredOf = (affinity: NodeAffinity | undefined) =>
  affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

export function nodeAffinityWith({ addedAffinity }: NodeAffinityArgs): Plugin {
  const added = requiredOf(addedAffinity);
  const addedPreferred = preferredOf(addedAffinity);
  return {
    name: 'NodeAffinity',
    local: true,
    preFilter({ pod: { spec } }) {
      const required = requiredOf(spec.affinity?.nodeAffinity);
      const selects = Object.keys(spec.nodeSelector ?? {}).length > 0;
      if (added === undefined && !selects && required === undefined) return false;
      return required === undefined || required.length === 0 ? true : namesOf(required);
    },
    filter({ pod }, { node }) {
      if (!matchesAny(added, node)) return unenforced;
      return matchesNode(pod.spec, node) ? undefined : mismatch;
    },
    preScore: ({ pod: { spec } }) =>
      addedPreferred.length > 0 || preferredOf(spec.affinity?.nodeAffinity).length > 0,
    score({ pod: { spec } }, { node }) {
      let score = 0;
      for (const preferred of [addedPreferred, preferredOf(spec.affinity?.nodeAffinity)]) {
        for (const { weight, preference } of preferred) {
          if (weight !== 0 && matchesTerm(preference, node)) score += weight;
        }
      }
      return score;
    },
    normalize: (_cycle, _nodes, scores) => normalizeDefault(scores, false),
    hints: [
      {
        on: ['Node/Add', 'Node/UpdateNodeLabel'],
        helps(pod, { old, object }) {
          const suits = (node: Node) => matchesAny(added, node) && matchesNode(pod.spec, node);
          return suits(object as Node) && (old === undefined || !suits(old as Node));
        },
      },
    ],
  };
}

/** If every term names its nodes, no other node needs to be looked at. */
function namesOf(terms: readonly NodeSelectorTerm[]): PreFiltered {
  const union = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let own: readonly string[] | undefined;
    for (const { key, operator, values = [] } of matchFields) {
      if (key !== 'metadata.name' || operator !== 'In') continue;
      own = own === undefined ? values : own.filter((name) => values.includes(name));
    }
    if (own === undefined) return true;
    for (const name of own) union.add(name);
  }
  return union.size === 0 ? conflict : { only: union };
}

export const nodeAffinity = nodeAffinityWith({});
