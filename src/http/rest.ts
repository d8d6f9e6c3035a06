/** Requests for resources: from method, path and query to the API server's verbs, and back (api-02). */
import { groupOf, kindNameOf, kindOf } from '../api/index.ts';
import type { Kind } from '../api/kind.ts';
import { type KubeObject, makeKey } from '../api/meta.ts';
import { rejection, type Status } from '../api/status.ts';
import { badRequest, noSuchResource } from '../apiserver/reject.ts';
import type { ListRequest, Request, Response } from '../apiserver/request.ts';
import type { Context, Incoming } from './context.ts';
import { type Form, formOf, notAcceptableText } from './negotiation.ts';
import { deleteOptionsOf, type Expected, fieldValidationOf, objectOf, patchOf } from './payload.ts';
import { type Answer, statusAnswer } from './reply.ts';
import type { ResourceRequest } from './requestinfo.ts';
import type { ResourceEntry } from './resources.ts';
import { type IncludeObject, partial, tableOf } from './table.ts';

/** A request for a resource that is served. */
export interface Target {
  readonly info: ResourceRequest;
  readonly entry: ResourceEntry;
  readonly kind: Kind;
  readonly verb: string;
}

export interface Answered {
  readonly answer: Answer;
  readonly form: Form;
}

export const methodNotAllowed = (): Status =>
  rejection(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );

const offered = {
  as: ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'],
  encodings: ['json', 'yaml', 'protobuf'],
} as const;

/** The version that the client speaks. */
export const apiVersionOf = ({ group, version }: ResourceRequest): string =>
  group === '' ? version : `${group}/${version}`;

/** The resource, kind and verb that are meant; or the refusal. */
export function targetOf(
  incoming: Incoming,
  info: ResourceRequest,
  { catalog }: Context,
): Target | Status {
  const entry = catalog.resource(info.group, info.version, info.resource);
  if (entry === undefined) return noSuchResource();
  const apiVersion = apiVersionOf(info);
  const kind = kindOf(kindNameOf({ apiVersion, kind: entry.responseKind.kind }));
  const verb = verbOf(incoming, info);
  if (verb === undefined) return methodNotAllowed();
  if (info.subresource !== undefined) {
    const sub = entry.subresources?.find(({ subresource }) => subresource === info.subresource);
    if (sub === undefined) return noSuchResource();
    if (!sub.verbs.includes(verb)) return methodNotAllowed();
  } else {
    if (entry.scope === 'Cluster' && info.namespace !== undefined) return noSuchResource();
    if (!entry.verbs.includes(verb)) return methodNotAllowed();
    const needsNamespace = entry.scope === 'Namespaced' && info.namespace === undefined;
    if (needsNamespace && verb !== 'list' && verb !== 'watch') return methodNotAllowed();
  }
  return kind === undefined ? noSuchResource() : { info, entry, kind, verb };
}

function verbOf({ method, query }: Incoming, { name, watch }: ResourceRequest): string | undefined {
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

export const isTrue = (text: string | null): boolean =>
  text !== null && text !== 'false' && text !== '0';

/** Everything but watches and streams. */
export function answerResource(incoming: Incoming, target: Target, context: Context): Answered {
  const form = formOf(incoming.header('accept'), offered);
  if (form === undefined) {
    const why = rejection('NotAcceptable', notAcceptableText, {});
    return { answer: statusAnswer(why), form: { encoding: 'json', as: 'object', version: '' } };
  }
  const request = requestOf(incoming, target);
  if ('status' in request) return { answer: statusAnswer(request), form };
  if (target.verb === 'deletecollection') {
    return { answer: deleteCollection(incoming, request as ListRequest, target, context), form };
  }
  const response = submit(request, incoming, context);
  return { answer: answerOf(response, incoming, target, form, context), form };
}

function submit(request: Request, incoming: Incoming, { cluster, clock }: Context): Response {
  clock.catchUp();
  const response = cluster.simulation.submit(request, actorOf(incoming));
  if (request.verb !== 'get' && request.verb !== 'list') clock.wake();
  return response;
}

/** As the log names whoever asks: `user/kubectl`, or the account of a component. */
export function actorOf({ user, header }: Incoming): string {
  if (user.username.startsWith('system:')) return user.username;
  const agent = (header('user-agent') ?? '').split('/')[0]!.replace(/[^\w.-]/g, '');
  return agent === '' ? 'user' : `user/${agent.slice(0, 60)}`;
}

function requestOf(incoming: Incoming, target: Target): Request | Status {
  const { info, kind, verb } = target;
  const { namespace, name, subresource } = info;
  const { query } = incoming;
  const apiVersion = apiVersionOf(info);
  const home = kind.namespaced ? namespace : undefined;
  const named = {
    kind: kind.kind,
    apiVersion,
    ...(home === undefined ? {} : { namespace: home }),
    name: name ?? '',
  };
  const below = subresource === undefined ? {} : { subresource };
  switch (verb) {
    case 'get':
      return { verb: 'get', ...named };
    case 'list':
    case 'deletecollection':
      return listRequest(query, kind, home, apiVersion);
    case 'create': {
      const validation = fieldValidationOf(query, 'CreateOptions');
      if (!validation.ok) return validation.status;
      const read = objectOf(incoming, expectedOf(target));
      if (!read.ok) return read.status;
      if (name !== undefined) {
        return {
          verb: 'create',
          ...named,
          subresource: subresource ?? '',
          object: read.value.object,
        };
      }
      return {
        verb: 'create',
        kind: kind.kind,
        apiVersion,
        ...(home === undefined ? {} : { namespace: home }),
        object: read.value.object,
        fieldValidation: validation.value,
      };
    }
    case 'update': {
      const validation = fieldValidationOf(query, 'UpdateOptions');
      if (!validation.ok) return validation.status;
      const read = objectOf(incoming, expectedOf(target));
      if (!read.ok) return read.status;
      const object = read.value.object as KubeObject;
      const why = wrongName(object, name!, home);
      if (why !== undefined) return badRequest(why);
      const metadata =
        home === undefined ? object.metadata : { ...object.metadata, namespace: home };
      return {
        verb: 'update',
        kind: kind.kind,
        apiVersion,
        object: { ...object, metadata },
        ...below,
        fieldValidation: validation.value,
      };
    }
    case 'patch': {
      const validation = fieldValidationOf(query, 'PatchOptions');
      if (!validation.ok) return validation.status;
      const read = patchOf(incoming);
      if (!read.ok) return read.status;
      return {
        verb: 'patch',
        ...named,
        ...read.value,
        ...below,
        fieldValidation: validation.value,
      };
    }
    default: {
      const read = deleteOptionsOf(incoming);
      return read.ok ? { verb: 'delete', ...named, options: read.value } : read.status;
    }
  }
}

export function listRequest(
  query: URLSearchParams,
  kind: Kind,
  namespace: string | undefined,
  apiVersion: string,
): ListRequest | Status {
  const limit = query.get('limit');
  if (limit !== null && limit !== '' && !/^-?\d+$/.test(limit)) {
    return badRequest(`strconv.ParseInt: parsing "${limit}": invalid syntax`);
  }
  const text = (name: keyof ListRequest) => {
    const value = query.get(name);
    return value === null || value === '' ? {} : { [name]: value };
  };
  return {
    verb: 'list',
    kind: kind.kind,
    apiVersion,
    ...(namespace === undefined ? {} : { namespace }),
    ...text('labelSelector'),
    ...text('fieldSelector'),
    ...text('resourceVersion'),
    ...text('resourceVersionMatch'),
    ...text('continue'),
    ...(limit === null || limit === '' ? {} : { limit: Number(limit) }),
  };
}

/** What kind of object a body must be: that of the resource, or what its subresource speaks. */
function expectedOf({ info, entry, kind }: Target): Expected {
  const apiVersion = apiVersionOf(info);
  const spoken = entry.subresources?.find(
    ({ subresource }) => subresource === info.subresource,
  )?.responseKind;
  if (spoken === undefined || spoken.kind === entry.responseKind.kind) {
    return { kind: entry.responseKind.kind, apiVersions: [apiVersion, kind.apiVersion] };
  }
  const { group, version } = spoken;
  const own = version === '' ? apiVersion : group === '' ? version : `${group}/${version}`;
  return { kind: spoken.kind, apiVersions: [own] };
}

function wrongName(
  { metadata }: KubeObject,
  name: string,
  namespace: string | undefined,
): string | undefined {
  if (!metadata?.name) {
    return `the name of the object (${name} based on URL) was undeterminable: name must be provided`;
  }
  if (metadata.name !== name) {
    return `the name of the object (${metadata.name}) does not match the name on the URL (${name})`;
  }
  if (metadata.namespace && namespace !== undefined && metadata.namespace !== namespace) {
    return `the namespace of the object (${metadata.namespace}) does not match the namespace on the request (${namespace})`;
  }
  return undefined;
}

function answerOf(
  response: Response,
  incoming: Incoming,
  target: Target,
  form: Form,
  context: Context,
): Answer {
  if (!response.ok) return statusAnswer(response.status);
  if (response.list !== undefined) {
    const { items, resourceVersion, continue: next, remainingItemCount } = response.list;
    const metadata = {
      resourceVersion,
      ...(next === undefined ? {} : { continue: next }),
      ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
    };
    return { code: 200, body: listBody(items, metadata, incoming, target, form, context) };
  }
  const { object } = response;
  const code = target.verb === 'create' ? 201 : 200;
  if (
    target.verb === 'delete' &&
    isGone(object, context) &&
    target.kind.returnsObjectOnDelete !== true
  ) {
    return { code: 200, body: deletedStatus(object, target.kind) };
  }
  if (isReply(object)) return { code, body: object };
  return { code, body: shaped(object, incoming, target, form, context) };
}

/** Answers of subresources are no stored objects. */
const isReply = ({ kind }: KubeObject): boolean => kind === 'Status' || kind === 'Scale';

function isGone({ kind, metadata }: KubeObject, { cluster }: Context): boolean {
  const { store } = cluster.simulation;
  return store.get(kind, makeKey(metadata.namespace, metadata.name))?.metadata.uid !== metadata.uid;
}

function deletedStatus({ metadata }: KubeObject, { resource, apiVersion }: Kind) {
  const group = groupOf(apiVersion);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      ...(group === '' ? {} : { group }),
      kind: resource,
      uid: metadata.uid,
    },
  };
}

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

/** One object in the form that was asked for. */
export function shaped(
  object: KubeObject,
  { query }: Incoming,
  { kind }: Target,
  { as, version }: Form,
  { cluster }: Context,
): unknown {
  if (as === 'Table') {
    const { resourceVersion } = object.metadata;
    const options = { version, includeObject: includeObjectOf(query), now: cluster.simulation.now };
    return tableOf([object], kind, { resourceVersion }, options);
  }
  return as === 'PartialObjectMetadata' ? partial(object, version) : object;
}

function listBody(
  items: readonly KubeObject[],
  metadata: { readonly resourceVersion: string },
  { query }: Incoming,
  { kind, entry, info }: Target,
  { as, version }: Form,
  { cluster }: Context,
): unknown {
  if (as === 'Table') {
    const options = { version, includeObject: includeObjectOf(query), now: cluster.simulation.now };
    return tableOf(items, kind, metadata, options);
  }
  if (as === 'PartialObjectMetadataList') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${version}`,
      metadata,
      items: items.map((object) => partial(object, version)),
    };
  }
  return {
    kind: `${entry.responseKind.kind}List`,
    apiVersion: apiVersionOf(info),
    metadata,
    // Items of a list do not repeat what the list says.
    items: items.map(({ kind: _kind, apiVersion: _version, ...object }) => object),
  };
}

function deleteCollection(
  incoming: Incoming,
  request: ListRequest,
  target: Target,
  context: Context,
): Answer {
  const options = deleteOptionsOf(incoming);
  if (!options.ok) return statusAnswer(options.status);
  const found = submit(request, incoming, context);
  if (!found.ok) return statusAnswer(found.status);
  const items = found.list?.items ?? [];
  for (const { metadata } of items) {
    const { namespace, name, uid } = metadata;
    const named = { kind: target.kind.kind, ...(namespace ? { namespace } : {}), name };
    const preconditions = { ...options.value.preconditions, uid };
    submit(
      { verb: 'delete', ...named, options: { ...options.value, preconditions } },
      incoming,
      context,
    );
  }
  const apiVersion = target.kind.apiVersion;
  const metadata = { resourceVersion: found.list?.resourceVersion ?? '' };
  return { code: 200, body: { kind: `${target.kind.kind}List`, apiVersion, metadata, items } };
}
