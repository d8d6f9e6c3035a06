/**
 * What may be in a CustomResourceDefinition: names that agree, one stored version, structural schemas.
 *
 * What all versions say alike, upstream holds once, and its errors say that place: `spec.validation`.
 */

import {
  type CustomResourceDefinition,
  conditionOf,
  type DefinedVersion,
} from '../custom/definition.ts';
import type { Schema } from '../custom/schema.ts';
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { isObject } from '../patch/merge.ts';
import { validateConversion } from './conversion.ts';
import {
  validateColumn,
  validateDeprecation,
  validateNames,
  validateSubresources,
} from './definitionparts.ts';
import { type Errors, forbidden, invalid, invalidRaw, required, unsupported } from './errors.ts';
import { label1035Errors, subdomainErrors } from './names.ts';
import { openAPIErrors } from './openapischema.ts';
import { defaultErrors } from './schemadefaults.ts';
import { validateSelectableFields } from './selectablefields.ts';
import { structuralErrors } from './structuralschema.ts';

const scopes: readonly string[] = ['Cluster', 'Namespaced'];

export function validateDefinition({
  metadata,
  spec,
}: CustomResourceDefinition): readonly FieldError[] {
  const errors: Errors = [];
  if (!isObject(spec)) return [required('spec')];
  const { group = '', names, scope = '', versions = [] } = spec;
  if (metadata.name !== `${names?.plural ?? ''}.${group}`) {
    errors.push(
      invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  }
  validateGroup(errors, group);
  if (scope === '') errors.push(required('spec.scope'));
  else if (!scopes.includes(scope)) errors.push(unsupported('spec.scope', scope, scopes));
  versions.forEach(({ schema }, i) => {
    if (schema?.openAPIV3Schema !== undefined) return;
    errors.push(required(`spec.versions[${i}].schema.openAPIV3Schema`));
  });
  const common = commonOf(versions);
  validateVersions(errors, versions, common);
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if (!names?.[field]) errors.push(required(`spec.names.${field}`));
  }
  validateNames(errors, names ?? {}, 'spec.names');
  const [first] = versions;
  if (first !== undefined) {
    validateParts(errors, { ...first, ...versionless }, common, 'spec', true, versions);
  }
  validateConversion(errors, spec.conversion);
  return errors;
}

function validateGroup(errors: Errors, group: string): void {
  const wrong = group === '' ? [] : subdomainErrors(group);
  if (group === '') errors.push(required('spec.group'));
  else if (wrong.length > 0) errors.push(invalid('spec.group', group, wrong.join(',')));
  else if (!group.includes('.')) {
    errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
}

const shared = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;
type Common = Readonly<Record<(typeof shared)[number], boolean>>;

const versionless = { name: '', served: false, storage: false };

/** What all versions say alike. */
function commonOf(versions: readonly DefinedVersion[]): Common {
  const isSame = (part: (typeof shared)[number]): boolean =>
    versions.every((version) => deepEqual(version[part], versions[0]![part]));
  return {
    schema: isSame('schema'),
    subresources: isSame('subresources'),
    additionalPrinterColumns: isSame('additionalPrinterColumns'),
    selectableFields: isSame('selectableFields'),
  };
}

function validateVersions(
  errors: Errors,
  versions: readonly DefinedVersion[],
  common: Common,
): void {
  versions.forEach((version, i) => {
    const at = `spec.versions[${i}]`;
    const wrong = label1035Errors(version.name ?? '');
    if (wrong.length > 0) {
      errors.push(invalid(`${at}.name`, version.name ?? '', wrong.join(',')));
    }
    validateDeprecation(errors, version, at);
    validateParts(errors, version, common, at, false, [version]);
  });
  const shown = versionsText(versions, common);
  if (new Set(versions.map(({ name }) => name)).size < versions.length) {
    errors.push(invalidRaw('spec.versions', shown, 'must contain unique version names'));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const detail = 'must have exactly one version marked as storage version';
    errors.push(invalidRaw('spec.versions', shown, detail));
  }
}

/** As the server writes versions; schemas of their own are left as they were given. */
const versionsText = (versions: readonly DefinedVersion[], common: Common): string =>
  JSON.stringify(
    versions.map((version) => ({
      Name: version.name,
      Served: version.served === true,
      Storage: version.storage === true,
      Deprecated: version.deprecated === true,
      DeprecationWarning: version.deprecationWarning ?? null,
      Schema: common.schema ? null : (version.schema ?? null),
      Subresources: common.subresources ? null : (version.subresources ?? null),
      AdditionalPrinterColumns: common.additionalPrinterColumns
        ? null
        : (version.additionalPrinterColumns ?? null),
      SelectableFields: common.selectableFields ? null : (version.selectableFields ?? null),
    })),
  );

/** @param whole what is common to all versions is looked at, and not what is of this one alone */
function validateParts(
  errors: Errors,
  version: DefinedVersion,
  common: Common,
  at: string,
  whole: boolean,
  versions: readonly DefinedVersion[],
): void {
  const { schema, subresources, additionalPrinterColumns = [], selectableFields } = version;
  if (common.schema === whole && schema?.openAPIV3Schema !== undefined) {
    const hasStatus = versions.some((one) => one.subresources?.status !== undefined);
    const field = `${at}.${whole ? 'validation' : 'schema'}.openAPIV3Schema`;
    validateSchema(errors, schema.openAPIV3Schema, field, hasStatus);
  }
  if (common.subresources === whole) {
    validateSubresources(errors, subresources, `${at}.subresources`);
  }
  for (const [i, column] of additionalPrinterColumns.entries()) {
    if (common.additionalPrinterColumns !== whole) break;
    validateColumn(errors, column, `${at}.additionalPrinterColumns[${i}]`);
  }
  const fields = common.selectableFields === whole ? (selectableFields ?? []) : [];
  if (fields.length > 0 && schema?.openAPIV3Schema !== undefined) {
    validateSelectableFields(errors, fields, schema.openAPIV3Schema, `${at}.selectableFields`);
  }
}

function validateSchema(errors: Errors, schema: Schema, at: string, hasStatus: boolean): void {
  if (hasStatus && schema.type && schema.type !== 'object') {
    const why =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    errors.push(invalid(`${at}.type`, schema.type, why));
  }
  if (schema.nullable === true) {
    errors.push(forbidden(`${at}.nullable`, 'nullable cannot be true at the root'));
  }
  const structural = structuralErrors(schema, at);
  const isRight = structural.length === 0;
  const defaults = isRight ? defaultErrors(schema, at) : [];
  errors.push(...structural, ...defaults, ...openAPIErrors(schema, at, isRight));
}

export function validateDefinitionUpdate(
  next: CustomResourceDefinition,
  current: CustomResourceDefinition,
): readonly FieldError[] {
  const errors: Errors = [...validateDefinition(next)];
  if (!isObject(next.spec)) return errors;
  const fixed = (field: string, is: unknown, was: unknown): void => {
    if (is !== was) errors.push(invalid(field, is, 'field is immutable'));
  };
  if (conditionOf(current, 'Established')?.status === 'True') {
    fixed('spec.scope', next.spec.scope, current.spec.scope);
    fixed('spec.names.kind', next.spec.names?.kind, current.spec.names.kind);
  }
  fixed('spec.group', next.spec.group, current.spec.group);
  fixed('spec.names.plural', next.spec.names?.plural, current.spec.names.plural);
  const served = new Set(next.spec.versions?.map(({ name }) => name));
  (current.status.storedVersions ?? []).forEach((version, i) => {
    if (served.has(version)) return;
    const detail = `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`;
    errors.push(invalid(`status.storedVersions[${i}]`, version, detail));
  });
  return errors;
}
