/** Label selectors: the structured ones of the API, and the texts of kubectl and list requests. */
import type { Labels } from '../meta.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../pod/podspec.ts';
import { int64Of, type Requirement, requirementsOf } from './selectorsyntax.ts';

export type Matches = (labels: Labels | undefined) => boolean;

export type ParsedSelector =
  | { readonly ok: true; readonly matches: Matches; readonly requirements: readonly Requirement[] }
  | { readonly ok: false; readonly message: string };

const remembered = new WeakMap<LabelSelector, Matches>();
const nothing: Matches = () => false;

/** None matches nothing, an empty one everything. Remembered by identity of the selector. */
export function selectorOf(selector: LabelSelector | undefined): Matches {
  if (selector === undefined) return nothing;
  let matches = remembered.get(selector);
  if (matches === undefined) {
    matches = compile(selector);
    remembered.set(selector, matches);
  }
  return matches;
}

/** Whether the selector selects everything, as `{}` does. */
export const selectsEverything = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;

function compile({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Matches {
  const pairs = Object.entries(matchLabels);
  return (labels = {}) => {
    for (const [key, value] of pairs) if (labels[key] !== value) return false;
    for (const expression of matchExpressions) if (!meets(expression, labels)) return false;
    return true;
  };
}

/** One requirement of `matchExpressions`, as node selectors have them too. */
export function meets(
  { key, operator, values = [] }: LabelSelectorRequirement,
  labels: Labels,
): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      if (value === undefined || values.length !== 1) return false;
      const [number, bound] = [int64Of(value), int64Of(values[0]!)];
      if (number === undefined || bound === undefined) return false;
      return operator === 'Gt' ? number > bound : number < bound;
    }
    default:
      return false;
  }
}

/** A selector as kubectl writes it: `app=web,tier in (a, b),!legacy`. */
export function parseSelector(text: string): ParsedSelector {
  try {
    const requirements = requirementsOf(text);
    const matches: Matches = (labels = {}) => requirements.every((one) => holds(one, labels));
    return { ok: true, matches, requirements };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, message: error.message };
    throw error;
  }
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '>':
      return meets({ key, operator: 'Gt', values }, labels);
    case '<':
      return meets({ key, operator: 'Lt', values }, labels);
  }
}
