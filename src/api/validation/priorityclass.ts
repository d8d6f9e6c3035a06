/** Validation of PriorityClasses (api-06 §2, §3). */
import type { FieldError } from '../kind.ts';
import { type PriorityClass, systemClasses } from '../priorityclass.ts';
import { type Errors, forbidden, unsupported } from './errors.ts';

const userValueMax = 1_000_000_000;
const policies = ['Never', 'PreemptLowerPriority'];

export function validatePriorityClass(priorityClass: PriorityClass): readonly FieldError[] {
  const errors: Errors = [];
  const { metadata, value = 0, preemptionPolicy } = priorityClass;
  if (metadata.name.startsWith('system-')) {
    const why = systemRefusal(priorityClass);
    if (why !== undefined) {
      const text = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`;
      errors.push(forbidden('metadata.name', text));
    }
  } else if (value > userValueMax) {
    const text = `maximum allowed value of a user defined priority is ${userValueMax}`;
    errors.push(forbidden('value', text));
  }
  if (preemptionPolicy !== undefined && !policies.includes(preemptionPolicy)) {
    errors.push(unsupported('preemptionPolicy', preemptionPolicy, policies));
  }
  return errors;
}

/** How a class differs from the one that the system has under this name. */
function systemRefusal({ metadata, value, globalDefault }: PriorityClass): string | undefined {
  const { name } = metadata;
  const known = systemClasses.find((one) => one.name === name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value}`;
  if (globalDefault === true) return `globalDefault of ${name} PriorityClass must be false`;
  return undefined;
}

const unchanging = ['value', 'preemptionPolicy'] as const;

export function validatePriorityClassUpdate(
  next: PriorityClass,
  current: PriorityClass,
): readonly FieldError[] {
  return unchanging
    .filter((field) => next[field] !== current[field])
    .map((field) => forbidden(field, 'may not be changed in an update.'));
}
