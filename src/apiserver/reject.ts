/** The refusals of the API server, in its words. */

import { groupOf, resourceName } from '../api/index.ts';
import type { FieldError, Kind } from '../api/kind.ts';
import { rejection, type Status, type StatusDetails } from '../api/status.ts';
import { blank } from '../blank.ts';

/** Details of a refusal about an object. `kind` is the resource, as upstream has it. */
const detailsOf = (kind: Kind, name: string, called = kind.resource): StatusDetails => {
  const group = groupOf(kind.apiVersion);
  return {
    ...blank,
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: called,
  };
};

export const notFound = (kind: Kind, name: string): Status =>
  rejection('NotFound', `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));

export const notAllowed = (why: string): Status => rejection('MethodNotAllowed', why, {});

export const noSuchResource = (): Status =>
  rejection('NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (kind: Kind, name: string, beingDeleted: boolean): Status =>
  rejection(
    'AlreadyExists',
    `${beingDeleted ? 'object is being deleted: ' : ''}${resourceName(kind)} "${name}" already exists`,
    detailsOf(kind, name),
  );

const modified =
  'the object has been modified; please apply your changes to the latest version and try again';

/** @param resource as the refusal calls it, where that is not the kind's: `pods/binding`. */
export function conflict(kind: Kind, name: string, why = modified, resource?: string): Status {
  const called = resource ?? resourceName(kind);
  const message = `Operation cannot be fulfilled on ${called} "${name}": ${why}`;
  return rejection('Conflict', message, detailsOf(kind, name, resource));
}

/** A failed precondition of a DELETE names the kind and not the resource. */
export function preconditionFailed(kind: Kind, name: string, why: string): Status {
  const message = `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`;
  return rejection('Conflict', message, detailsOf(kind, name, kind.kind));
}

export const badRequest = (message: string): Status => rejection('BadRequest', message);

export const wrongNamespace =
  'the namespace of the provided object does not match the namespace sent on the request';

/** Refused with a message and code 500, and no more: a failure deep in the server. */
export const internalError = (message: string): Status => rejection('InternalError', message);

export function forbidden(kind: Kind, name: string, why: string, details?: StatusDetails): Status {
  const message = `${resourceName(kind)} "${name}" is forbidden: ${why}`;
  return rejection('Forbidden', message, { ...detailsOf(kind, name), ...details });
}

/** Equal messages are told once, but each keeps its cause. */
export function invalid(kind: Kind, name: string, errors: readonly FieldError[]): Status {
  return invalidAs(qualified(kind), name, errors, detailsOf(kind, name, kind.kind));
}

/** An update that must say which version it is based on, and does not. Names the resource. */
export const versionRequired = (kind: Kind, name: string): Status =>
  invalidAs(
    resourceName(kind),
    name,
    [
      {
        reason: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ],
    detailsOf(kind, name),
  );

export function invalidAs(
  called: string,
  name: string,
  errors: readonly FieldError[],
  details: StatusDetails,
): Status {
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  return rejection('Invalid', `${called} "${name}" is invalid: ${list}`, {
    ...details,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

/** `Deployment.apps`. */
function qualified({ kind, apiVersion }: Kind): string {
  const group = groupOf(apiVersion);
  return group === '' ? kind : `${kind}.${group}`;
}
