/** The refusals of the API server, in its words. */
import { groupOf, resourceName } from '../api/index.ts';
import type { FieldError, Kind } from '../api/kind.ts';
import { rejection, type Status, type StatusDetails } from '../api/status.ts';

const detailsOf = (kind: Kind, name: string): StatusDetails => {
  const group = groupOf(kind.apiVersion);
  return { name, ...(group === '' ? {} : { group }), kind: kind.resource };
};

export const notFound = (kind: Kind, name: string): Status =>
  rejection('NotFound', `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));

export const alreadyExists = (kind: Kind, name: string, beingDeleted: boolean): Status =>
  rejection(
    'AlreadyExists',
    `${beingDeleted ? 'object is being deleted: ' : ''}${resourceName(kind)} "${name}" already exists`,
    detailsOf(kind, name),
  );

const modified =
  'the object has been modified; please apply your changes to the latest version and try again';

export const conflict = (kind: Kind, name: string, why = modified): Status =>
  rejection(
    'Conflict',
    `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`,
    detailsOf(kind, name),
  );

/** A failed precondition of a DELETE names the kind and not the resource. */
export const preconditionFailed = (kind: Kind, name: string, why: string): Status =>
  rejection('Conflict', `Operation cannot be fulfilled on ${kind.kind} "${name}": ${why}`, {
    ...detailsOf(kind, name),
    kind: kind.kind,
  });

export const badRequest = (message: string): Status => rejection('BadRequest', message);

export function forbidden(kind: Kind, name: string, why: string, details?: StatusDetails): Status {
  const message = `${resourceName(kind)} "${name}" is forbidden: ${why}`;
  return rejection('Forbidden', message, { ...detailsOf(kind, name), ...details });
}

export function invalid(kind: Kind, name: string, errors: readonly FieldError[]): Status {
  const group = groupOf(kind.apiVersion);
  const qualified = group === '' ? kind.kind : `${kind.kind}.${group}`;
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  return rejection('Invalid', `${qualified} "${name}" is invalid: ${list}`, {
    name,
    ...(group === '' ? {} : { group }),
    kind: kind.kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}
