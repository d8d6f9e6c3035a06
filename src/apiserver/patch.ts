/** PATCH: applies the patch to what is stored, and updates with the result. */
import { type KubeObject, makeKey } from '../api/meta.ts';
import { jsonPatch } from '../api/patch/json.ts';
import { isObject, mergePatch } from '../api/patch/merge.ts';
import { strategicPatch } from '../api/patch/strategic.ts';
import { rejection } from '../api/status.ts';
import { typeNameOf } from '../api/structure.ts';
import type { Handling } from './apiserver.ts';
import { badRequest, invalid, notFound } from './reject.ts';
import { type PatchRequest, type Response, refused } from './request.ts';
import { scaleOf } from './scale.ts';
import { update } from './update.ts';

export function patch(request: PatchRequest, handling: Handling): Response {
  const { kind, store } = handling;
  const { name, patchType, patch: change, subresource } = request;
  const home = kind.namespaced ? (request.namespace ?? 'default') : undefined;
  const current = store.get(kind.kind, makeKey(home, name));
  if (current === undefined) return refused(notFound(kind, name));
  const target = subresource === 'scale' ? scaleOf(current) : current;
  let next: unknown;
  switch (patchType) {
    case 'json': {
      const patched = jsonPatch(target, change);
      if (!patched.ok) {
        if (patched.reason === 'BadRequest') return refused(badRequest(patched.message));
        const message = `the server rejected our request due to an error in our request`;
        return refused(rejection('Invalid', message, { causes: [{ message: patched.message }] }));
      }
      next = patched.value;
      break;
    }
    case 'merge':
      if (!isObject(change)) return refused(badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}'));
      next = mergePatch(target, change);
      break;
    case 'strategic':
      if (!isObject(change)) return refused(badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}'));
      next = strategicPatch(target, change, typeNameOf(kind.apiVersion, kind.kind));
      break;
    case 'apply':
      return refused(rejection('UnsupportedMediaType', 'server-side apply is not served yet'));
  }
  const object = next as KubeObject;
  const { metadata } = current;
  const uid = object.metadata.uid;
  if (uid !== metadata.uid && subresource !== 'scale') {
    const error = {
      reason: 'FieldValueInvalid',
      field: 'metadata.uid',
      message: `Invalid value: ${JSON.stringify(uid ?? '')}: field is immutable`,
    };
    return refused(invalid(kind, name, [error, error]));
  }
  return update(object, subresource, handling, 'patch');
}
