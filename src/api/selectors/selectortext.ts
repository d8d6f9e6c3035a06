/** A label selector as text, sorted as upstream's `labels.Selector` prints itself. */
import type { LabelSelector, LabelSelectorRequirement } from '../pod/podspec.ts';

/** `app=web,tier in (a,b),!legacy`; empty for no selector and for one that selects everything. */
export function selectorText({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector = {}): string {
  const equal = Object.entries(matchLabels).map(
    ([key, value]) => [key, `${key}=${value}`] as const,
  );
  const others = matchExpressions.map((one) => [one.key, requirementText(one)] as const);
  return [...equal, ...others]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(',');
}

function requirementText({ key, operator, values = [] }: LabelSelectorRequirement): string {
  const list = `(${[...values].sort().join(',')})`;
  switch (operator) {
    case 'In':
      return `${key} in ${list}`;
    case 'NotIn':
      return `${key} notin ${list}`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

/** A selector as Go prints a pointer to it: in messages that quote it as it is. */
export function goSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return '<nil>';
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const labels = Object.entries(matchLabels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`)
    .join('');
  const requirements = matchExpressions
    .map(
      ({ key, operator, values = [] }) =>
        `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
    )
    .join('');
  return `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{${requirements}},}`;
}
