/** Validation of what the exit of a container leads to (upstream's validateContainerRestartPolicy). */
import type { Container } from '../pod/podspec.ts';
import { type Errors, required, tooMany, unsupported } from './errors.ts';

const policies = ['Always', 'Never', 'OnFailure'];
const actions = ['Restart', 'RestartAllContainers'];
const operators = ['In', 'NotIn'];
const rulesMax = 20;
const valuesMax = 255;

export function validateRestartRules(
  errors: Errors,
  { restartPolicy, restartPolicyRules = [] }: Container,
  at: string,
): void {
  if (restartPolicy !== undefined) {
    if (!policies.includes(restartPolicy)) {
      errors.push(unsupported(`${at}.restartPolicy`, restartPolicy, policies));
    }
  } else if (restartPolicyRules.length > 0) {
    const why = 'must specify restartPolicy when restart rules are used';
    errors.push(required(`${at}.restartPolicy`, why));
  }
  const field = `${at}.restartPolicyRules`;
  if (restartPolicyRules.length > rulesMax) {
    errors.push(tooMany(field, restartPolicyRules.length, rulesMax));
  }
  restartPolicyRules.forEach(({ action = '', exitCodes }, i) => {
    if (!actions.includes(action)) {
      errors.push(unsupported(`${field}[${i}].action`, action, actions));
    }
    const codes = `${field}[${i}].exitCodes`;
    if (exitCodes === undefined) {
      errors.push(required(codes, 'must be specified'));
      return;
    }
    const { operator = '', values = [] } = exitCodes;
    if (!operators.includes(operator)) {
      errors.push(unsupported(`${codes}.operator`, operator, operators));
    }
    if (values.length > valuesMax) {
      errors.push(tooMany(`${codes}.values`, values.length, valuesMax));
    }
  });
}
