/** What Deployments, ReplicaSets and DaemonSets have in common: a selector, and a template that it matches. */
import { goStringMap } from '../patch/gotext.ts';
import type { LabelSelector, PodTemplateSpec } from '../pod/podspec.ts';
import { selectorOf, selectsEverything } from '../selectors/selectors.ts';
import {
  type Errors,
  forbidden,
  invalid,
  invalidRaw,
  required,
  shown,
  unsupported,
} from './errors.ts';
import { validateLabelSelector } from './labelselector.ts';
import { validateTemplateSpec } from './podtemplate.ts';

/** Whether the selector can be read at all: a template is not compared with one that cannot. */
export function validateSelector(
  errors: Errors,
  selector: LabelSelector | undefined,
  kind: string,
): boolean {
  if (selector === undefined) {
    errors.push(required('spec.selector'));
    return true;
  }
  const broken = !validateLabelSelector(errors, selector, 'spec.selector');
  if (selectsEverything(selector)) {
    errors.push(
      invalidRaw('spec.selector', selectorText(selector), `empty selector is invalid for ${kind}`),
    );
  } else if (broken) {
    errors.push(invalidRaw('spec.selector', selectorText(selector), 'invalid label selector'));
  }
  return !broken;
}

export function validateTemplate(
  errors: Errors,
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  kind = 'ReplicaSet',
): void {
  const field = 'spec.template';
  const labels = template?.metadata?.labels;
  if (selector === undefined || !selectorOf(selector)(labels)) {
    const at = `${field}.metadata.labels`;
    const detail = '`selector` does not match template `labels`';
    // A DaemonSet is judged in its internal type, whose labels Go shows as a map of its own.
    errors.push(
      kind === 'DaemonSet'
        ? invalidRaw(at, goStringMap(labels), detail)
        : invalid(at, labels, detail),
    );
  }
  validateTemplateSpec(errors, template, field);
  if (template?.spec === undefined) return;
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== 'Always') {
    errors.push(unsupported(`${field}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(
        `${field}.spec.activeDeadlineSeconds`,
        `activeDeadlineSeconds in ${kind} is not Supported`,
      ),
    );
  }
}

/** A selector as messages show it: its fields in the order of the type. */
export function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = matchLabels === undefined ? [] : [`"matchLabels":${shown(matchLabels)}`];
  const one = ({ key, operator, values }: NonNullable<typeof matchExpressions>[number]) =>
    `{"key":${shown(key)},"operator":${shown(operator)}${values === undefined ? '' : `,"values":${shown(values)}`}}`;
  const expressions =
    matchExpressions === undefined
      ? []
      : [`"matchExpressions":[${matchExpressions.map(one).join(',')}]`];
  return `{${[...labels, ...expressions].join(',')}}`;
}
