/** Validation of tolerations (upstream's ValidateTolerations). */
import type { Toleration } from '../pod/podspec.ts';
import { type Errors, invalid, unsupported } from './errors.ts';
import { labelValueErrors, qualifiedNameErrors } from './names.ts';

const operators = ['Equal', 'Exists'];
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const mustExist =
  'operator must be Exists when `key` is empty, which means "match all values and all keys"';

export function validateTolerations(
  errors: Errors,
  tolerations: readonly Toleration[],
  field: string,
): void {
  tolerations.forEach(({ key, operator = '', value = '', effect = '', tolerationSeconds }, i) => {
    const at = `${field}[${i}]`;
    if (key) {
      for (const error of qualifiedNameErrors(key)) errors.push(invalid(`${at}.key`, key, error));
    } else if (operator !== 'Exists') {
      errors.push(invalid(`${at}.operator`, operator, mustExist));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalid(`${at}.effect`, effect, why));
    }
    if (operator === 'Exists') {
      if (value !== '') {
        const why = "value must be empty when `operator` is 'Exists'";
        errors.push(invalid(`${at}.operator`, value, why));
      }
    } else if (operator === '' || operator === 'Equal') {
      const found = labelValueErrors(value);
      if (found.length > 0) errors.push(invalid(`${at}.operator`, value, found.join(';')));
    } else errors.push(unsupported(`${at}.operator`, operator, operators));
    if (effect !== '' && !effects.includes(effect)) {
      errors.push(unsupported(`${at}.effect`, effect, effects));
    }
  });
}
