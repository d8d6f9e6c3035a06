/** Validation of a Job's podFailurePolicy and successPolicy (api-06 §2). */
import type { JobSpec, PodFailurePolicyRule, SuccessPolicyRule } from '../job/job.ts';
import {
  duplicate,
  type Errors,
  invalid,
  invalidRaw,
  nonNegative,
  required,
  tooMany,
  unsupported,
} from './errors.ts';
import { indexesIn } from './indexes.ts';
import { qualifiedNameErrors } from './names.ts';

const rulesMax = 20;
const valuesMax = 255;
const patternsMax = 20;
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

/** Choices as Go prints a list of strings. */
const validValues = (values: readonly string[]): string =>
  `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`;

export function validatePodFailurePolicy(errors: Errors, spec: JobSpec, field: string): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  if (rules.length > rulesMax) errors.push(tooMany(`${field}.rules`, rules.length, rulesMax));
  rules.forEach((rule, i) => {
    validateRule(errors, spec, rule, `${field}.rules[${i}]`);
  });
}

function validateRule(
  errors: Errors,
  spec: JobSpec,
  rule: PodFailurePolicyRule,
  field: string,
): void {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const at = `${field}.action`;
  if (!action) errors.push(required(at, validValues(actions)));
  else if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(invalid(at, action, 'requires the backoffLimitPerIndex to be set'));
    }
  } else if (!actions.includes(action)) errors.push(unsupported(at, action, actions));
  if (onExitCodes !== undefined) {
    validateExitCodes(errors, spec, onExitCodes, `${field}.onExitCodes`);
  }
  if (onPodConditions.length > 0) {
    validateConditions(errors, onPodConditions, `${field}.onPodConditions`);
  }
  const both = onExitCodes !== undefined && onPodConditions.length > 0;
  const neither = onExitCodes === undefined && onPodConditions.length === 0;
  if (both) {
    errors.push(bare(field, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  }
  if (neither) {
    errors.push(bare(field, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
}

/** An invalid value that is not shown. */
export const bare = (field: string, detail: string) => ({
  ...invalidRaw(field, '', detail),
  message: `Invalid value: ${detail}`,
});

function validateExitCodes(
  errors: Errors,
  { template }: JobSpec,
  { operator, containerName, values = [] }: NonNullable<PodFailurePolicyRule['onExitCodes']>,
  field: string,
): void {
  if (!operator) errors.push(required(`${field}.operator`, validValues(operators)));
  else if (!operators.includes(operator)) {
    errors.push(unsupported(`${field}.operator`, operator, operators));
  }
  const { containers = [], initContainers = [] } = template?.spec ?? {};
  const names = [...containers, ...initContainers].map(({ name }) => name);
  if (containerName !== undefined && !names.includes(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(`${field}.containerName`, containerName, detail));
  }
  const at = `${field}.values`;
  if (values.length === 0) errors.push(invalid(at, values, 'at least one value is required'));
  else if (values.length > valuesMax) errors.push(tooMany(at, values.length, valuesMax));
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) {
      errors.push(invalid(`${at}[${i}]`, value, 'must not be 0 for the In operator'));
    }
    if (values.indexOf(value) < i) errors.push(duplicate(`${at}[${i}]`, value));
  });
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) {
    errors.push(invalid(at, values, 'must be ordered'));
  }
}

function validateConditions(
  errors: Errors,
  patterns: NonNullable<PodFailurePolicyRule['onPodConditions']>,
  field: string,
): void {
  if (patterns.length > patternsMax) errors.push(tooMany(field, patterns.length, patternsMax));
  patterns.forEach(({ type, status }, i) => {
    for (const error of qualifiedNameErrors(type)) {
      errors.push(invalid(`${field}[${i}].type`, type, error));
    }
    const at = `${field}[${i}].status`;
    if (!status) errors.push(required(at, validValues(statuses)));
    else if (!statuses.includes(status)) errors.push(unsupported(at, status, statuses));
  });
}

export function validateSuccessPolicy(errors: Errors, spec: JobSpec, field: string): void {
  const rules = spec.successPolicy?.rules ?? [];
  const at = `${field}.rules`;
  if (rules.length === 0) {
    const detail = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(required(at, detail));
  }
  if (rules.length > rulesMax) errors.push(tooMany(at, rules.length, rulesMax));
  const { completions = 0 } = spec;
  rules.forEach((rule, i) => {
    validateSuccessRule(errors, rule, completions, `${at}[${i}]`);
  });
}

function validateSuccessRule(
  errors: Errors,
  { succeededCount, succeededIndexes }: SuccessPolicyRule,
  completions: number,
  field: string,
): void {
  if (succeededCount === undefined && succeededIndexes === undefined) {
    const detail = 'at least one of succeededCount or succeededIndexes must be specified';
    errors.push(required(field, detail));
  }
  const parsed = succeededIndexes === undefined ? 0 : indexesIn(succeededIndexes, completions);
  if (typeof parsed === 'object') {
    const detail = `error parsing succeededIndexes: ${parsed.error}`;
    errors.push(invalid(`${field}.succeededIndexes`, succeededIndexes, detail));
  }
  if (succeededCount === undefined) return;
  const at = `${field}.succeededCount`;
  nonNegative(errors, at, succeededCount);
  const atMost = (max: number, what: string) => {
    if (succeededCount <= max) return;
    const detail = `must be less than or equal to ${max} (the number of ${what})`;
    errors.push(invalid(at, succeededCount, detail));
  };
  atMost(completions, 'specified completions');
  if (succeededIndexes === undefined) return;
  const total = typeof parsed === 'number' ? parsed : 0;
  atMost(total, 'indexes in the specified succeededIndexes field');
}
