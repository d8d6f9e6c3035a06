/** ControllerRevisions: what a StatefulSet or DaemonSet was, as a patch of its template. */
import { controllerRevisionColumns } from './columns/controllerrevision.ts';
import { deepEqual } from './equal.ts';
import type { FieldError, Kind } from './kind.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { filled } from './pod/poddefaults.ts';
import { type Errors, invalid, nonNegative, required } from './validation/errors.ts';

export interface ControllerRevision extends KubeObject {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'ControllerRevision';
  readonly metadata: ObjectMeta;
  /** Whatever the owner can apply; never changed. */
  readonly data: unknown;
  /** Grows with each change of the owner; an old state that is taken again gets a new number. */
  readonly revision: number;
}

export const controllerRevisionKind: Kind<ControllerRevision> = {
  kind: 'ControllerRevision',
  apiVersion: 'apps/v1',
  resource: 'controllerrevisions',
  namespaced: true,
  subresources: [],
  hasStatus: false,
  defaults: (revision) => filled(revision, { revision: revision.revision ?? 0 }),
  validate,
  validateUpdate(next, current) {
    const errors: Errors = [...validate(next)];
    if (!deepEqual(next.data, current.data)) {
      errors.push(invalid('data', next.data, 'field is immutable'));
    }
    return errors;
  },
  columns: controllerRevisionColumns,
};

function validate({ data, revision }: ControllerRevision): readonly FieldError[] {
  const errors: Errors = [];
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'));
  nonNegative(errors, 'revision', revision);
  return errors;
}
