/** Clients speak the version that they like; handlers only know the one that is stored. */
import type { Kind } from '../api/kind.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { isServed, otherVersions, spoken, stored } from '../api/versions/index.ts';
import { bodyRefusal, encoded } from './decoding.ts';
import { type FieldValidation, type Request, type Response, refused } from './request.ts';

/** Lets `answer` answer the request in the stored version, and the client read it in its own. */
export function translated(
  request: Request,
  kind: Kind,
  answer: (request: Request) => Response,
): Response {
  if (otherVersions(kind).length === 0) return answer(request);
  const body = bodyOf(request);
  const apiVersion = versionIn(request);
  let asked = request;
  if (
    body !== undefined &&
    body.apiVersion !== kind.apiVersion &&
    isServed(kind, body.apiVersion)
  ) {
    const { fieldValidation } = request as { fieldValidation?: FieldValidation };
    const given = { ...kind, apiVersion: body.apiVersion };
    const undecodable = bodyRefusal(body, given, fieldValidation);
    if (undecodable !== undefined) return refused(undecodable);
    const object = stored(encoded(body, given, fieldValidation) as KubeObject, kind);
    asked = { ...request, object } as Request;
  }
  const response = answer(asked);
  if (!response.ok || apiVersion === undefined || apiVersion === kind.apiVersion) return response;
  if (response.list === undefined) {
    return { ok: true, object: spoken(response.object, kind, apiVersion) };
  }
  const items = response.list.items.map((item) => spoken(item, kind, apiVersion));
  return { ok: true, list: { ...response.list, items } };
}

/** The version that a request speaks, as it says, or as its body does. */
export const versionIn = (request: Request): string | undefined =>
  request.apiVersion ?? bodyOf(request)?.apiVersion;

function bodyOf(request: Request): Draft | undefined {
  if (request.verb !== 'create' && request.verb !== 'update') return undefined;
  if ('subresource' in request && request.subresource === 'scale') return undefined;
  return request.object as Draft;
}
