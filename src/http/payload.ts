/** What a request carries: an object, a patch, options (api-02 §1, §6; api-04). */
import type { Kind } from '../api/kind.ts';
import type { Draft } from '../api/meta.ts';
import { isObject } from '../api/patch/merge.ts';
import { rejection, type Status } from '../api/status.ts';
import { badRequest } from '../apiserver/reject.ts';
import type {
  DeleteOptions,
  FieldValidation,
  PatchRequest,
  PropagationPolicy,
} from '../apiserver/request.ts';
import { optionsRefusal } from '../apiserver/resourceversions.ts';
import { type Decoded, decodeJson, decodeYaml, type Read } from './body.ts';
import type { Incoming } from './context.ts';

const ok = <T>(value: T): Read<T> => ({ ok: true, value });
const refuse = (status: Status): Read<never> => ({ ok: false, status });

export const unsupportedMediaType = (): Status =>
  rejection(
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );

const mediaTypeOf = ({ header }: Incoming): string =>
  (header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();

/** The object of a create or an update. */
export function objectOf(incoming: Incoming, kind: Kind, apiVersion: string): Read<Draft> {
  const type = mediaTypeOf(incoming);
  const text = incoming.body.toString('utf8');
  let decoded: Decoded;
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml') {
    return refuse(unsupportedMediaType());
  }
  try {
    decoded = type === 'application/yaml' ? decodeYaml(text) : decodeJson(text);
  } catch (error) {
    const shown = text === '' ? '<empty>' : text.slice(0, 1024);
    const why = `couldn't get version/kind; json parse error: ${goJsonError(error, text)}`;
    return refuse(
      badRequest(
        `the object provided is unrecognized (must be of type ${kind.kind}): ${why} (${shown})`,
      ),
    );
  }
  const { value } = decoded;
  if (!isObject(value)) {
    const found = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
    return refuse(
      badRequest(
        `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${text.slice(0, 1024)})`,
      ),
    );
  }
  return ok(withType(value, kind, apiVersion) as unknown as Draft);
}

/** Built-in kinds may leave out what the path says already. */
function withType(value: Readonly<Record<string, unknown>>, kind: Kind, apiVersion: string) {
  return {
    ...value,
    apiVersion: value['apiVersion'] || apiVersion,
    kind: value['kind'] || kind.kind,
    metadata: value['metadata'] ?? {},
  };
}

function goJsonError(error: unknown, text: string): string {
  if (text.trim() === '' || /Unexpected end/i.test(String(error))) {
    return 'unexpected end of JSON input';
  }
  const at = /position (\d+)/.exec(String(error))?.[1];
  const character = at === undefined ? undefined : text[Number(at)];
  return character === undefined
    ? 'unexpected end of JSON input'
    : `invalid character '${character}' looking for beginning of value`;
}

const patchTypes: Readonly<Record<string, PatchRequest['patchType']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export function patchOf(incoming: Incoming): Read<Pick<PatchRequest, 'patchType' | 'patch'>> {
  const patchType = patchTypes[mediaTypeOf(incoming)];
  if (patchType === undefined) {
    return refuse(rejection('UnsupportedMediaType', '415: Unsupported Media Type', {}));
  }
  const text = incoming.body.toString('utf8');
  try {
    const { value } = patchType === 'apply' ? decodeYaml(text) : decodeJson(text);
    return ok({ patchType, patch: value });
  } catch (error) {
    if (patchType === 'apply') {
      const why = `error decoding YAML: error converting YAML to JSON: yaml: ${(error as Error).message}`;
      return refuse(badRequest(why));
    }
    return refuse(badRequest(`error decoding patch: ${goJsonError(error, text)}`));
  }
}

/** DeleteOptions of the body, or of the query. */
export function deleteOptionsOf(incoming: Incoming): Read<DeleteOptions> {
  const { query, body } = incoming;
  const given: Record<string, unknown> = {};
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null && grace !== '') given['gracePeriodSeconds'] = Number(grace);
  const policy = query.get('propagationPolicy');
  if (policy !== null && policy !== '') given['propagationPolicy'] = policy;
  const orphan = query.get('orphanDependents');
  if (orphan !== null && orphan !== '') given['orphanDependents'] = orphan === 'true';
  if (body.length > 0) {
    const type = mediaTypeOf(incoming);
    if (type !== '' && type !== 'application/json' && type !== 'application/yaml') {
      return refuse(unsupportedMediaType());
    }
    try {
      const { value } =
        type === 'application/yaml'
          ? decodeYaml(body.toString('utf8'))
          : decodeJson(body.toString('utf8'));
      if (isObject(value)) Object.assign(given, value);
    } catch (error) {
      return refuse(
        badRequest(
          `couldn't get version/kind; json parse error: ${goJsonError(error, body.toString('utf8'))}`,
        ),
      );
    }
  }
  return validOptions(given);
}

const policies: readonly string[] = ['Background', 'Foreground', 'Orphan'];

function validOptions(given: Readonly<Record<string, unknown>>): Read<DeleteOptions> {
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
    const why = `Unsupported value: "${String(propagationPolicy)}": supported values: "Background", "Foreground", "Orphan", "nil"`;
    return refuse(optionsRefusal('propagationPolicy', 'NotSupported', why, 'DeleteOptions'));
  }
  const policy =
    propagationPolicy ??
    (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background');
  return ok({
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    ...(policy === undefined ? {} : { propagationPolicy: policy as PropagationPolicy }),
    ...(isObject(preconditions)
      ? { preconditions: preconditions as NonNullable<DeleteOptions['preconditions']> }
      : {}),
  });
}

/** How unknown fields are treated; `Warn` if nothing is said. */
export function fieldValidationOf(query: URLSearchParams, options: string): Read<FieldValidation> {
  const value = query.get('fieldValidation') ?? '';
  if (value === 'Strict') return ok('Strict');
  if (value === '' || value === 'Ignore' || value === 'Warn') return ok('Ignore');
  const why = `Unsupported value: "${value}": supported values: "", "Ignore", "Strict", "Warn"`;
  return refuse(optionsRefusal('fieldValidation', 'NotSupported', why, options));
}
