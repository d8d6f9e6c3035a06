/** Validation of label selectors (k8s.io/apimachinery/pkg/apis/meta/v1/validation). */
import type { LabelSelector } from '../pod/podspec.ts';
import { type Errors, forbidden, invalid, required } from './errors.ts';
import { validateLabels } from './metadata.ts';
import { labelValueErrors, qualifiedNameErrors } from './names.ts';

const operators: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** What is wrong with single requirements. Whether the selector can be read. */
export function validateLabelSelector(
  errors: Errors,
  selector: LabelSelector | undefined,
  field: string,
): boolean {
  const before = errors.length;
  const { matchLabels, matchExpressions = [] } = selector ?? {};
  validateLabels(errors, matchLabels, `${field}.matchLabels`);
  matchExpressions.forEach(({ key, operator, values = [] }, i) => {
    const at = `${field}.matchExpressions[${i}]`;
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
      errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(forbidden(`${at}.values`, why));
    }
    if (!operators.includes(operator)) {
      errors.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    }
    for (const error of qualifiedNameErrors(key)) {
      errors.push(invalid(`${at}.key`, key ?? '', error));
    }
    values.forEach((value, j) => {
      for (const error of labelValueErrors(value)) {
        errors.push(invalid(`${at}.values[${j}]`, value, error));
      }
    });
  });
  return errors.length === before;
}
