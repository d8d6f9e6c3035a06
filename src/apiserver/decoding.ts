/** Bodies that cannot be decoded are refused before anything else looks at them (api-02 §6). */
import { decode } from '../api/decode.ts';
import type { Kind } from '../api/kind.ts';
import { normalized } from '../api/normalize.ts';
import { goText } from '../api/patch/gotext.ts';
import { isObject } from '../api/patch/merge.ts';
import { rejection, type Status } from '../api/status.ts';
import { typeNameOf } from '../api/structure.ts';
import { badRequest } from './reject.ts';
import type { FieldValidation, PatchRequest } from './request.ts';

/** Why the body of a POST or PUT is refused. */
export function bodyRefusal(
  object: unknown,
  kind: Kind,
  how: FieldValidation | undefined,
): Status | undefined {
  const problem = problemOf(object, kind, how);
  if (problem === undefined) return undefined;
  const called = `${kind.kind} in version "${versionOf(kind.apiVersion)}"`;
  return badRequest(`${called} cannot be handled as a ${kind.kind}: ${problem}`);
}

/** The body as the API's own encoder would have written it; what comes of components is so. */
export const encoded = <T>(object: T, { apiVersion, kind }: Kind, how?: FieldValidation): T =>
  how === undefined
    ? object
    : normalized(object, typeNameOf(apiVersion, kind), undefined, how !== 'Strict');

/** Why what a patch makes of an object is refused. Upstream names neither kind nor object here. */
export function patchRefusal(
  object: unknown,
  before: unknown,
  kind: Kind,
  { patch, patchType, mistakes, fieldValidation }: PatchRequest,
): Status | undefined {
  const isStrategic = patchType === 'strategic';
  const problem = problemOf(object, kind, fieldValidation, mistakes, isStrategic);
  if (problem === undefined) return undefined;
  // The one converts what it has merged, the others decode its text.
  const shown = isStrategic ? goText(patch) : JSON.stringify(sortedIn(object, before));
  const message = `Invalid value: ${JSON.stringify(shown)}: ${problem}`;
  return rejection('Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  });
}

function problemOf(
  object: unknown,
  kind: Kind,
  how: FieldValidation | undefined,
  mistakes: readonly string[] = [],
  isConverted = false,
): string | undefined {
  if (how === undefined) return undefined;
  const { mismatch, unknown } = kind.decode?.(object) ?? decode(object, kind.apiVersion, kind.kind);
  if (mismatch !== undefined) {
    return isConverted ? (mismatch.conversion ?? mismatch.message) : mismatch.message;
  }
  const all = [...mistakes, ...unknown.map(({ message }) => message)];
  return how === 'Strict' && all.length > 0
    ? `strict decoding error: ${all.join(', ')}`
    : undefined;
}

/** With the names of all that has changed in their order, as Go writes a map that it has patched. */
function sortedIn(value: unknown, before: unknown): unknown {
  if (value === before || !isObject(value)) return value;
  const old = isObject(before) ? before : {};
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sortedIn(value[name], old[name])]),
  );
}

const versionOf = (apiVersion: string): string => apiVersion.split('/').at(-1)!;
