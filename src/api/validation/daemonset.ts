/** Validation of DaemonSets (api-06 §2). */
import type { DaemonSet, DaemonSetStatus } from '../daemonset.ts';
import type { IntOrString } from '../deployment.ts';
import { semanticDeepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { selectsEverything } from '../selectors/selectors.ts';
import {
  type Errors,
  invalid,
  invalidRaw,
  nonNegative,
  required,
  shown,
  unsupportedRaw,
} from './errors.ts';
import { validateCount } from './intstr.ts';
import { validateLabelSelector } from './labelselector.ts';
import { selectorText, validateTemplate } from './workload.ts';

type Spec = DaemonSet['spec'];

export function validateDaemonSet({ spec }: DaemonSet): readonly FieldError[] {
  const errors: Errors = [];
  const { selector, template } = spec;
  const readable =
    selector === undefined || validateLabelSelector(errors, selector, 'spec.selector');
  if (selector !== undefined && selectsEverything(selector)) {
    const text = selectorText(selector);
    errors.push(invalidRaw('spec.selector', text, 'empty selector is invalid for daemonset'));
  }
  if (readable) validateTemplate(errors, template, selector, 'DaemonSet');
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateStrategy(errors, spec.updateStrategy);
  nonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  return errors;
}

const field = 'spec.updateStrategy';

function validateStrategy(errors: Errors, { type, rollingUpdate }: Spec['updateStrategy']): void {
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    const text = `{"Type":${shown(type)},"RollingUpdate":null}`;
    errors.push(unsupportedRaw(field, text, ['RollingUpdate', 'OnDelete']));
    return;
  }
  const at = `${field}.rollingUpdate`;
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
  const counts = { maxUnavailable, maxSurge };
  for (const [name, value] of Object.entries(counts)) validateCount(errors, value, `${at}.${name}`);
  for (const [name, value] of Object.entries(counts)) {
    if (percentOf(value) <= 100) continue;
    errors.push(invalid(`${at}.${name}`, value, 'must not be greater than 100%'));
  }
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    const detail = 'may not be set when maxUnavailable is non-zero';
    errors.push(invalid(`${at}.maxSurge`, maxSurge, detail));
  } else if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  }
}

const percentOf = (value: IntOrString): number => Number(/^(\d+)%$/.exec(String(value))?.[1] ?? 0);

const isZero = (value: IntOrString): boolean => value === 0 || /^0+%$/.test(String(value));

/** Upstream looks at the spec twice, and tells all that is wrong with it twice. */
export function validateDaemonSetUpdate(
  next: DaemonSet,
  current: DaemonSet,
): readonly FieldError[] {
  const wrong = validateDaemonSet(next);
  const errors = [...wrong, ...wrong];
  if (!semanticDeepEqual(next.spec.selector, current.spec.selector)) {
    const text = selectorText(next.spec.selector ?? {});
    errors.push(invalidRaw('spec.selector', text, 'field is immutable'));
  }
  return errors;
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const satisfies readonly (keyof DaemonSetStatus)[];

export function validateDaemonSetStatus(
  next: DaemonSetStatus,
  current: DaemonSetStatus,
): readonly FieldError[] {
  const errors: Errors = [];
  for (const name of counts) nonNegative(errors, `status.${name}`, next[name]);
  const before = current.collisionCount;
  if (before !== undefined && (next.collisionCount ?? -1) < before) {
    const count = next.collisionCount ?? 0;
    errors.push(invalid('status.collisionCount', count, 'cannot be decremented'));
  }
  return errors;
}
