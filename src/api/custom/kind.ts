/** A definition as a kind: what the API server must know of the resources that it defines. */
import { type Decoded, decodeMetadata, type Mistake } from '../decode.ts';
import { valuesAt } from '../jsonpath/index.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import { columnsFrom } from './columns.ts';
import { type CustomResourceDefinition, conditionOf, definedKind } from './definition.ts';
import { deprecationOf } from './deprecation.ts';
import { defaulted, pruned } from './prune.ts';
import { hasRules, judgeRules, unjudged } from './rules.ts';
import type { Schema } from './schema.ts';
import { storageOf } from './storage.ts';
import { typeOfResource } from './type.ts';
import { validateSchema } from './validate.ts';

/**
 * @param name of the version that is spoken; empty: the one that is stored
 * @returns undefined for a definition that stores no version, or does not serve this one
 */
export function kindFrom(definition: CustomResourceDefinition, name: string): Kind | undefined {
  const { spec, metadata } = definition;
  const { group, names, versions, scope } = spec;
  const kept = versions.find(({ storage }) => storage);
  const version = name === '' ? kept : versions.find((one) => one.name === name);
  const schema = version?.schema?.openAPIV3Schema;
  if (kept === undefined || version === undefined || schema === undefined) return undefined;
  if (version !== kept && !version.served) return undefined;
  const { status, scale } = version.subresources ?? {};
  const hasStatus = status !== undefined;
  const isTerminating = metadata.deletionTimestamp !== undefined;
  const deprecation = deprecationOf(definition, version);
  return {
    kind: names.kind,
    apiVersion: `${group}/${version.name}`,
    storedAs: definedKind(definition),
    storage: storageOf(group, versions, version, kept),
    type: typeOfResource(schema),
    resource: names.plural,
    shortNames: [...(names.singular ? [names.singular] : []), ...(names.shortNames ?? [])],
    namespaced: scope === 'Namespaced',
    subresources: [...(hasStatus ? ['status'] : []), ...(scale === undefined ? [] : ['scale'])],
    hasStatus,
    conditionalUpdateOnly: true,
    keepsMetadataOnStatus: true,
    plainPatchesOnly: true,
    ...(deprecation === undefined ? {} : { deprecation }),
    ...(scale === undefined ? {} : { scale }),
    ...(isTerminating
      ? { closed: 'create not allowed while custom resource definition is terminating' }
      : {}),
    generation: (next, current) => differsInSpec(next, current, hasStatus),
    decode: (object) => decoded(object, schema),
    defaults: (object) => defaulted(pruned(object, schema), schema),
    prepareForStatusUpdate: (next) => defaulted(pruned(next, schema), schema),
    validate: (object) => judged(object, undefined, schema),
    validateUpdate: (next, current) => judged(next, current, schema),
    validateStatusUpdate: (next, current) => judged(next, current, schema),
    columns: columnsFrom(version),
    selectableFields: selectableFrom(version.selectableFields ?? []),
  };
}

/** Everything but metadata, and but status where that is written apart. */
function differsInSpec(next: KubeObject, current: KubeObject, hasStatus: boolean): boolean {
  const [is, was] = [next, current] as unknown as Readonly<Record<string, unknown>>[];
  for (const name of new Set([...Object.keys(is!), ...Object.keys(was!)])) {
    if (name === 'metadata' || (hasStatus && name === 'status')) continue;
    if (is![name] !== was![name]) return true;
  }
  return false;
}

function decoded(object: unknown, schema: Schema): Decoded {
  const unknown: Mistake[] = [];
  pruned(object, schema, (mistake) => unknown.push(mistake));
  const { metadata } = object as { metadata?: unknown };
  if (metadata === undefined || metadata === null) return { mismatch: undefined, unknown };
  const own = decodeMetadata(metadata);
  return { mismatch: own.mismatch, unknown: [...unknown, ...own.unknown] };
}

/** The metadata is the API's own business. */
function judged(object: KubeObject, old: KubeObject | undefined, schema: Schema) {
  const { metadata: _metadata, ...properties } = schema.properties ?? {};
  const own = { ...schema, properties };
  const errors = validateSchema(object, own, '', old);
  if (!hasRules(schema)) return errors;
  return errors.length > 0 ? [...errors, unjudged] : judgeRules(object, old, schema, '');
}

const selectableFrom = (fields: readonly { readonly jsonPath: string }[]) =>
  Object.fromEntries(
    fields.map(({ jsonPath }) => [
      jsonPath.slice(1),
      (object: KubeObject) => String(valuesAt(object, jsonPath)[0] ?? ''),
    ]),
  );

/** Whether objects of the kind may be asked for. */
export const isEstablished = (definition: CustomResourceDefinition): boolean =>
  conditionOf(definition, 'Established')?.status === 'True';
