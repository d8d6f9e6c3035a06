/** The resource, the kind and the verb that a request means; or why it is refused (api-01 §1). */
import { kindIn } from '../api/custom/index.ts';
import { kindNameOf } from '../api/index.ts';
import type { Kind } from '../api/kind.ts';
import { rejection, type Status } from '../api/status.ts';
import { noSuchResource } from '../apiserver/reject.ts';
import { componentStatusKind } from './componentstatus.ts';
import type { Context, Incoming } from './context.ts';
import type { ResourceRequest } from './requestinfo.ts';
import type { ResourceEntry } from './resources.ts';

/** A request for a resource that is served. */
export interface Target {
  readonly info: ResourceRequest;
  readonly entry: ResourceEntry;
  readonly kind: Kind;
  readonly verb: string;
}

export const methodNotAllowed = (): Status =>
  rejection(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );

/** The version that the client speaks. */
export const apiVersionOf = ({ group, version }: ResourceRequest): string =>
  group === '' ? version : `${group}/${version}`;

/** The resource, kind and verb that are meant; or the refusal. */
export function targetOf(
  incoming: Incoming,
  info: ResourceRequest,
  { catalog, cluster }: Context,
): Target | Status {
  const entry = catalog.resource(info.group, info.version, info.resource);
  if (entry === undefined) return noSuchResource();
  const apiVersion = apiVersionOf(info);
  const name = kindNameOf({ apiVersion, kind: entry.responseKind.kind });
  const kind =
    name === componentStatusKind.kind
      ? (componentStatusKind as unknown as Kind)
      : kindIn(name, cluster.simulation.store.view(), apiVersion);
  const verb = verbOf(incoming, info);
  if (verb === undefined) return methodNotAllowed();
  if (info.subresource !== undefined) {
    const sub = entry.subresources?.find(({ subresource }) => subresource === info.subresource);
    if (sub === undefined) return noSuchResource();
    if (!sub.verbs.includes(verb)) return methodNotAllowed();
  } else {
    if (entry.scope === 'Cluster' && info.namespace !== undefined) return noSuchResource();
    const isNamed = info.name !== undefined;
    if (!entry.verbs.includes(verb) || (verb === 'create' && isNamed)) return methodNotAllowed();
    const needsNamespace = entry.scope === 'Namespaced' && info.namespace === undefined;
    if (needsNamespace && verb !== 'list' && verb !== 'watch') return methodNotAllowed();
  }
  return kind === undefined ? noSuchResource() : { info, entry, kind, verb };
}

export function verbOf(
  { method, query }: Incoming,
  { name, watch }: ResourceRequest,
): string | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (watch) return 'watch';
      if (name !== undefined) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return name === undefined ? undefined : 'update';
    case 'PATCH':
      return name === undefined ? undefined : 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

/** As apimachinery reads booleans of a query: in any case of letters, and true unless it says otherwise. */
export const isTrue = (text: string | null): boolean =>
  text !== null && text !== '0' && text.toLowerCase() !== 'false';
