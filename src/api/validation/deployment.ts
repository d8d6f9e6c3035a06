/** Validation of Deployments. */
import type { Deployment, DeploymentStrategy, IntOrString } from '../deployment.ts';
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import {
  type Errors,
  forbidden,
  invalid,
  invalidRaw,
  nonNegative,
  unsupportedRaw,
} from './errors.ts';
import { validateCount } from './intstr.ts';
import { selectorText, validateSelector, validateTemplate } from './workload.ts';

export function validateDeployment({ spec }: Deployment): readonly FieldError[] {
  const errors: Errors = [];
  nonNegative(errors, 'spec.replicas', spec.replicas);
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  const readable = validateSelector(errors, spec.selector, 'deployment');
  if (readable) validateTemplate(errors, spec.template, spec.selector);
  validateStrategy(errors, spec.strategy);
  nonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  const deadline = spec.progressDeadlineSeconds;
  nonNegative(errors, 'spec.progressDeadlineSeconds', deadline);
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    const detail = 'must be greater than minReadySeconds';
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, detail));
  }
  return errors;
}

export function validateDeploymentUpdate(
  next: Deployment,
  current: Deployment,
): readonly FieldError[] {
  const errors = [...validateDeployment(next)];
  if (!semanticDeepEqual(next.spec.selector, current.spec.selector)) {
    const shown = selectorText(next.spec.selector ?? {});
    errors.push(invalidRaw('spec.selector', shown, 'field is immutable'));
  }
  return errors;
}

function validateStrategy(errors: Errors, { type, rollingUpdate }: DeploymentStrategy): void {
  const field = 'spec.strategy';
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) {
      const detail = "may not be specified when strategy `type` is 'Recreate'";
      errors.push(forbidden(`${field}.rollingUpdate`, detail));
    }
    return;
  }
  if (type !== 'RollingUpdate') {
    errors.push(unsupportedRaw(field, typeText(type), ['Recreate', 'RollingUpdate']));
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
  const at = `${field}.rollingUpdate`;
  validateCount(errors, maxUnavailable, `${at}.maxUnavailable`);
  validateCount(errors, maxSurge, `${at}.maxSurge`);
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    const detail = 'may not be 0 when `maxSurge` is 0';
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, detail));
  }
  const percent = /^(\d+)%$/.exec(String(maxUnavailable))?.[1];
  if (percent !== undefined && Number(percent) > 100) {
    const detail = 'must not be greater than 100%';
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable, detail));
  }
}

const isZero = (value: IntOrString): boolean => value === 0 || /^0+%$/.test(String(value));

/** The internal type is shown, whose fields are named as in Go. */
const typeText = (type = ''): string => `{"Type":${JSON.stringify(type)},"RollingUpdate":null}`;
