/** What a request on the wire asks of the API server, and what its author should be warned of. */
import { decode } from '../api/decode.ts';
import { type Kind, nameOf } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import { badRequest, wrongNamespace } from '../apiserver/reject.ts';
import type { ListRequest, PatchRequest, Request } from '../apiserver/request.ts';
import type { Incoming } from './context.ts';
import { type WriteOptions, writeOptionsOf } from './options.ts';
import { addedBy, withoutDirectives } from './patchnames.ts';
import {
  deleteOptionsOf,
  type Expected,
  isApplyPatch,
  objectOf,
  parsingInt,
  patchOf,
} from './payload.ts';
import { apiVersionOf, isTrue, type Target } from './target.ts';

/** A request to the API server, and what its author should be warned of. */
export interface Asked {
  readonly request: Request;
  readonly warnings: readonly string[];
}

export function requestOf(incoming: Incoming, target: Target): Asked | Status {
  const { info, kind, verb } = target;
  const { namespace, name, subresource } = info;
  const apiVersion = apiVersionOf(info);
  const home = kind.namespaced ? namespace : undefined;
  const named = {
    kind: nameOf(kind),
    apiVersion,
    ...(home === undefined ? {} : { namespace: home }),
    name: name ?? '',
  };
  const below = subresource === undefined ? {} : { subresource };
  if (verb === 'get') {
    const version = incoming.query.get('resourceVersion') ?? '';
    const asOf = version === '' ? {} : { resourceVersion: version };
    return unwarned({ verb: 'get', ...named, ...below, ...asOf });
  }
  if (verb === 'list') return checked(listRequest(incoming.query, kind, home, apiVersion));
  const isApply = verb === 'patch' && isApplyPatch(incoming);
  const options = writeOptionsOf(incoming, verb, isApply);
  if ('status' in options) return options.status;
  const { dryRun, fieldManager, validation } = options;
  const writing = { ...tried(dryRun), fieldManager };
  const fieldValidation = validation;
  if (verb === 'deletecollection') {
    const selecting = listRequest(incoming.query, kind, home, apiVersion);
    if ('status' in selecting) return selecting;
    const read = deleteOptionsOf(incoming);
    if (!read.ok) return read.status;
    const deleting = { ...tried(read.value.dryRun), fieldManager, options: read.value.options };
    return unwarned({ ...selecting, ...deleting, verb });
  }
  if (verb === 'delete') {
    const read = deleteOptionsOf(incoming);
    if (!read.ok) return read.status;
    const deleting = { ...tried(read.value.dryRun), fieldManager, options: read.value.options };
    const request: Request = { verb: 'delete', ...named, ...deleting };
    const isUnsaid = read.value.options.propagationPolicy === undefined;
    return { request, warnings: kind.kind === 'Job' && isUnsaid ? [podsAreKept] : [] };
  }
  if (verb === 'patch') {
    const read = patchOf(incoming, validation);
    if (!read.ok) return read.status;
    const force = isApply && options.force ? { force: true } : {};
    const request = { ...named, ...read.value, ...below, ...writing, ...force, fieldValidation };
    return {
      request: { verb: 'patch', ...request },
      warnings:
        isApply || validation !== 'Warn'
          ? []
          : [
              ...(read.value.mistakes ?? []),
              ...warningsOf(namedIn(read.value), target, [], options),
            ],
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
  const spoken = { kind: nameOf(kind), apiVersion, object: whole, ...below, ...writing };
  return { request: { verb: 'update', ...spoken, fieldValidation }, warnings };
}

const tried = (dryRun: boolean) => (dryRun ? { dryRun: true as const } : {});

/** What a patch names, as an object. */
function namedIn({ patchType, patch }: Pick<PatchRequest, 'patchType' | 'patch'>): unknown {
  if (patchType === 'strategic') return withoutDirectives(patch);
  return patchType === 'json' ? addedBy(patch) : patch;
}

const podsAreKept =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

const unwarned = (request: Request): Asked => ({ request, warnings: [] });

const checked = (request: ListRequest | Status): Asked | Status =>
  'status' in request ? request : unwarned(request);

const decoded = (object: unknown, { info, kind }: Target) =>
  kind.decode?.(object) ?? decode(object, apiVersionOf(info), kind.kind);

/** What strict validation would not let pass: fields that do not exist, and those that stand twice. */
function problemsOf(
  object: unknown,
  target: Target,
  duplicates: readonly string[],
): readonly string[] {
  const { mismatch, unknown } = decoded(object, target);
  if (mismatch !== undefined) return [];
  return [...unknown.map(({ message }) => message), ...duplicates];
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
): readonly string[] =>
  validation === 'Warn' ? problemsOf(object, target, duplicates).filter(isOneLine) : [];

/** No header can hold the others. */
const isOneLine = (text: string): boolean => !text.includes('\n');

export function listRequest(
  query: URLSearchParams,
  kind: Kind,
  namespace: string | undefined,
  apiVersion: string,
): ListRequest | Status {
  const limit = query.get('limit');
  for (const number of [limit, query.get('timeoutSeconds')]) {
    if (number !== null && number !== '' && !/^[+-]?\d+$/.test(number)) {
      return badRequest(parsingInt(number));
    }
  }
  const initial = query.get('sendInitialEvents');
  const text = (name: keyof ListRequest) => {
    const value = query.get(name);
    return value === null || value === '' ? {} : { [name]: value };
  };
  return {
    verb: 'list',
    kind: nameOf(kind),
    apiVersion,
    ...(namespace === undefined ? {} : { namespace }),
    ...text('labelSelector'),
    ...text('fieldSelector'),
    ...text('resourceVersion'),
    ...text('resourceVersionMatch'),
    ...text('continue'),
    ...(limit === null || limit === '' ? {} : { limit: Number(limit) }),
    ...(initial === null || initial === '' ? {} : { sendInitialEvents: isTrue(initial) }),
  };
}

/** What kind of object a body must be: that of the resource, or what its subresource speaks. */
function expectedOf({ info, entry, kind }: Target): Expected {
  const apiVersion = apiVersionOf(info);
  const spoken = entry.subresources?.find(
    ({ subresource }) => subresource === info.subresource,
  )?.responseKind;
  if (spoken === undefined || spoken.kind === entry.responseKind.kind) {
    const isCustom = kind.storedAs !== undefined;
    return { kind: entry.responseKind.kind, apiVersions: [apiVersion, kind.apiVersion], isCustom };
  }
  const { group, version } = spoken;
  const own = version === '' ? apiVersion : group === '' ? version : `${group}/${version}`;
  // The API of evictions was policy/v1beta1 once, and is still taken (upstream's AcceptsGroupVersion).
  const older = spoken.kind === 'Eviction' ? ['policy/v1beta1'] : [];
  return { kind: spoken.kind, apiVersions: [own, ...older] };
}

function wrongName(
  { metadata }: KubeObject,
  name: string,
  namespace: string | undefined,
): string | undefined {
  if (!metadata?.name) {
    return `the name of the object (${name} based on URL) was undeterminable: name must be provided`;
  }
  if (metadata.namespace && namespace !== undefined && metadata.namespace !== namespace) {
    return wrongNamespace;
  }
  if (metadata.name !== name) {
    return `the name of the object (${metadata.name}) does not match the name on the URL (${name})`;
  }
  return undefined;
}
