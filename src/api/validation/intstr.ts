/** Validation of counts that may be percentages. */
import type { IntOrString } from '../deployment.ts';
import { type Errors, invalid } from './errors.ts';

export function validateCount(errors: Errors, value: IntOrString, field: string): void {
  if (typeof value === 'number') {
    if (value < 0) errors.push(invalid(field, value, 'must be greater than or equal to 0'));
  } else if (!/^\d+%$/.test(value)) {
    errors.push(invalid(field, value, percentRule));
  }
}

const percentRule =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
