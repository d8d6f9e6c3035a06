/** Bodies that cannot be decoded are refused before anything else looks at them (api-02 §6). */
import { decode, type Mistake } from '../api/decode.ts';
import type { Kind } from '../api/kind.ts';
import { normalized } from '../api/normalize.ts';
import { goText } from '../api/patch/gotext.ts';
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
    : normalized(object, typeNameOf(apiVersion, kind), undefined, how === 'Ignore');

/** Why what a patch makes of an object is refused. Upstream names neither kind nor object here. */
export function patchRefusal(
  object: unknown,
  kind: Kind,
  { patch, patchType, fieldValidation }: PatchRequest,
): Status | undefined {
  const problem = problemOf(object, kind, fieldValidation);
  if (problem === undefined) return undefined;
  const shown = patchType === 'strategic' ? goText(patch) : JSON.stringify(patch);
  const message = `Invalid value: ${JSON.stringify(shown)}: ${problem}`;
  return rejection('Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  });
}

function problemOf(
  object: unknown,
  kind: Kind,
  how: FieldValidation | undefined,
): string | undefined {
  if (how === undefined) return undefined;
  const { mismatch, unknown } = kind.decode?.(object) ?? decode(object, kind.apiVersion, kind.kind);
  if (mismatch !== undefined) return mismatch.message;
  return how === 'Strict' && unknown.length > 0 ? strictText(unknown) : undefined;
}

const strictText = (unknown: readonly Mistake[]): string =>
  `strict decoding error: ${unknown.map(({ message }) => message).join(', ')}`;

const versionOf = (apiVersion: string): string => apiVersion.split('/').at(-1)!;
