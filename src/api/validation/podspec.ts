/** Validation of Pod specs (api-06 §2). A spec that is valid is remembered by identity. */
import type { FieldError } from '../kind.ts';
import type { Container, LabelSelectorRequirement, PodSpec } from '../podspec.ts';
import { validateContainers } from './container.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { qualifiedNameErrors, subdomainErrors } from './names.ts';
import { validateDetails } from './poddetails.ts';
import { validatePodSecurity } from './podsecurity.ts';
import { validateVolumes } from './volumes.ts';

const valid = new WeakSet<PodSpec>();
const none: readonly FieldError[] = [];

export function validatePodSpec(spec: PodSpec, field: string): readonly FieldError[] {
  if (typeof spec !== 'object' || spec === null) return [required(`${field}.containers`)];
  if (valid.has(spec)) return none;
  const errors: Errors = [];
  const volumes = validateVolumes(errors, spec, `${field}.volumes`);
  const names = new Set<string>();
  const grace = spec.terminationGracePeriodSeconds;
  if (!Array.isArray(spec.containers) || spec.containers.length === 0) {
    errors.push(required(`${field}.containers`));
  } else {
    validateContainers(errors, spec.containers, `${field}.containers`, volumes, names, grace);
  }
  const init = spec.initContainers ?? [];
  validateContainers(errors, init, `${field}.initContainers`, volumes, names, grace);
  validateInit(errors, init, `${field}.initContainers`);
  if (spec.ephemeralContainers !== undefined && spec.ephemeralContainers.length > 0) {
    errors.push(forbidden(`${field}.ephemeralContainers`, 'cannot be set on create'));
  }
  oneOf(errors, spec.restartPolicy, `${field}.restartPolicy`, ['Always', 'OnFailure', 'Never']);
  oneOf(errors, spec.dnsPolicy, `${field}.dnsPolicy`, [
    'ClusterFirstWithHostNet',
    'ClusterFirst',
    'Default',
    'None',
  ]);
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    for (const error of qualifiedNameErrors(key)) {
      errors.push(invalid(`${field}.nodeSelector`, key, error));
    }
  }
  if (spec.nodeName !== undefined && spec.nodeName !== '') {
    for (const error of subdomainErrors(spec.nodeName)) {
      errors.push(invalid(`${field}.nodeName`, spec.nodeName, error));
    }
  }
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2_147_483_647)) {
    errors.push(
      invalid(
        `${field}.activeDeadlineSeconds`,
        deadline,
        'must be between 1 and 2147483647, inclusive',
      ),
    );
  }
  validateTolerations(errors, spec, `${field}.tolerations`);
  validateAffinity(errors, spec, `${field}.affinity`);
  validateWeights(errors, spec, `${field}.affinity`);
  validateSpread(errors, spec, `${field}.topologySpreadConstraints`);
  validateHostPorts(errors, spec, `${field}.containers`);
  validatePodSecurity(errors, spec, `${field}.securityContext`);
  validateDetails(errors, spec, field);
  if (errors.length === 0) valid.add(spec);
  return errors;
}

/** Only those that go on beside the others are probed. */
function validateInit(errors: Errors, containers: readonly Container[], field: string): void {
  const why = 'may not be set for init containers without restartPolicy=Always';
  containers.forEach((container, i) => {
    if (container.restartPolicy === 'Always') return;
    for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (container[name] !== undefined) errors.push(forbidden(`${field}[${i}].${name}`, why));
    }
  });
}

function oneOf(
  errors: Errors,
  value: string | undefined,
  field: string,
  supported: readonly string[],
): void {
  if (value === undefined || supported.includes(value)) return;
  errors.push(unsupported(field, value, supported));
}

function validateTolerations(errors: Errors, { tolerations = [] }: PodSpec, field: string): void {
  tolerations.forEach(({ key, operator, value, effect, tolerationSeconds }, i) => {
    const at = `${field}[${i}]`;
    if (key) {
      for (const error of qualifiedNameErrors(key)) errors.push(invalid(`${at}.key`, key, error));
    } else if (operator !== 'Exists') {
      errors.push(
        invalid(
          `${at}.operator`,
          operator ?? '',
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(
        invalid(
          `${at}.effect`,
          effect ?? '',
          "effect must be 'NoExecute' when `tolerationSeconds` is set",
        ),
      );
    }
    const known = ['Equal', 'Exists'];
    if (operator !== undefined && operator !== '' && !known.includes(operator)) {
      errors.push(unsupported(`${at}.operator`, operator, known));
    }
    if (operator === 'Exists' && value !== undefined && value !== '') {
      errors.push(
        invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"),
      );
    }
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
    if (effect !== undefined && effect !== '' && !effects.includes(effect)) {
      errors.push(unsupported(`${at}.effect`, effect, effects));
    }
  });
}

const sides = ['nodeAffinity', 'podAffinity', 'podAntiAffinity'] as const;

function validateWeights(errors: Errors, { affinity }: PodSpec, field: string): void {
  for (const side of sides) {
    const list = 'preferredDuringSchedulingIgnoredDuringExecution';
    (affinity?.[side]?.[list] ?? []).forEach(({ weight = 0 }, i) => {
      if (weight >= 1 && weight <= 100) return;
      const at = `${field}.${side}.${list}[${i}].weight`;
      errors.push(invalid(at, weight, 'must be in the range 1-100'));
    });
  }
}

function validateRequirement(
  errors: Errors,
  { key, operator, values = [] }: LabelSelectorRequirement,
  at: string,
): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) break;
      errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) break;
      errors.push(
        forbidden(
          `${at}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
      );
      break;
    case 'Gt':
    case 'Lt':
      if (values.length === 1) break;
      errors.push(
        required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
      );
      break;
    default:
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  }
  for (const error of qualifiedNameErrors(key)) errors.push(invalid(`${at}.key`, key ?? '', error));
}

function validateAffinity(errors: Errors, { affinity }: PodSpec, field: string): void {
  const required_ = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const at = `${field}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`;
  if (required_ !== undefined && (required_.nodeSelectorTerms ?? []).length === 0) {
    errors.push(required(`${at}.nodeSelectorTerms`, 'must have at least one node selector term'));
  }
  (required_?.nodeSelectorTerms ?? []).forEach(({ matchExpressions = [] }, i) => {
    matchExpressions.forEach((requirement, j) => {
      validateRequirement(
        errors,
        requirement,
        `${at}.nodeSelectorTerms[${i}].matchExpressions[${j}]`,
      );
    });
  });
  for (const side of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = affinity?.[side]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    terms.forEach(({ topologyKey }, i) => {
      const key = `${field}.${side}.requiredDuringSchedulingIgnoredDuringExecution[${i}].topologyKey`;
      if (!topologyKey) errors.push(required(key, 'can not be empty'));
      for (const error of qualifiedNameErrors(topologyKey ?? '')) {
        errors.push(invalid(key, topologyKey ?? '', error));
      }
    });
  }
}

function validateSpread(
  errors: Errors,
  { topologySpreadConstraints = [] }: PodSpec,
  field: string,
): void {
  const pairs = new Set<string>();
  topologySpreadConstraints.forEach((constraint, i) => {
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    const at = `${field}[${i}]`;
    if (!(maxSkew > 0))
      errors.push(invalid(`${at}.maxSkew`, maxSkew ?? 0, 'must be greater than zero'));
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    oneOf(errors, whenUnsatisfiable ?? '', `${at}.whenUnsatisfiable`, [
      'DoNotSchedule',
      'ScheduleAnyway',
    ]);
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (pairs.has(pair)) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    pairs.add(pair);
    if (minDomains === undefined) return;
    if (minDomains <= 0) {
      errors.push(invalid(`${at}.minDomains`, minDomains, 'must be greater than zero'));
    }
    if (whenUnsatisfiable !== 'DoNotSchedule') {
      const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(invalid(`${at}.minDomains`, minDomains, why));
    }
  });
}

function validateHostPorts(errors: Errors, spec: PodSpec, field: string): void {
  if (spec.hostNetwork !== true || spec.containers === undefined) return;
  spec.containers.forEach(({ ports = [] }, i) => {
    ports.forEach(({ hostPort, containerPort }, j) => {
      if (hostPort === undefined || hostPort === 0 || hostPort === containerPort) return;
      const at = `${field}[${i}].ports[${j}].hostPort`;
      errors.push(invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    });
  });
}
