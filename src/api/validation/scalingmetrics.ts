/** What may be said of the metrics that a workload is scaled by (api-06 §2). */
import type {
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
  ObjectReference,
} from '../horizontalpodautoscaler.ts';
import { parseQuantity } from '../quantity.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { labelErrors, pathSegmentErrors } from './names.ts';

export function validateReference(
  errors: Errors,
  reference: Partial<ObjectReference> | undefined,
  field: string,
  needsGroup: boolean,
): void {
  for (const part of ['kind', 'name'] as const) {
    const value = reference?.[part];
    if (!value) errors.push(required(`${field}.${part}`));
    else {
      for (const error of pathSegmentErrors(value)) {
        errors.push(invalid(`${field}.${part}`, value, error));
      }
    }
  }
  const apiVersion = reference?.apiVersion ?? '';
  if (apiVersion.split('/').length > 2) {
    const detail = `unexpected GroupVersion string: ${apiVersion}`;
    errors.push(invalid(`${field}.apiVersion`, apiVersion, detail));
  } else if (needsGroup && !hasGroup(apiVersion)) {
    const detail = 'apiVersion must specify API group';
    errors.push(invalid(`${field}.apiVersion`, apiVersion, detail));
  }
}

export const hasGroup = (apiVersion = ''): boolean =>
  /^[^/]/.test(apiVersion) && apiVersion.includes('/');

/** The part of a metric that each type asks for; in the order in which they are looked at. */
const partOf = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
} as const satisfies Record<MetricSpec['type'], keyof MetricSpec>;

const types = Object.keys(partOf).sort();

export function validateMetrics(
  errors: Errors,
  metrics: readonly MetricSpec[],
  field: string,
): void {
  metrics.forEach((metric, i) => {
    validateMetric(errors, metric, `${field}[${i}]`);
  });
}

function validateMetric(errors: Errors, metric: MetricSpec, field: string): void {
  const { type } = metric;
  if (!type) errors.push(required(`${field}.type`, 'must specify a metric source type'));
  // Upstream looks at it twice, and so tells it twice.
  const unknown = types.includes(type) ? [] : [unsupported(`${field}.type`, type ?? '', types)];
  errors.push(...unknown);
  const present = Object.values(partOf).filter((part) => metric[part] !== undefined);
  const [first] = present;
  if (first !== undefined) validatePart(errors, metric, first, `${field}.${first}`);
  const wanted = partOf[type];
  if (wanted !== undefined && metric[wanted] === undefined) {
    const detail = 'must populate information for the given metric source';
    errors.push(required(`${field}.${wanted}`, detail));
  }
  errors.push(...unknown);
  if (present.length === 1) return;
  for (const part of present) {
    if (part === wanted) continue;
    errors.push(forbidden(`${field}.${part}`, 'must populate the given metric source only'));
  }
}

type Part = (typeof partOf)[MetricSpec['type']];

function validatePart(errors: Errors, metric: MetricSpec, part: Part, field: string): void {
  const { target = {} as MetricTarget } = metric[part]!;
  const { averageValue, averageUtilization, value } = target;
  switch (part) {
    case 'object':
      validateReference(errors, metric.object!.describedObject, `${field}.describedObject`, false);
      validateIdentifier(errors, metric.object!.metric, `${field}.metric`);
      validateTarget(errors, target, `${field}.target`);
      if (value === undefined && averageValue === undefined) {
        const detail = 'must set either a target value or averageValue';
        errors.push(required(`${field}.target.averageValue`, detail));
      }
      return;
    case 'external':
      validateIdentifier(errors, metric.external!.metric, `${field}.metric`);
      validateTarget(errors, target, `${field}.target`);
      if (value === undefined && averageValue === undefined) {
        const detail = 'must set either a target value for metric or a per-pod target';
        errors.push(required(`${field}.target.averageValue`, detail));
      }
      if (value !== undefined && averageValue !== undefined) {
        const detail = 'may not set both a target value for metric and a per-pod target';
        errors.push(forbidden(`${field}.target.value`, detail));
      }
      return;
    case 'pods':
      validateIdentifier(errors, metric.pods!.metric, `${field}.metric`);
      validateTarget(errors, target, `${field}.target`);
      if (averageValue === undefined) {
        const detail = 'must specify a positive target averageValue';
        errors.push(required(`${field}.target.averageValue`, detail));
      }
      return;
    default: {
      if (!metric[part]!.name) {
        errors.push(required(`${field}.name`, 'must specify a resource name'));
      }
      if (part === 'containerResource') {
        validateContainer(errors, metric.containerResource!.container, `${field}.container`);
      }
      validateTarget(errors, target, `${field}.target`);
      if (averageUtilization === undefined && averageValue === undefined) {
        const detail = 'must set either a target raw value or a target utilization';
        errors.push(required(`${field}.target.averageUtilization`, detail));
      }
      if (averageUtilization !== undefined && averageValue !== undefined) {
        const detail = 'may not set both a target raw value and a target utilization';
        errors.push(forbidden(`${field}.target.averageValue`, detail));
      }
    }
  }
}

function validateContainer(errors: Errors, name: string | undefined, field: string): void {
  if (!name) errors.push(required(field, 'must specify a container'));
  else for (const error of labelErrors(name)) errors.push(invalid(field, name, error));
}

function validateIdentifier(
  errors: Errors,
  metric: MetricIdentifier | undefined,
  field: string,
): void {
  if (!metric?.name) errors.push(required(`${field}.name`, 'must specify a metric name'));
  else {
    for (const error of pathSegmentErrors(metric.name)) {
      errors.push(invalid(`${field}.name`, metric.name, error));
    }
  }
}

function validateTarget(errors: Errors, target: MetricTarget, field: string): void {
  const { type, value, averageValue, averageUtilization } = target;
  if (!type) errors.push(required(`${field}.type`, 'must specify a metric target type'));
  if (type !== 'Utilization' && type !== 'Value' && type !== 'AverageValue') {
    const detail = 'must be either Utilization, Value, or AverageValue';
    errors.push(invalid(`${field}.type`, type ?? '', detail));
  }
  for (const [name, amount] of [
    ['value', value],
    ['averageValue', averageValue],
  ] as const) {
    if (amount !== undefined && !isPositive(amount)) {
      errors.push(invalid(`${field}.${name}`, amount, 'must be positive'));
    }
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(
      invalid(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0'),
    );
  }
}

const isPositive = (amount: string): boolean => (parseQuantity(amount)?.nanos ?? 0n) > 0n;
