/** What a request carries: an object, a patch, options (api-02 §1, §6; api-04). */
import { groupOf } from '../api/index.ts';
import { jsonMistake } from '../api/jsonmistake.ts';
import type { Draft } from '../api/meta.ts';
import { isObject } from '../api/patch/merge.ts';
import { rejection, type Status } from '../api/status.ts';
import { typeNameOf } from '../api/structure.ts';
import { badRequest } from '../apiserver/reject.ts';
import type { DeleteOptions, PatchRequest, PropagationPolicy } from '../apiserver/request.ts';
import { optionsRefusal } from '../apiserver/resourceversions.ts';
import { type Decoded, decodeJson, decodeYaml, type Read } from './body.ts';
import type { Incoming } from './context.ts';
import { mediaTypes } from './negotiation.ts';
import { dryRunRefusal, type Validation } from './options.ts';
import { decodeBody } from './protobuf/decode.ts';
import { WireError } from './protobuf/wire.ts';
import { isTrue } from './target.ts';

/** The kind that a body must be, in one of these versions; the first, if it does not say. */
export interface Expected {
  readonly kind: string;
  readonly apiVersions: readonly string[];
  /** No scheme knows the kind: a body says what it is. */
  readonly isCustom?: boolean;
}

const ok = <T>(value: T): Read<T> => ({ ok: true, value });
const refuse = (status: Status): Read<never> => ({ ok: false, status });

export const unsupportedMediaType = (): Status =>
  rejection(
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );

const mediaTypeOf = ({ header }: Incoming): string =>
  (header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();

/** A body as plain data, by its content type. */
function decodedBody(incoming: Incoming, kind: Pick<Expected, 'kind'>): Read<Decoded> {
  const type = mediaTypeOf(incoming);
  const { body } = incoming;
  if (type === mediaTypes.protobuf) {
    try {
      return ok({ value: decodeBody(body), duplicates: [] });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return refuse(
        badRequest(
          `the object provided is unrecognized (must be of type ${kind.kind}): ${error.message}`,
        ),
      );
    }
  }
  if (type !== '' && type !== mediaTypes.json && type !== mediaTypes.yaml) {
    return refuse(unsupportedMediaType());
  }
  const text = body.toString('utf8');
  try {
    return ok(type === mediaTypes.yaml ? decodeYaml(text) : decodeJson(text));
  } catch {
    return refuse(unrecognized(kind, `json parse error: ${goJsonError(text)}`, text));
  }
}

function unrecognized({ kind }: Pick<Expected, 'kind'>, why: string, text: string): Status {
  const shown = text === '' ? '<empty>' : text.slice(0, 1024);
  const message = `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${why} (${shown})`;
  return badRequest(message);
}

/** What Go decodes first of any object. */
const goTypeMeta =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** An object that a client sent, and what is there twice in its text. */
export interface Given {
  readonly object: Draft;
  readonly duplicates: readonly string[];
}

/** The object of a create or an update. */
export function objectOf(incoming: Incoming, expected: Expected): Read<Given> {
  const decoded = decodedBody(incoming, expected);
  if (!decoded.ok) return decoded;
  const { value, duplicates } = decoded.value;
  if (!isObject(value)) {
    const why = `json parse error: json: cannot unmarshal ${goKind(value)} into Go value of type ${goTypeMeta}`;
    return refuse(unrecognized(expected, why, incoming.body.toString('utf8')));
  }
  const untyped = ['apiVersion', 'kind'].find(
    (name) => value[name] !== undefined && value[name] !== null && typeof value[name] !== 'string',
  );
  if (untyped !== undefined) {
    const why = `json parse error: json: cannot unmarshal ${goKind(value[untyped])} into Go struct field .${untyped} of type string`;
    return refuse(unrecognized(expected, why, incoming.body.toString('utf8')));
  }
  const object = withType(value, expected) as unknown as Draft;
  const wrong = wrongKind(object, expected);
  return wrong === undefined ? ok({ object, duplicates }) : refuse(badRequest(wrong));
}

/** What Go's decoder calls a JSON value. */
function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}

/** A body must be what the path says. */
function wrongKind(
  object: Draft,
  { kind, apiVersions, isCustom = false }: Expected,
): string | undefined {
  const given = object as unknown as { apiVersion: string; kind: string };
  if (given.kind === kind && apiVersions.includes(given.apiVersion)) return undefined;
  if (isCustom && given.kind === kind) {
    return `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersions[0]})`;
  }
  const version = shortVersion(given.apiVersion);
  const what = `${given.kind} in version "${version}" cannot be handled as a ${kind}`;
  if (typeNameOf(given.apiVersion, given.kind) === undefined) {
    const scheme = 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30';
    return `${what}: no kind "${given.kind}" is registered for version "${given.apiVersion}" in scheme "${scheme}"`;
  }
  const internal = groupOf(apiVersions[0]!).split('.')[0] || 'core';
  return `${what}: converting (${version}.${given.kind}) to (${internal}.${kind}): unknown conversion`;
}

const shortVersion = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1);

/** Built-in kinds may leave out what the path says already. */
function withType(value: Readonly<Record<string, unknown>>, { kind, apiVersions }: Expected) {
  return {
    ...value,
    apiVersion: value['apiVersion'] || apiVersions[0],
    kind: value['kind'] || kind,
    metadata: value['metadata'] ?? {},
  };
}

const goJsonError = (text: string): string => jsonMistake(text) ?? 'exceeded max depth';

const patchTypes: Readonly<Record<string, PatchRequest['patchType']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export const isApplyPatch = (incoming: Incoming): boolean =>
  patchTypes[mediaTypeOf(incoming)] === 'apply';

export function patchOf(
  incoming: Incoming,
  validation: Validation,
): Read<Pick<PatchRequest, 'patchType' | 'patch' | 'mistakes'>> {
  const patchType = patchTypes[mediaTypeOf(incoming)];
  if (patchType === undefined) {
    return refuse(rejection('UnsupportedMediaType', '415: Unsupported Media Type', {}));
  }
  const text = incoming.body.toString('utf8');
  if (patchType === 'apply') {
    try {
      const { value, duplicates } = decodeYaml(text);
      const mistakes = duplicates.map((one) => `error converting YAML to JSON: ${one}`);
      return ok({ patchType, patch: value, ...(mistakes.length === 0 ? {} : { mistakes }) });
    } catch (error) {
      const why = `error decoding YAML: error converting YAML to JSON: yaml: ${(error as Error).message}`;
      return refuse(badRequest(why));
    }
  }
  try {
    const { value, duplicates } = decodeJson(text);
    const mistakes = [
      ...duplicates,
      ...(patchType === 'json' ? unknownInOperations(value) : []),
    ].map((mistake) => (patchType === 'json' ? `json patch ${mistake}` : mistake));
    return ok({ patchType, patch: value, ...(mistakes.length === 0 ? {} : { mistakes }) });
  } catch {
    const why = goJsonError(text);
    const isTyped = patchType !== 'strategic' && validation !== 'Ignore';
    return refuse(badRequest(isTyped ? `error decoding patch: ${why}` : why));
  }
}

const operationFields: readonly string[] = ['op', 'path', 'from', 'value'];

const unknownInOperations = (patch: unknown): readonly string[] =>
  (Array.isArray(patch) ? patch : []).flatMap((operation, i) =>
    Object.keys(isObject(operation) ? operation : {})
      .filter((name) => !operationFields.includes(name))
      .map((name) => `unknown field "[${i}].${name}"`),
  );

/** As Go tells of a number in the query that is none. */
export const parsingInt = (text: string): string =>
  `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;

const optionsKind = { kind: 'DeleteOptions' };

/** How something is deleted, and whether it only seems so. */
export interface Deleting {
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
}

/** DeleteOptions of the body; of the query, if there is no body: a body makes the query count for nothing. */
export function deleteOptionsOf(incoming: Incoming): Read<Deleting> {
  const { query, body } = incoming;
  if (body.length > 0) {
    const decoded = decodedBody(incoming, optionsKind);
    if (!decoded.ok) return decoded;
    const { value } = decoded.value;
    return validOptions(isObject(value) ? value : {});
  }
  const given: Record<string, unknown> = {
    dryRun: query.getAll('dryRun').filter((value) => value !== ''),
  };
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null && grace !== '') {
    if (!/^[+-]?\d+$/.test(grace)) return refuse(badRequest(parsingInt(grace)));
    given['gracePeriodSeconds'] = Number(grace);
  }
  const policy = query.get('propagationPolicy');
  if (policy !== null && policy !== '') given['propagationPolicy'] = policy;
  const orphan = query.get('orphanDependents');
  if (orphan !== null && orphan !== '') given['orphanDependents'] = isTrue(orphan);
  return validOptions(given);
}

const policies: readonly string[] = ['Foreground', 'Background', 'Orphan'];

function validOptions(given: Readonly<Record<string, unknown>>): Read<Deleting> {
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions } = given;
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    return refuse(
      optionsRefusal(
        'propagationPolicy',
        'Invalid',
        `Invalid value: "${String(propagationPolicy)}": ${why}`,
        'DeleteOptions',
      ),
    );
  }
  if (propagationPolicy !== undefined && !policies.includes(String(propagationPolicy))) {
    const why = `Unsupported value: "${String(propagationPolicy)}": supported values: "Foreground", "Background", "Orphan", "nil"`;
    return refuse(optionsRefusal('propagationPolicy', 'NotSupported', why, 'DeleteOptions'));
  }
  const dryRun = Array.isArray(given['dryRun']) ? (given['dryRun'] as readonly unknown[]) : [];
  const untried = dryRunRefusal(dryRun, 'DeleteOptions');
  if (untried !== undefined) return refuse(untried);
  const policy =
    propagationPolicy ??
    (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background');
  const options = {
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    ...(policy === undefined ? {} : { propagationPolicy: policy as PropagationPolicy }),
    ...(isObject(preconditions)
      ? { preconditions: preconditions as NonNullable<DeleteOptions['preconditions']> }
      : {}),
  };
  return ok({ options, dryRun: dryRun.length > 0 });
}
