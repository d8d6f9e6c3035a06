/** Terms of affinity between Pods: which Pods they are about (sched-03). */
import type { Pod } from '../../api/pod/pod.ts';
import type { LabelSelector, PodAffinity, PodAffinityTerm } from '../../api/pod/podspec.ts';
import { type Matches, selectorOf, selectsEverything } from '../../api/selectors/selectors.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../api/validation/names.ts';
import type { View } from '../../store/view.ts';
import { pairsOf } from '../podcounts.ts';

export interface Term {
  readonly topologyKey: string;
  readonly namespaces: ReadonlySet<string>;
  /** Namespaces besides those: by their labels. */
  readonly namespaceSelector: Matches | undefined;
  /** Whatever their labels, even those that nobody knows. */
  readonly anyNamespace: boolean;
  readonly selects: Matches;
  /** Terms with the same text are about the same Pods. */
  readonly text: string;
  /** Labels that all have whom it is about, as `key=value`. */
  readonly pairs: readonly string[];
}

export interface WeightedTerm extends Term {
  readonly weight: number;
}

export interface PodTerms {
  readonly affinity: readonly Term[];
  readonly antiAffinity: readonly Term[];
  readonly preferred: readonly WeightedTerm[];
  readonly preferredAnti: readonly WeightedTerm[];
}

const none: PodTerms = { affinity: [], antiAffinity: [], preferred: [], preferredAnti: [] };
const remembered = new WeakMap<object, Map<string, PodTerms>>();

/** What a Pod says about others. Remembered: Pods of a template say the same. */
export function termsOf({ metadata, spec: { affinity } }: Pod): PodTerms {
  if (affinity?.podAffinity === undefined && affinity?.podAntiAffinity === undefined) return none;
  const namespace = metadata.namespace ?? '';
  const byNamespace = remembered.get(affinity) ?? new Map<string, PodTerms>();
  remembered.set(affinity, byNamespace);
  let terms = byNamespace.get(namespace);
  if (terms === undefined) {
    const { podAffinity, podAntiAffinity } = affinity;
    terms = {
      affinity: required(podAffinity).map((term) => termOf(term, namespace)),
      antiAffinity: required(podAntiAffinity).map((term) => termOf(term, namespace)),
      preferred: weighted(podAffinity, namespace),
      preferredAnti: weighted(podAntiAffinity, namespace),
    };
    byNamespace.set(namespace, terms);
  }
  return terms;
}

const required = (affinity: PodAffinity | undefined): readonly PodAffinityTerm[] =>
  affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

const preferred = (affinity: PodAffinity | undefined) =>
  affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

const weighted = (affinity: PodAffinity | undefined, namespace: string): readonly WeightedTerm[] =>
  preferred(affinity).map(({ weight, podAffinityTerm }) => ({
    ...termOf(podAffinityTerm, namespace),
    weight,
  }));

function termOf(term: PodAffinityTerm, own: string): Term {
  const { labelSelector, namespaces = [], namespaceSelector, topologyKey = '' } = term;
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  const named = isOwn ? [own] : [...namespaces].sort();
  return {
    topologyKey,
    namespaces: new Set(named),
    namespaceSelector: namespaceSelector && selectorOf(namespaceSelector),
    anyNamespace: namespaceSelector !== undefined && selectsEverything(namespaceSelector),
    selects: selectorOf(labelSelector),
    text: JSON.stringify([named, namespaceSelector, labelSelector]),
    pairs: pairsOf(labelSelector),
  };
}

/** Whether the term is about a Pod. */
export function isAbout(term: Term, { metadata }: Pod, view: View): boolean {
  const { namespace = '', labels } = metadata;
  if (!term.anyNamespace && !term.namespaces.has(namespace)) {
    if (term.namespaceSelector === undefined) return false;
    if (!term.namespaceSelector(view.get('Namespace', namespace)?.metadata.labels)) return false;
  }
  return term.selects(labels);
}

/**
 * Namespaces that a selector finds, once and for all, so that it can be told apart from what it finds
 * when they have other labels.
 */
export function resolved(term: Term, view: View): Term {
  const { namespaceSelector, anyNamespace } = term;
  if (namespaceSelector === undefined || anyNamespace) return term;
  const found = view
    .list('Namespace')
    .filter(({ metadata }) => namespaceSelector(metadata.labels))
    .map(({ metadata }) => metadata.name)
    .sort();
  const namespaces = new Set([...term.namespaces, ...found]);
  const text = `${term.text} ${JSON.stringify(found)}`;
  return { ...term, namespaces, namespaceSelector: undefined, text };
}

/** Why terms cannot be understood, in upstream's words. */
export function termErrors({ spec: { affinity } }: Pod): string | undefined {
  if (affinity === undefined) return undefined;
  const { podAffinity, podAntiAffinity } = affinity;
  const about = (name: string, terms: readonly PodAffinityTerm[]): readonly string[] =>
    joined(terms.flatMap(({ labelSelector }) => selectorErrors(labelSelector))).map(
      (error) => `${name}: ${error}`,
    );
  const weightless = (affinity: PodAffinity | undefined) =>
    preferred(affinity).map(({ podAffinityTerm }) => podAffinityTerm);
  const errors = [
    ...about('requiredAffinityTerms', required(podAffinity)),
    ...about('requiredAntiAffinityTerms', required(podAntiAffinity)),
    ...about('preferredAffinityTerms', weightless(podAffinity)),
    ...about('preferredAntiAffinityTerms', weightless(podAntiAffinity)),
  ];
  return joined(errors)[0];
}

/** Several errors read as one. */
const joined = (errors: readonly string[]): readonly string[] =>
  errors.length < 2 ? errors : [`[${errors.join(', ')}]`];

function selectorErrors({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string[] {
  const expressions = [
    ...Object.entries(matchLabels).map(([key, value]) => ({
      key,
      operator: 'In',
      values: [value],
    })),
    ...matchExpressions,
  ];
  return expressions.flatMap(({ key, operator, values = [] }) => [
    ...qualifiedNameErrors(key).map((why) => `key: Invalid value: ${JSON.stringify(key)}: ${why}`),
    ...(['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
      ? []
      : [`"${operator}" is not a valid label selector operator`]),
    ...values.flatMap((value, i) =>
      labelValueErrors(value).map(
        (why) => `values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${why}`,
      ),
    ),
  ]);
}
