/** Validation of RuntimeClasses (upstream's pkg/apis/node/validation). */

import { type Fields, mapping, textOf } from '../fields.ts';
import type { KubeObject, Labels } from '../meta.ts';
import type { Toleration } from '../pod/podspec.ts';
import { type Errors, invalid } from './errors.ts';
import { validateLabels } from './metadata.ts';
import { labelErrors } from './names.ts';
import { validateRequirements } from './resources.ts';
import { validateTolerations } from './tolerations.ts';

export function validateRuntimeClass(
  runtimeClass: KubeObject & Fields,
  errors: Errors,
  before?: unknown,
): void {
  const { handler, overhead, scheduling } = runtimeClass;
  if (before !== undefined) {
    const was = mapping(before)['handler'];
    if (handler !== was) errors.push(invalid('handler', handler, 'field is immutable'));
    return;
  }
  for (const error of labelErrors(textOf(handler))) {
    errors.push(invalid('handler', textOf(handler), error));
  }
  const limits = mapping(mapping(overhead)['podFixed']) as Readonly<Record<string, string>>;
  validateRequirements(errors, { limits }, 'overhead');
  if (scheduling === undefined) return;
  const { nodeSelector, tolerations = [] } = mapping(scheduling);
  validateLabels(errors, nodeSelector as Labels | undefined, 'scheduling.nodeSelector');
  validateTolerations(errors, tolerations as readonly Toleration[], 'scheduling.tolerations');
}
