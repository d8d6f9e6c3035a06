/** Server-side apply: a PATCH that says what its author wants, and owns (api-04 §5). */
import { decode } from '../api/decode.ts';
import { type Kind, nameOf } from '../api/kind.ts';
import { appliedProblem } from '../api/managedfields/appliedproblem.ts';
import { decodeEntries, type Managed } from '../api/managedfields/entries.ts';
import { difference, type FieldSet, isEmptySet, touches } from '../api/managedfields/fieldset.ts';
import {
  apply as applyFields,
  type Conflict,
  isSame,
  owningAll,
  type Workflow,
} from '../api/managedfields/manager.ts';
import { compare, fieldsOf } from '../api/managedfields/typed.ts';
import type { KubeObject, Labels } from '../api/meta.ts';
import { normalized } from '../api/normalize.ts';
import { isObject } from '../api/patch/merge.ts';
import { rejection, type Status } from '../api/status.ts';
import { type FieldType, typeNameOf } from '../api/structure.ts';
import type { Handling } from './apiserver.ts';
import { create } from './create.ts';
import { managedFieldsOf, withManaged, workflowOf } from './fieldtracker.ts';
import { homeOf } from './metadata.ts';
import { badRequest, conflict, internalError, notFound } from './reject.ts';
import { type PatchRequest, type Response, refused } from './request.ts';
import { optionsRefusal } from './resourceversions.ts';
import { updateScale } from './scale.ts';
import { scaleOf } from './scaleof.ts';
import { update } from './update.ts';

type Json = Readonly<Record<string, unknown>>;

export function applyPatch(request: PatchRequest, handling: Handling): Response {
  const { kind, now } = handling;
  const { name, subresource, patch, fieldManager = '', force = false } = request;
  const refusal = bodyRefusalOf(request, kind);
  if (refusal !== undefined) return refused(refusal);
  const config = patch as Json;
  const home = homeOf(kind, request.namespace);
  const live = handling.held(home, name);
  if (subresource === 'scale') return applyScale(config, live, request, handling);
  const absent = live === undefined ? absentRefusal(config, request, handling) : undefined;
  if (absent !== undefined) return refused(absent);
  const { mistakes = [], fieldValidation } = request;
  const apiVersion = String(config['apiVersion']);
  const workflow = workflowOf(kind, fieldManager, 'Apply', subresource, apiVersion, now);
  const clean = withoutIdentity(config);
  const owners = live === undefined ? [] : ownersOf(live, kind, now);
  const attempt = (forced: boolean) =>
    applyFields(live as Json | undefined, clean, owners, workflow, forced);
  const first = attempt(force);
  const applied = !first.ok && isMigration(first.conflicts, live, workflow) ? attempt(true) : first;
  if (!applied.ok) return refused(conflictStatus(applied.conflicts));
  if (fieldValidation === 'Strict' && mistakes.length > 0) {
    return refused(badRequest(`error strict decoding YAML: ${mistakes.join(', ')}`));
  }
  const given = config['metadata'] as KubeObject['metadata'] | undefined;
  const told =
    fieldManager === 'kubectl' ? withLastApplied(applied.object, config) : applied.object;
  const object = named(told, kind, name, home, given?.resourceVersion, live);
  const owned = withManaged(object, applied.managed);
  const noting = handling.noting({ noted: keeping(applied.managed) });
  const whole = normalized(owned, typeNameOf(kind.apiVersion, kind.kind), live);
  if (live === undefined) {
    const { resourceVersion: _none, ...metadata } = whole.metadata;
    return create({ verb: 'create', kind: nameOf(kind), object: { ...whole, metadata } }, noting);
  }
  return update(whole, { verb: 'patch', subresource }, noting);
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * kubectl goes from client-side to server-side apply: what it conflicts with, it has set itself, as its
 * annotation says (upstream's `lastAppliedManager`).
 */
function isMigration(
  conflicts: readonly Conflict[],
  live: KubeObject | undefined,
  { manager, type }: Workflow,
): boolean {
  const text = live?.metadata.annotations?.[lastApplied];
  if (manager !== 'kubectl' || text === undefined) return false;
  let before: unknown;
  try {
    before = JSON.parse(text);
  } catch {
    return false;
  }
  const { modified } = compare(before, live, type);
  const own = difference(fieldsOf(before, type), modified);
  return conflicts.every(({ edges }) => touches(own, edges));
}

/** kubectl's annotation follows what it applies, where there is one (upstream's `lastAppliedUpdater`). */
function withLastApplied(object: Json, config: Json): Json {
  const { annotations, ...metadata } = (object['metadata'] ?? {}) as { annotations?: Labels };
  if (!annotations?.[lastApplied]) return object;
  const { annotations: given, ...own } = (config['metadata'] ?? {}) as { annotations?: Labels };
  const { [lastApplied]: _self, ...others } = given ?? {};
  const meta = given === undefined ? own : { ...own, annotations: others };
  const text = sortedJson(
    config['metadata'] === undefined ? config : { ...config, metadata: meta },
  );
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotations, [lastApplied]: text } },
  };
}

/** With the names in order, and a line's end, as Go's encoder writes a map. */
const sortedJson = (value: unknown): string => `${JSON.stringify(value, inOrder)}\n`;

const inOrder = (_name: string, value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** What is stored has the owners that the apply found. */
const keeping =
  (managed: readonly Managed[]) =>
  (_before: KubeObject | undefined, after: KubeObject): KubeObject =>
    withManaged(after, managed);

/** Who owns what; whatever nobody was noted for belongs to those before the first apply. */
function ownersOf(live: KubeObject, kind: Kind, now: number): readonly Managed[] {
  const managed = decodeEntries(managedFieldsOf(live));
  if (managed !== undefined && managed.length > 0) return managed;
  const { apiVersion } = kind;
  const workflow = workflowOf(kind, 'before-first-apply', 'Update', undefined, apiVersion, now);
  return [owningAll(live as unknown as Json, workflow)];
}

function bodyRefusalOf(request: PatchRequest, kind: Kind): Status | undefined {
  const { patch, fieldManager = '', name, subresource } = request;
  if (fieldManager === '') {
    return optionsRefusal(
      'fieldManager',
      'Required',
      'is required for apply patch',
      'PatchOptions',
    );
  }
  if (!isObject(patch)) {
    return badRequest(
      'error decoding YAML: json: cannot unmarshal into Go value of type map[string]interface {}',
    );
  }
  const {
    apiVersion = '',
    kind: given = '',
    metadata,
  } = patch as { apiVersion?: string; kind?: string; metadata?: Json };
  const expected = subresource === 'scale' ? 'Scale' : kind.kind;
  const versions = [
    request.apiVersion ?? kind.apiVersion,
    ...(subresource === 'scale' ? ['autoscaling/v1'] : []),
  ];
  if (given !== expected || !versions.includes(apiVersion)) {
    return badRequest(
      `invalid object type: ${apiVersion === '' ? '/' : apiVersion}, Kind=${given}`,
    );
  }
  if (isObject(metadata)) {
    if (Object.hasOwn(metadata, 'managedFields') && metadata['managedFields'] !== null) {
      return badRequest('metadata.managedFields must be nil');
    }
    const other = metadata['name'];
    if (typeof other === 'string' && other !== '' && other !== name) {
      return badRequest(
        `the name of the object (${other}) does not match the name on the URL (${name})`,
      );
    }
  }
  const type = typed(apiVersion, given, kind);
  if (type === undefined) return undefined;
  const { namespace = '', name: own = '' } = (metadata ?? {}) as {
    namespace?: string;
    name?: string;
  };
  const called = `${namespace}/${own}; ${apiVersion}, Kind=${given}`;
  const problem = appliedProblem(patch, type);
  if (problem !== undefined) {
    return internalError(`failed to create typed patch object (${called}): ${problem}`);
  }
  if (subresource === 'scale') return undefined;
  const { mismatch } = kind.decode?.(patch) ?? decode(patch, apiVersion, given);
  if (mismatch === undefined) return undefined;
  const what = `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${given}`;
  const why = `unable to convert unstructured object to ${what}: ${mismatch.message}`;
  return internalError(
    `failed to convert new object (${called}) to proper version (${apiVersion}): ${why}`,
  );
}

function typed(apiVersion: string, given: string, { type }: Kind): FieldType | undefined {
  const ref = typeNameOf(apiVersion, given);
  return ref === undefined ? type : { ref };
}

/** Nothing of that name: applying may create it, if the body says what it is called. */
function absentRefusal(
  config: Json,
  { name, subresource }: PatchRequest,
  { kind }: Handling,
): Status | undefined {
  const metadata = (config['metadata'] ?? {}) as { name?: string; uid?: string };
  if (subresource !== undefined) return notFound(kind, name);
  if (metadata.uid) {
    const why = `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`;
    return conflict(kind, name, why);
  }
  if (metadata.name) return undefined;
  return badRequest(
    `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
  );
}

/** What an author may not own is not applied. */
function withoutIdentity(config: Json): Json {
  const metadata = config['metadata'];
  if (!isObject(metadata)) return config;
  const { resourceVersion: _v, creationTimestamp: _c, managedFields: _m, ...rest } = metadata;
  return { ...config, metadata: rest };
}

function named(
  object: Json,
  kind: Kind,
  name: string,
  namespace: string | undefined,
  resourceVersion: string | undefined,
  live: KubeObject | undefined,
): KubeObject {
  const metadata = {
    ...(object['metadata'] as KubeObject['metadata']),
    name,
    ...(namespace === undefined ? {} : { namespace }),
    resourceVersion: resourceVersion ?? live?.metadata.resourceVersion ?? '',
  };
  return { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata } as KubeObject;
}

/** The size is owned in the object itself, by whoever set it through whatever (upstream's `ScaleHandler`). */
function applyScale(
  config: Json,
  live: KubeObject | undefined,
  { name, fieldManager = '', force = false }: PatchRequest,
  handling: Handling,
): Response {
  const { kind, now } = handling;
  if (live === undefined) return refused(notFound(kind, name));
  const scale = scaleOf(live, kind);
  const { replicas } = (config['spec'] ?? {}) as { replicas?: number };
  if (replicas === undefined) return updateScale(scale, handling, 'patch');
  const workflow = workflowOf(kind, fieldManager, 'Apply', 'scale', kind.apiVersion, now);
  const parts = (kind.scale?.specReplicasPath ?? '.spec.replicas').split('.').slice(1);
  const place = parts.map((part) => `f:${part}`);
  const size = placed(place);
  const owners = ownersOf(live, kind, now);
  const others = owners.filter((one) => !isSame(one, workflow));
  const isChanged = (scale.spec as { replicas?: number }).replicas !== replicas;
  const losing = isChanged ? others.filter(({ fields }) => touches(fields, place)) : [];
  if (losing.length > 0 && !force) {
    const conflicts = losing.map((by) => ({
      by: { ...by, apiVersion: 'autoscaling/v1' },
      path: '.spec.replicas',
      edges: place,
    }));
    return refused(conflictStatus(conflicts));
  }
  const kept = others.flatMap((one) => {
    const fields = losing.includes(one) ? difference(one.fields, size) : one.fields;
    return isEmptySet(fields) ? [] : [{ ...one, fields }];
  });
  const mine = owners.find((one) => isSame(one, workflow)) ?? { ...workflow, fields: size };
  const managed = [...kept, mine];
  const noting = handling.noting({ noted: keeping(managed) });
  const managedFields = withManaged(live, managed).metadata.managedFields;
  return updateScale({ ...scale, spec: { replicas } }, noting, 'patch', managedFields);
}

/** The set of one path. */
const placed = (path: readonly string[]): FieldSet =>
  path.reduceRight<FieldSet>((inside, edge) => ({ [edge]: inside }), {});

function conflictStatus(conflicts: readonly Conflict[]): Status {
  const byManager = new Map<string, string[]>();
  for (const { by, path } of conflicts) {
    const described = descriptionOf(by);
    byManager.set(described, [...(byManager.get(described) ?? []), path]);
  }
  const managers = [...byManager].sort(([a], [b]) => (a < b ? -1 : 1));
  const count = conflicts.length;
  const [[only, [path]]] = managers as [[string, [string]]];
  const told =
    count === 1
      ? `conflict with ${only}: ${path}`
      : managers
          .map(
            ([who, paths]) =>
              `conflicts with ${who}:\n${paths.map((one) => `- ${one}`).join('\n')}`,
          )
          .join('\n');
  return rejection(
    'Conflict',
    `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${told}`,
    {
      causes: managers.flatMap(([who, paths]) =>
        paths.map((field) => ({
          reason: 'FieldManagerConflict',
          message: `conflict with ${who}`,
          field,
        })),
      ),
    },
  );
}

function descriptionOf({ manager, subresource, operation, apiVersion }: Managed): string {
  const through = subresource === '' ? '' : ` with subresource "${subresource}"`;
  const using = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `"${manager}"${through}${using}`;
}
