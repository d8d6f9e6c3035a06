/**
 * `matchLabelKeys` and `mismatchLabelKeys`: a new Pod's own labels become part of the selectors of
 * its affinity terms and spread constraints (pkg/registry/core/pod/strategy.go).
 */
import type { Labels } from '../meta.ts';
import type {
  LabelSelectorRequirement,
  PodAffinity,
  PodAffinityTerm,
  PodSpec,
  TopologySpreadConstraint,
} from './podspec.ts';

type Keyed = PodAffinityTerm | TopologySpreadConstraint;

export function withMatchLabelKeys(spec: PodSpec, labels: Labels = {}): PodSpec {
  const { affinity, topologySpreadConstraints: spread } = spec;
  if (affinity === undefined && spread === undefined) return spec;
  const { podAffinity, podAntiAffinity } = affinity ?? {};
  const keyed = [...(spread ?? []), ...termsOf(podAffinity), ...termsOf(podAntiAffinity)];
  if (keyed.every((one) => withKeys(one, labels) === one)) return spec;
  const changed = {
    ...affinity,
    ...(podAffinity === undefined ? {} : { podAffinity: affinityOf(podAffinity, labels) }),
    ...(podAntiAffinity === undefined
      ? {}
      : { podAntiAffinity: affinityOf(podAntiAffinity, labels) }),
  };
  return {
    ...spec,
    ...(affinity === undefined ? {} : { affinity: changed }),
    ...(spread === undefined
      ? {}
      : { topologySpreadConstraints: spread.map((one) => withKeys(one, labels)) }),
  };
}

/** What a term that was left out is to Go. */
const noTerm = {} as PodAffinityTerm;

const termsOf = (affinity: PodAffinity = {}): readonly PodAffinityTerm[] => [
  ...(affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []),
  ...(affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
    ({ podAffinityTerm = noTerm }) => podAffinityTerm,
  ),
];

function affinityOf(affinity: PodAffinity, labels: Labels): PodAffinity {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution?.map((term) =>
    withKeys(term, labels),
  );
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution?.map((one) => ({
    ...one,
    podAffinityTerm: withKeys(one.podAffinityTerm ?? noTerm, labels),
  }));
  return {
    ...(required === undefined ? {} : { requiredDuringSchedulingIgnoredDuringExecution: required }),
    ...(preferred === undefined
      ? {}
      : { preferredDuringSchedulingIgnoredDuringExecution: preferred }),
  };
}

/** A selector that is not there matches nothing, with or without keys. */
function withKeys<T extends Keyed>(one: T, labels: Labels): T {
  const { labelSelector, matchLabelKeys = [] } = one;
  const { mismatchLabelKeys = [] } = one as PodAffinityTerm;
  const added = [
    ...having(matchLabelKeys, 'In', labels),
    ...having(mismatchLabelKeys, 'NotIn', labels),
  ];
  if (labelSelector === undefined || added.length === 0) return one;
  const { matchExpressions = [] } = labelSelector;
  const selector = { ...labelSelector, matchExpressions: [...matchExpressions, ...added] };
  return { ...one, labelSelector: selector };
}

const having = (
  keys: readonly string[],
  operator: string,
  labels: Labels,
): readonly LabelSelectorRequirement[] =>
  keys
    .filter((key) => Object.hasOwn(labels, key))
    .map((key) => ({ key, operator, values: [labels[key]!] }));
