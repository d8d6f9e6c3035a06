/** Which requests a policy is about, and a binding of it (k8s.io/apiserver/pkg/admission/plugin/policy/matching). */
import { groupOf } from '../../api/index.ts';
import type { Kind } from '../../api/kind.ts';
import type { Namespace } from '../../api/namespace.ts';
import type { LabelSelector } from '../../api/pod/podspec.ts';
import { selectorOf } from '../../api/selectors/selectors.ts';
import type { View } from '../../store/view.ts';
import { type Asked, labelsOf, type MatchResources, type NamedRule } from './asked.ts';

const exempt = new Set([
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
]);

/** Policies are not about what could lock everybody out: themselves. */
export const isExempt = ({ kind, apiVersion }: Kind): boolean =>
  exempt.has(kind) && apiVersion.startsWith('admissionregistration.k8s.io/');

/** The namespace that the object is in; none for a Namespace itself. */
export const namespaceOf = ({ object, before }: Asked): string | undefined =>
  (object ?? before)?.metadata.namespace;

export function matches(match: MatchResources, asked: Asked, kind: Kind, view: View): boolean {
  return (
    matchesNamespace(match.namespaceSelector, asked, kind, view) &&
    matchesObject(match.objectSelector, asked) &&
    !(match.excludeResourceRules ?? []).some((rule) => ruleMatches(rule, match, asked, kind)) &&
    ((match.resourceRules ?? []).length === 0 ||
      match.resourceRules!.some((rule) => ruleMatches(rule, match, asked, kind)))
  );
}

const isEmpty = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;

/** Objects without a namespace are in all of them, but Namespaces go by their own labels. */
function matchesNamespace(
  selector: LabelSelector | undefined,
  asked: Asked,
  { kind }: Kind,
  view: View,
): boolean {
  if (selector === undefined || isEmpty(selector)) return true;
  if (kind === 'Namespace') return selectorOf(selector)(labelsOf(asked.object ?? asked.before));
  const namespace = namespaceOf(asked);
  if (namespace === undefined) return true;
  return selectorOf(selector)(labelsOf(view.get<Namespace>('Namespace', namespace)));
}

function matchesObject(selector: LabelSelector | undefined, { object, before }: Asked): boolean {
  if (selector === undefined || isEmpty(selector)) return true;
  const selects = selectorOf(selector);
  return [object, before].some((one) => one !== undefined && selects(labelsOf(one)));
}

function ruleMatches(
  rule: NamedRule,
  { matchPolicy }: MatchResources,
  asked: Asked,
  kind: Kind,
): boolean {
  const { apiGroups = [], apiVersions = [], operations = [], resourceNames = [] } = rule;
  const [, version = kind.apiVersion] = kind.apiVersion.split('/');
  // Versions of one group are the same objects: who speaks another one is not let through.
  const isEquivalent = matchPolicy !== 'Exact';
  const name = (asked.object ?? asked.before)?.metadata.name ?? '';
  return (
    isOneOf(operations, asked.operation) &&
    isOneOf(apiGroups, groupOf(kind.apiVersion)) &&
    (isEquivalent || isOneOf(apiVersions, version)) &&
    (resourceNames.length === 0 || resourceNames.includes(name)) &&
    scopeMatches(rule.scope, asked, kind) &&
    (rule.resources ?? []).some((one) => resourceMatches(one, kind.resource, asked.subresource))
  );
}

const isOneOf = (list: readonly string[], one: string): boolean =>
  list.includes('*') || list.includes(one);

function scopeMatches(scope = '*', asked: Asked, { kind }: Kind): boolean {
  if (scope === '*') return true;
  const isInside = namespaceOf(asked) !== undefined && kind !== 'Namespace';
  return scope === 'Namespaced' ? isInside : !isInside;
}

/** `pods` is not `pods/status`; a star stands for all of one of them. */
function resourceMatches(rule: string, resource: string, subresource = ''): boolean {
  const [own, below = ''] = rule.split('/') as [string, string?];
  return (own === '*' || own === resource) && (below === '*' || below === subresource);
}
