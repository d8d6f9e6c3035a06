/** Terms that select nodes by labels and by name (sched-03). */
import type { Node } from '../../api/node.ts';
import type { LabelSelectorRequirement, NodeSelectorTerm } from '../../api/pod/podspec.ts';
import { meets } from '../../api/selectors/selectors.ts';
import { int64Of } from '../../api/selectors/selectorsyntax.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../api/validation/names.ts';

/** A term with nothing in it matches nothing, and so does one that cannot be understood. */
export function matchesTerm(term: NodeSelectorTerm | undefined, node: Node): boolean {
  if (term === undefined) return false;
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  if (!isSound(term)) return false;
  const labels = node.metadata.labels ?? {};
  return (
    matchExpressions.every((expression) => meets(expression, labels)) &&
    matchFields.every((field) => meetsField(field, node))
  );
}

/** Another field than the name reads as empty. */
function meetsField({ key, operator, values = [] }: LabelSelectorRequirement, node: Node): boolean {
  const value = key === 'metadata.name' ? node.metadata.name : '';
  return operator === 'In' ? value === values[0] : value !== values[0];
}

const sound = new WeakMap<NodeSelectorTerm, boolean>();

function isSound(term: NodeSelectorTerm): boolean {
  let known = sound.get(term);
  if (known === undefined) {
    const { matchExpressions = [], matchFields = [] } = term;
    known = matchExpressions.every(isRequirement) && matchFields.every(isFieldRequirement);
    sound.set(term, known);
  }
  return known;
}

const isFieldRequirement = ({ operator, values = [] }: LabelSelectorRequirement): boolean =>
  (operator === 'In' || operator === 'NotIn') && values.length === 1;

function isRequirement({ key, operator, values = [] }: LabelSelectorRequirement): boolean {
  if (qualifiedNameErrors(key).length > 0) return false;
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0 && values.every((value) => labelValueErrors(value).length === 0);
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0;
    case 'Gt':
    case 'Lt':
      return values.length === 1 && int64Of(values[0]!) !== undefined;
    default:
      return false;
  }
}
