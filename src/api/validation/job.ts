/** Validation of Jobs, and of the Jobs inside CronJobs (api-06 §2). */
import { semanticDeepEqual } from '../equal.ts';
import type { Job, JobSpec } from '../job/job.ts';
import {
  controllerUidLabel,
  generatedLabels,
  jobNameLabel,
  legacyControllerUidLabel,
  legacyJobNameLabel,
} from '../job/jobselector.ts';
import type { FieldError } from '../kind.ts';
import type { Container, PodTemplateSpec } from '../pod/podspec.ts';
import { selectorOf } from '../selectors/selectors.ts';
import {
  type Errors,
  invalid,
  invalidRaw,
  nonNegative,
  required,
  tooLong,
  unsupported,
} from './errors.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './jobpolicies.ts';
import { validateLabelSelector } from './labelselector.ts';
import { labelErrors, qualifiedNameErrors } from './names.ts';
import { validateTemplateSpec } from './podtemplate.ts';
import { selectorText } from './workload.ts';

const indexesMax = 100_000;
const atManyIndexesMax = 10_000;
const managedByMax = 63;

export function validateJob({ metadata, spec }: Job): readonly FieldError[] {
  const errors: Errors = [];
  validateGenerated(errors, { metadata, spec } as Job);
  validateSelected(errors, spec);
  const { completions } = spec;
  if (spec.completionMode === 'Indexed' && completions !== undefined && completions > 0) {
    const hostname = `${metadata.name}-${completions - 1}`;
    if (labelErrors(hostname).length > 0) {
      const detail = `will not able to create pod with invalid DNS label: ${hostname}`;
      errors.push(invalid('metadata.name', metadata.name, detail));
    }
  }
  return errors;
}

/** What was generated must be what would be generated. */
function validateGenerated(errors: Errors, { metadata, spec }: Job): void {
  if (spec.manualSelector === true || spec.selector === undefined) return;
  const expected = generatedLabels(metadata.name, metadata.uid);
  const labels = spec.template?.metadata?.labels ?? {};
  for (const label of [
    legacyControllerUidLabel,
    legacyJobNameLabel,
    controllerUidLabel,
    jobNameLabel,
  ]) {
    if (labels[label] === expected[label]) continue;
    const at = `spec.template.metadata.labels[${label}]`;
    if (labels[label] === undefined) errors.push(required(at, `must be '${expected[label]}'`));
    else errors.push(invalid(at, labels, `must be '${expected[label]}'`));
  }
  if (selectorOf(spec.selector)(expected)) return;
  errors.push(
    invalidRaw('spec.selector', selectorText(spec.selector), '`selector` not auto-generated'),
  );
}

function validateSelected(errors: Errors, spec: JobSpec): void {
  validateJobSpec(errors, spec, 'spec');
  const { selector, template } = spec;
  let isRead = true;
  if (selector === undefined) errors.push(required('spec.selector'));
  else isRead = validateLabelSelector(errors, selector, 'spec.selector');
  const labels = template?.metadata?.labels;
  if (isRead && (selector === undefined || !selectorOf(selector)(labels))) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid('spec.template.metadata.labels', labels, detail));
  }
}

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const satisfies readonly (keyof JobSpec)[];

export function validateJobSpec(errors: Errors, spec: JobSpec, field: string): void {
  for (const name of counts) nonNegative(errors, `${field}.${name}`, spec[name]);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    const detail = 'when maxFailedIndexes is specified';
    errors.push(required(`${field}.backoffLimitPerIndex`, detail));
  }
  validateManagedBy(errors, spec.managedBy, `${field}.managedBy`);
  const { completionMode } = spec;
  if (completionMode === 'Indexed') validateIndexed(errors, spec, field);
  else if (completionMode === undefined || completionMode === 'NonIndexed') {
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      if (spec[name] === undefined) continue;
      errors.push(invalid(`${field}.${name}`, spec[name], 'requires indexed completion mode'));
    }
  } else {
    const modes = ['NonIndexed', 'Indexed'];
    errors.push(unsupported(`${field}.completionMode`, completionMode, modes));
  }
  if (spec.podFailurePolicy !== undefined) {
    validatePodFailurePolicy(errors, spec, `${field}.podFailurePolicy`);
  }
  if (spec.successPolicy !== undefined) {
    const at = `${field}.successPolicy`;
    if (completionMode === 'Indexed') validateSuccessPolicy(errors, spec, at);
    else errors.push(invalid(at, spec.successPolicy, 'requires indexed completion mode'));
  }
  validateReplacement(errors, spec, `${field}.podReplacementPolicy`);
  validateTemplateSpec(errors, spec.template, `${field}.template`);
  validateRestartPolicy(errors, spec, `${field}.template.spec.restartPolicy`);
}

function validateManagedBy(errors: Errors, managedBy: string | undefined, field: string): void {
  if (managedBy === undefined) return;
  if (managedBy === '') errors.push(required(field));
  else if (!managedBy.includes('/')) {
    const detail = 'must be a domain-prefixed path (such as "acme.io/foo")';
    errors.push(invalid(field, managedBy, detail));
  } else {
    for (const error of qualifiedNameErrors(managedBy)) {
      errors.push(invalid(field, managedBy, error));
    }
  }
  if (managedBy.length > managedByMax) errors.push(tooLong(field, managedByMax));
}

function validateIndexed(errors: Errors, spec: JobSpec, field: string): void {
  const { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec;
  if (completions === undefined) {
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'));
  }
  if (parallelism > indexesMax) {
    const detail = `must be less than or equal to ${indexesMax} when completion mode is Indexed`;
    errors.push(invalid(`${field}.parallelism`, parallelism, detail));
  }
  const at = `${field}.maxFailedIndexes`;
  const failed = maxFailedIndexes ?? 0;
  if (completions !== undefined && failed > completions) {
    errors.push(invalid(at, failed, 'must be less than or equal to completions'));
  }
  if (failed > indexesMax) {
    errors.push(invalid(at, failed, `must be less than or equal to ${indexesMax}`));
  }
  if ((completions ?? 0) <= indexesMax || backoffLimitPerIndex === undefined) return;
  if (maxFailedIndexes === undefined) {
    errors.push(required(at, `must be specified when completions is above ${indexesMax}`));
  }
  const detail = `must be less than or equal to ${atManyIndexesMax} when completions are above ${indexesMax} and used with backoff limit per index`;
  if (parallelism > atManyIndexesMax) {
    errors.push(invalid(`${field}.parallelism`, parallelism, detail));
  }
  if (failed > atManyIndexesMax) errors.push(invalid(at, failed, detail));
}

function validateReplacement(errors: Errors, spec: JobSpec, field: string): void {
  const { podReplacementPolicy: policy, podFailurePolicy } = spec;
  const supported = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (policy === undefined || supported.includes(policy)) return;
  errors.push(unsupported(field, policy, supported));
}

function validateRestartPolicy(errors: Errors, spec: JobSpec, field: string): void {
  const policy = spec.template?.spec?.restartPolicy;
  if (policy === undefined || policy === 'Always') {
    errors.push(required(field, 'valid values: "OnFailure", "Never"'));
  } else if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(unsupported(field, policy, ['OnFailure', 'Never']));
  } else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    const detail = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(invalid(field, policy, detail));
  }
}

export function validateJobUpdate(next: Job, current: Job): readonly FieldError[] {
  const errors: Errors = [];
  validateSelected(errors, next.spec);
  const fixed = (name: keyof JobSpec, value: unknown, before: unknown) => {
    if (semanticDeepEqual(value, before)) return;
    errors.push(invalid(`spec.${name}`, value, 'field is immutable'));
  };
  const [spec, old] = [next.spec, current.spec];
  if (spec.completionMode !== 'Indexed') fixed('completions', spec.completions, old.completions);
  else if (spec.completions !== undefined && spec.completions !== old.completions) {
    if (spec.completions !== spec.parallelism) {
      const detail = 'can only be modified in tandem with spec.parallelism';
      errors.push(invalid('spec.completions', spec.completions, detail));
    }
  }
  fixed('selector', spec.selector, old.selector);
  fixed('template', spec.template, templateFor(next, current));
  fixed('completionMode', spec.completionMode, old.completionMode);
  fixed('podFailurePolicy', spec.podFailurePolicy, old.podFailurePolicy);
  fixed('backoffLimitPerIndex', spec.backoffLimitPerIndex, old.backoffLimitPerIndex);
  fixed('managedBy', spec.managedBy, old.managedBy);
  fixed('successPolicy', spec.successPolicy, old.successPolicy);
  return errors;
}

/** The old template, with what may change while the Job is suspended and none of its Pods runs. */
function templateFor({ spec }: Job, current: Job): PodTemplateSpec {
  const { suspend, template: given } = current.spec;
  const { active = 0, startTime } = current.status ?? {};
  if (suspend !== true || active > 0 || spec.template?.spec === undefined) return given;
  const { template } = spec;
  const old = withResources(given, template);
  if (startTime !== undefined) return old;
  const scheduling = ['nodeSelector', 'tolerations', 'schedulingGates'] as const;
  return {
    ...old,
    metadata: taking(old.metadata ?? {}, template.metadata ?? {}, ['labels', 'annotations']),
    spec: {
      ...taking(old.spec, template.spec, scheduling),
      affinity: taking(old.spec.affinity ?? {}, template.spec.affinity ?? {}, ['nodeAffinity']),
    },
  };
}

/** Containers ask for what those of `next` ask for. */
function withResources(old: PodTemplateSpec, next: PodTemplateSpec): PodTemplateSpec {
  const sized = (of: readonly Container[] = [], by: readonly Container[] = []) =>
    of.map((container, i) => {
      const { requests, limits } = by[i]?.resources ?? {};
      const { requests: _r, limits: _l, ...rest } = container.resources ?? {};
      const asked = { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) };
      return { ...container, resources: { ...rest, ...asked } };
    });
  const { containers, initContainers } = old.spec;
  return {
    ...old,
    spec: {
      ...old.spec,
      containers: sized(containers, next.spec.containers),
      ...(initContainers === undefined
        ? {}
        : { initContainers: sized(initContainers, next.spec.initContainers) }),
    },
  };
}

/** `old` with some fields of `next`, those that are absent included. */
function taking<T extends object>(old: T, next: T, names: readonly (keyof T)[]): T {
  const result = { ...old };
  for (const name of names) {
    if (next[name] === undefined) delete result[name];
    else result[name] = next[name];
  }
  return result;
}
