/** Requests for resources: from method, path and query to the API server's verbs, and back (api-02). */
import { decode } from '../api/decode.ts';
import { groupOf, kindNameOf, kindOf } from '../api/index.ts';
import type { Kind } from '../api/kind.ts';
import { type KubeObject, makeKey } from '../api/meta.ts';
import { rejection, type Status } from '../api/status.ts';
import { badRequest, noSuchResource } from '../apiserver/reject.ts';
import type { ListRequest, Request, Response } from '../apiserver/request.ts';
import type { Context, Incoming } from './context.ts';
import { type Form, formOf, notAcceptableText } from './negotiation.ts';
import { type WriteOptions, writeOptionsOf } from './options.ts';
import { deleteOptionsOf, type Expected, isApplyPatch, objectOf, patchOf } from './payload.ts';
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
  const asked = requestOf(incoming, target);
  if ('status' in asked) return { answer: statusAnswer(asked), form };
  const { request, warnings } = asked;
  if (target.verb === 'deletecollection') {
    return { answer: deleteCollection(incoming, request as ListRequest, target, context), form };
  }
  const response = submit(request, incoming, context);
  const answer = answerOf(response, incoming, target, form, context);
  return { answer: warnings.length === 0 ? answer : warned(answer, warnings), form };
}

const warningsMax = 4_096;

/** Each warning is a header of its own. */
function warned(answer: Answer, warnings: readonly string[]): Answer {
  const texts: string[] = [];
  let length = 0;
  for (const text of warnings) {
    length += text.length;
    if (length > warningsMax) break;
    texts.push(`299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'))}`);
  }
  return { ...answer, headers: { ...answer.headers, Warning: texts } };
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

/** A request to the API server, and what its author should be warned of. */
interface Asked {
  readonly request: Request;
  readonly warnings: readonly string[];
}

function requestOf(incoming: Incoming, target: Target): Asked | Status {
  const { info, kind, verb } = target;
  const { namespace, name, subresource } = info;
  const apiVersion = apiVersionOf(info);
  const home = kind.namespaced ? namespace : undefined;
  const named = {
    kind: kind.kind,
    apiVersion,
    ...(home === undefined ? {} : { namespace: home }),
    name: name ?? '',
  };
  const below = subresource === undefined ? {} : { subresource };
  if (verb === 'get') return unwarned({ verb: 'get', ...named, ...below });
  if (verb === 'list') return checked(listRequest(incoming.query, kind, home, apiVersion));
  const isApply = verb === 'patch' && isApplyPatch(incoming);
  const options = writeOptionsOf(incoming, verb, isApply);
  if ('status' in options) return options.status;
  const { dryRun, fieldManager, validation } = options;
  const writing = { ...(dryRun ? { dryRun: true as const } : {}), fieldManager };
  const fieldValidation = validation === 'Strict' ? ('Strict' as const) : ('Ignore' as const);
  if (verb === 'deletecollection') {
    return checked(listRequest(incoming.query, kind, home, apiVersion));
  }
  if (verb === 'delete') {
    const read = deleteOptionsOf(incoming);
    if (!read.ok) return read.status;
    return unwarned({ verb: 'delete', ...named, ...writing, options: read.value });
  }
  if (verb === 'patch') {
    const read = patchOf(incoming);
    if (!read.ok) return read.status;
    const force = isApply && options.force ? { force: true } : {};
    const request = { ...named, ...read.value, ...below, ...writing, ...force, fieldValidation };
    return {
      request: { verb: 'patch', ...request },
      warnings: isApply ? [] : warningsOf(read.value.patch, target, [], options),
    };
  }
  const read = objectOf(incoming, expectedOf(target));
  if (!read.ok) return read.status;
  const { object, duplicates } = read.value;
  const strict = strictRefusal(object, target, duplicates, options);
  if (strict !== undefined) return strict;
  const warnings = warningsOf(object, target, duplicates, options);
  if (verb === 'create' && name !== undefined) {
    return unwarned({
      verb: 'create',
      ...named,
      ...writing,
      subresource: subresource ?? '',
      object,
    });
  }
  if (verb === 'create') {
    const { name: _none, ...collection } = named;
    return {
      request: { verb: 'create', ...collection, ...writing, object, fieldValidation },
      warnings,
    };
  }
  const given = object as KubeObject;
  const why = wrongName(given, name!, home);
  if (why !== undefined) return badRequest(why);
  const metadata = home === undefined ? given.metadata : { ...given.metadata, namespace: home };
  const whole = { ...given, metadata };
  const spoken = { kind: kind.kind, apiVersion, object: whole, ...below, ...writing };
  return { request: { verb: 'update', ...spoken, fieldValidation }, warnings };
}

const unwarned = (request: Request): Asked => ({ request, warnings: [] });

const checked = (request: ListRequest | Status): Asked | Status =>
  'status' in request ? request : unwarned(request);

/** What strict validation would not let pass: fields that do not exist, and those that stand twice. */
function problemsOf(
  object: unknown,
  { info, kind }: Target,
  duplicates: readonly string[],
): readonly string[] {
  const { mismatch, unknown } = decode(object, apiVersionOf(info), kind.kind);
  if (mismatch !== undefined) return [];
  const twice = duplicates.map((path) => `duplicate field "${path}"`);
  return [...unknown.map(({ message }) => message), ...twice];
}

/** Fields that are unknown only are refused further in; those that stand twice only here. */
function strictRefusal(
  object: unknown,
  target: Target,
  duplicates: readonly string[],
  { validation }: WriteOptions,
): Status | undefined {
  if (validation !== 'Strict' || duplicates.length === 0) return undefined;
  const { kind, info } = target;
  const problems = problemsOf(object, target, duplicates).join(', ');
  const what = `${kind.kind} in version "${info.version}" cannot be handled as a ${kind.kind}`;
  return badRequest(`${what}: strict decoding error: ${problems}`);
}

const warningsOf = (
  object: unknown,
  target: Target,
  duplicates: readonly string[],
  { validation }: WriteOptions,
): readonly string[] => (validation === 'Warn' ? problemsOf(object, target, duplicates) : []);

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
  const code = target.verb === 'create' || response.created === true ? 201 : 200;
  if (isPosted(target)) return { code: 201, body: { ...success, code: 201 } };
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

/** What is posted to these subresources is done, and not shown. */
const isPosted = ({ verb, info }: Target): boolean =>
  verb === 'create' && (info.subresource === 'binding' || info.subresource === 'eviction');

const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

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
