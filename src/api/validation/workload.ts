/** What Deployments and ReplicaSets have in common: a selector, and a template that it matches. */
import type { LabelSelector, PodTemplateSpec } from '../podspec.ts';
import { selectorOf, selectsEverything } from '../selectors.ts';
import { type Errors, forbidden, goValue, invalidRaw, required, unsupported } from './errors.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { qualifiedNameErrors } from './names.ts';
import { validatePodSpec } from './podspec.ts';

export function validateSelector(
  errors: Errors,
  selector: LabelSelector | undefined,
  kind: string,
): void {
  if (selector === undefined) {
    errors.push(required('spec.selector'));
    return;
  }
  let broken = false;
  (selector.matchExpressions ?? []).forEach(({ key, operator, values = [] }, i) => {
    const at = `spec.selector.matchExpressions[${i}]`;
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
      errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      broken = true;
    }
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
      errors.push(
        forbidden(
          `${at}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
      );
      broken = true;
    }
    if (!['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)) {
      errors.push(invalidRaw(`${at}.operator`, goValue(operator), 'not a valid selector operator'));
      broken = true;
    }
    for (const error of qualifiedNameErrors(key)) {
      errors.push(invalidRaw(`${at}.key`, goValue(key), error));
    }
  });
  if (selectsEverything(selector)) {
    errors.push(
      invalidRaw('spec.selector', goSelector(selector), `empty selector is invalid for ${kind}`),
    );
  } else if (broken) {
    errors.push(invalidRaw('spec.selector', goSelector(selector), 'invalid label selector'));
  }
}

export function validateTemplate(
  errors: Errors,
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
): void {
  const field = 'spec.template';
  const labels = template?.metadata?.labels;
  if (selector === undefined || !selectorOf(selector)(labels)) {
    errors.push(
      invalidRaw(
        `${field}.metadata.labels`,
        labels === undefined ? 'map[string]string(nil)' : goValue(labels),
        '`selector` does not match template `labels`',
      ),
    );
  }
  validateLabels(errors, labels, `${field}.labels`);
  validateAnnotations(errors, template?.metadata?.annotations, `${field}.annotations`);
  if (template?.spec === undefined) {
    errors.push(required(`${field}.spec.containers`));
    return;
  }
  errors.push(...validatePodSpec(template.spec, `${field}.spec`));
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== 'Always') {
    const shown = goValue(restartPolicy ?? '');
    errors.push(unsupported(`${field}.spec.restartPolicy`, shown, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(
        `${field}.spec.activeDeadlineSeconds`,
        'activeDeadlineSeconds in ReplicaSet is not Supported',
      ),
    );
  }
}

/** A selector in Go's `%#v`. */
export function goSelector({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = matchLabels === undefined ? 'map[string]string(nil)' : goValue(matchLabels);
  const one = ({ key, operator, values }: NonNullable<typeof matchExpressions>[number]) =>
    `v1.LabelSelectorRequirement{Key:${goValue(key)}, Operator:${goValue(operator)}, Values:${
      values === undefined ? '[]string(nil)' : `[]string{${values.map(goValue).join(', ')}}`
    }}`;
  const expressions =
    matchExpressions === undefined
      ? '[]v1.LabelSelectorRequirement(nil)'
      : `[]v1.LabelSelectorRequirement{${matchExpressions.map(one).join(', ')}}`;
  return `v1.LabelSelector{MatchLabels:${labels}, MatchExpressions:${expressions}}`;
}
