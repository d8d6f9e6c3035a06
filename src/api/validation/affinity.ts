/** Validation of what nodes and neighbours a Pod wants (upstream's validateAffinity). */
import type {
  LabelSelector,
  LabelSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
} from '../pod/podspec.ts';
import { type Errors, forbidden, invalid, required } from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import { labelErrors, labelValueErrors, qualifiedNameErrors, subdomainErrors } from './names.ts';

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(errors: Errors, { affinity }: PodSpec, field: string): void {
  const node = affinity?.nodeAffinity;
  const at = `${field}.nodeAffinity`;
  if (node?.[hard] !== undefined) validateNodeSelector(errors, node[hard], `${at}.${hard}`);
  (node?.[soft] ?? []).forEach(({ weight, preference }, i) => {
    validateWeight(errors, weight, `${at}.${soft}[${i}]`);
    validateTerm(errors, preference ?? {}, `${at}.${soft}[${i}].preference`, false);
  });
  for (const side of ['podAffinity', 'podAntiAffinity'] as const) {
    const own = `${field}.${side}`;
    (affinity?.[side]?.[hard] ?? []).forEach((term, i) => {
      validatePodTerm(errors, term, `${own}.${hard}[${i}]`);
    });
    (affinity?.[side]?.[soft] ?? []).forEach(({ weight, podAffinityTerm }, i) => {
      validateWeight(errors, weight, `${own}.${soft}[${i}]`);
      const term = podAffinityTerm ?? ({} as PodAffinityTerm);
      validatePodTerm(errors, term, `${own}.${soft}[${i}].podAffinityTerm`);
    });
  }
}

function validateWeight(errors: Errors, weight = 0, at: string): void {
  if (weight >= 1 && weight <= 100) return;
  errors.push(invalid(`${at}.weight`, weight, 'must be in the range 1-100'));
}

/** Of a Pod or of a volume. */
export function validateNodeSelector(
  errors: Errors,
  { nodeSelectorTerms = [] }: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] },
  field: string,
): void {
  const at = `${field}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0) {
    errors.push(required(at, 'must have at least one node selector term'));
  }
  nodeSelectorTerms.forEach((term, i) => {
    validateTerm(errors, term, `${at}[${i}]`, true);
  });
}

/** @param strict values must be such as labels can have */
function validateTerm(
  errors: Errors,
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  at: string,
  strict: boolean,
): void {
  matchExpressions.forEach((requirement, i) => {
    validateRequirement(errors, requirement, `${at}.matchExpressions[${i}]`, strict);
  });
  matchFields.forEach((requirement, i) => {
    validateField(errors, requirement, `${at}.matchFields[${i}]`);
  });
}

const notAnOperator = 'not a valid selector operator';

function validateRequirement(
  errors: Errors,
  { key, operator, values = [] }: LabelSelectorRequirement,
  at: string,
  strict: boolean,
): void {
  const field = `${at}.values`;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(required(field, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(forbidden(field, why));
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      errors.push(
        required(field, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
      );
    }
  } else errors.push(invalid(`${at}.operator`, operator ?? '', notAnOperator));
  for (const error of qualifiedNameErrors(key)) errors.push(invalid(`${at}.key`, key ?? '', error));
  if (!strict) return;
  values.forEach((value, i) => {
    for (const error of labelValueErrors(value)) {
      errors.push(invalid(`${field}[${i}]`, value, error));
    }
  });
}

function validateField(
  errors: Errors,
  { key, operator, values = [] }: LabelSelectorRequirement,
  at: string,
): void {
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${at}.operator`, operator ?? '', notAnOperator));
  } else if (values.length !== 1) {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${at}.values`, why));
  }
  if (key !== 'metadata.name') {
    errors.push(invalid(`${at}.key`, key ?? '', 'not a valid field selector key'));
    return;
  }
  values.forEach((value, i) => {
    for (const error of subdomainErrors(value)) {
      errors.push(invalid(`${at}.values[${i}]`, value, error));
    }
  });
}

function validatePodTerm(errors: Errors, term: PodAffinityTerm, at: string): void {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey } = term;
  validateLabelSelector(errors, labelSelector, `${at}.labelSelector`);
  validateLabelSelector(errors, namespaceSelector, `${at}.namespaceSelector`);
  for (const name of namespaces) {
    for (const error of labelErrors(name)) errors.push(invalid(`${at}.namespace`, name, error));
  }
  validateKeys(errors, term, at);
  if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
  for (const error of qualifiedNameErrors(topologyKey ?? '')) {
    errors.push(invalid(`${at}.topologyKey`, topologyKey ?? '', error));
  }
}

/** By now the selector has what `matchLabelKeys` brings: what is there twice was there before. */
function validateKeys(errors: Errors, term: PodAffinityTerm, at: string): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  for (const [field, keys] of Object.entries({ matchLabelKeys, mismatchLabelKeys })) {
    validateLabelKeys(errors, keys, labelSelector, `${at}.${field}`);
  }
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const i = matchLabelKeys.lastIndexOf(key);
    if (i >= 0 && seen.has(key)) {
      errors.push(invalid(`${at}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    }
    seen.add(key);
  }
  matchLabelKeys.forEach((key, i) => {
    if (!mismatchLabelKeys.includes(key)) return;
    const why = 'exists in both matchLabelKeys and mismatchLabelKeys';
    errors.push(invalid(`${at}.matchLabelKeys[${i}]`, key, why));
  });
}

function validateLabelKeys(
  errors: Errors,
  keys: readonly string[],
  selector: LabelSelector | undefined,
  at: string,
): void {
  if (keys.length === 0) return;
  if (selector === undefined) {
    errors.push(forbidden(at, 'must not be specified when labelSelector is not set'));
    return;
  }
  keys.forEach((key, i) => {
    for (const error of qualifiedNameErrors(key)) errors.push(invalid(`${at}[${i}]`, key, error));
  });
}
