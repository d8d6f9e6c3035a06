/** Who asks for a certificate is part of what is asked for (upstream's csrStrategy.PrepareForCreate). */
import { isObject } from '../../api/patch/merge.ts';
import type { Request } from '../../apiserver/request.ts';
import type { User } from '../context.ts';

/** What a client says of this itself counts for nothing. */
export function withRequestor(request: Request, { username, groups, uid, extra }: User): Request {
  if (request.verb !== 'create' || 'subresource' in request) return request;
  if (request.kind !== 'CertificateSigningRequest') return request;
  const { spec, ...object } = request.object as typeof request.object & { readonly spec?: unknown };
  const given: Readonly<Record<string, unknown>> = isObject(spec) ? spec : {};
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...asked } = given;
  const by = {
    ...(extra === undefined ? {} : { extra }),
    groups,
    ...(uid === undefined ? {} : { uid }),
    username,
  };
  return { ...request, object: { ...object, spec: { ...asked, ...by } } as typeof request.object };
}
