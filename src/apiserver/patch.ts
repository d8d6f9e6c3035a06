/** PATCH: applies the patch to what is stored, and updates with the result (api-04). */
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { normalized } from '../api/normalize.ts';
import { jsonPatch } from '../api/patch/json.ts';
import { isObject, mergePatch } from '../api/patch/merge.ts';
import { PatchError, strategicPatch } from '../api/patch/strategic.ts';
import { rejection, type Status } from '../api/status.ts';
import { typeNameOf } from '../api/structure.ts';
import { invalid as invalidField } from '../api/validation/errors.ts';
import { spoken, stored } from '../api/versions/index.ts';
import type { Handling } from './apiserver.ts';
import { applyPatch } from './apply.ts';
import { patchRefusal } from './decoding.ts';
import { badRequest, invalid, notFound, wrongNamespace } from './reject.ts';
import { type PatchRequest, type Response, refused } from './request.ts';
import { scaleRefusal, updateScale } from './scale.ts';
import { scaleOf } from './scaleof.ts';
import { update } from './update.ts';

export function patch(request: PatchRequest, handling: Handling): Response {
  if (request.patchType === 'apply') return applyPatch(request, handling);
  const { kind } = handling;
  const { name, subresource, apiVersion = kind.apiVersion } = request;
  const held = handling.held(request.namespace, name);
  if (held === undefined) return refused(notFound(kind, name));
  const known = request.known?.apply(held);
  if (known !== undefined) {
    return update(known, { verb: 'patch', subresource, isShared: true }, handling);
  }
  const current = spoken(held, kind, apiVersion);
  const unscalable = subresource === 'scale' ? scaleRefusal(current, kind) : undefined;
  if (unscalable !== undefined) return refused(unscalable);
  const target = subresource === 'scale' ? scaleOf(current, kind) : current;
  const patched = apply(request, target, kind);
  if (!patched.ok) return refused(patched.status);
  const { object } = patched;
  const refusal = identityRefusal(object, current, kind);
  if (refusal !== undefined) return refused(refusal);
  if (subresource === 'scale') return updateScale(object, handling, 'patch');
  const undecodable = patchRefusal(object, target, { ...kind, apiVersion }, request);
  if (undecodable !== undefined) return refused(undecodable);
  // Status comes of components, and says what it means; a person's patch may leave zeros behind.
  const clean =
    subresource === 'status'
      ? object
      : normalized(
          object,
          typeNameOf(apiVersion, kind.kind),
          current,
          request.fieldValidation !== undefined,
        );
  return update(stored(clean, kind), { verb: 'patch', subresource }, handling);
}

const plainPatches =
  'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';

type Applied =
  | { readonly ok: true; readonly object: KubeObject }
  | { readonly ok: false; readonly status: Status };

function apply(
  { patchType, patch: change, fieldValidation }: PatchRequest,
  target: KubeObject,
  { plainPatchesOnly }: Kind,
): Applied {
  if (patchType === 'strategic' && plainPatchesOnly === true) {
    return { ok: false, status: rejection('UnsupportedMediaType', plainPatches) };
  }
  if (patchType === 'json') {
    const patched = jsonPatch(target, change, fieldValidation !== 'Ignore');
    if (patched.ok) return result(patched.value);
    if (patched.reason === 'Invalid') return { ok: false, status: unfit() };
    return { ok: false, status: rejection(patched.reason, patched.message) };
  }
  if (!isObject(change)) {
    const found = Array.isArray(change)
      ? 'array'
      : typeof change === 'boolean'
        ? 'bool'
        : typeof change;
    const why = `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
    const isTyped = patchType === 'merge' && fieldValidation !== 'Ignore';
    return { ok: false, status: badRequest(isTyped ? `error decoding patch: ${why}` : why) };
  }
  if (patchType === 'merge') return result(mergePatch(target, change));
  try {
    return result(strategicPatch(target, change, typeNameOf(target.apiVersion, target.kind)));
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const { reason, message } = error;
    return { ok: false, status: reason === 'Invalid' ? unfit() : rejection(reason, message) };
  }
}

const unfit = (): Status =>
  rejection('Invalid', 'the server rejected our request due to an error in our request', {});

/** A patch may empty the metadata, and even the whole: what is left must still be an object. */
function result(value: unknown): Applied {
  if (!isObject(value)) {
    const why = `" \\"\\" is invalid: patch: Invalid value: ${JSON.stringify(JSON.stringify(value))}`;
    return { ok: false, status: rejection('Invalid', why, {}) };
  }
  const metadata = isObject(value.metadata) ? value.metadata : {};
  return { ok: true, object: { ...value, metadata } as unknown as KubeObject };
}

/** A patch may not turn an object into another one. */
function identityRefusal(
  { metadata }: KubeObject,
  { metadata: { name, namespace, uid } }: KubeObject,
  kind: Kind,
): Status | undefined {
  if (metadata.name !== name) {
    const why = metadata.name
      ? `the name of the object (${metadata.name}) does not match the name on the URL (${name})`
      : `the name of the object (${name} based on URL) was undeterminable: name must be provided`;
    return badRequest(why);
  }
  if (kind.namespaced && metadata.namespace !== namespace) {
    return badRequest(wrongNamespace);
  }
  if (metadata.uid === uid || !metadata.uid) return undefined;
  const error = invalidField('metadata.uid', metadata.uid, 'field is immutable');
  return invalid(kind, name, [error, error]);
}
