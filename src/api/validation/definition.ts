/** What may be in a CustomResourceDefinition: names that agree, one stored version, structural schemas. */

import {
  type CustomResourceDefinition,
  conditionOf,
  type DefinedVersion,
} from '../custom/definition.ts';
import { isPath } from '../custom/jsonpath.ts';
import { ruleProblem } from '../custom/rules.ts';
import { preserves, type Schema } from '../custom/schema.ts';
import type { FieldError } from '../kind.ts';
import { isObject } from '../patch/merge.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';

const scopes: readonly string[] = ['Cluster', 'Namespaced'];

export function validateDefinition({
  metadata,
  spec,
}: CustomResourceDefinition): readonly FieldError[] {
  const errors: Errors = [];
  if (!isObject(spec)) return [required('spec')];
  const { group = '', names, scope = '', versions = [], conversion } = spec;
  const plural = names?.plural ?? '';
  if (metadata.name !== `${plural}.${group}`) {
    errors.push(
      invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  }
  if (group === '') errors.push(required('spec.group'));
  else if (!group.includes('.')) {
    errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
  if (!scopes.includes(scope)) errors.push(unsupported('spec.scope', scope, scopes));
  if (plural === '') errors.push(required('spec.names.plural'));
  if (!names?.kind) errors.push(required('spec.names.kind'));
  if (names?.listKind !== undefined && names.listKind === names.kind) {
    const detail = 'kind and listKind may not be the same';
    errors.push(invalid('spec.names.listKind', names.listKind, detail));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const detail = 'must have exactly one version marked as storage version';
    errors.push(invalid('spec.versions', versions, detail));
  }
  versions.forEach((version, i) => {
    errors.push(...versionErrors(version, `spec.versions[${i}]`));
  });
  const strategy = conversion?.strategy ?? 'None';
  if (strategy === 'Webhook') {
    const detail = 'kubestep has no webhooks; only None is served';
    errors.push(invalid('spec.conversion.strategy', strategy, detail));
  } else if (strategy !== 'None') {
    errors.push(unsupported('spec.conversion.strategy', strategy, ['None', 'Webhook']));
  }
  return errors;
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
  fixed('spec.group', next.spec.group, current.spec.group);
  fixed('spec.names.plural', next.spec.names?.plural, current.spec.names.plural);
  if (conditionOf(current, 'Established')?.status === 'True') {
    fixed('spec.scope', next.spec.scope, current.spec.scope);
    fixed('spec.names.kind', next.spec.names?.kind, current.spec.names.kind);
  }
  return errors;
}

function versionErrors(version: DefinedVersion, field: string): Errors {
  const errors: Errors = [];
  const { schema, subresources, additionalPrinterColumns = [] } = version;
  const root = schema?.openAPIV3Schema;
  const at = `${field}.schema.openAPIV3Schema`;
  if (!version.name) errors.push(required(`${field}.name`));
  if (root === undefined) errors.push(required(at));
  else {
    if (!root.type) errors.push(required(`${at}.type`, 'must not be empty at the root'));
    else if (root.type !== 'object') {
      errors.push(invalid(`${at}.type`, root.type, 'must be object at the root'));
    }
    errors.push(...structuralErrors(root, at));
  }
  additionalPrinterColumns.forEach(({ jsonPath = '' }, i) => {
    if (isPath(jsonPath)) return;
    const detail = jsonPath === '' ? 'must not be empty' : 'kubestep does not know such a path';
    errors.push(invalid(`${field}.additionalPrinterColumns[${i}].jsonPath`, jsonPath, detail));
  });
  const { specReplicasPath, statusReplicasPath } = subresources?.scale ?? {};
  if (subresources?.scale !== undefined) {
    if (!specReplicasPath?.startsWith('.spec.')) {
      const detail = 'should be a json path under .spec';
      errors.push(
        invalid(`${field}.subresources.scale.specReplicasPath`, specReplicasPath, detail),
      );
    }
    if (!statusReplicasPath?.startsWith('.status.')) {
      const detail = 'should be a json path under .status';
      errors.push(
        invalid(`${field}.subresources.scale.statusReplicasPath`, statusReplicasPath, detail),
      );
    }
  }
  return errors;
}

const types: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** A structural schema says the type of everything (KEP-693). */
function structuralErrors(schema: Schema, field: string): Errors {
  const errors: Errors = [];
  const { type, properties = {}, items, additionalProperties, uniqueItems } = schema;
  if (type && !types.includes(type)) errors.push(unsupported(`${field}.type`, type, types));
  if (uniqueItems === true) {
    errors.push(forbidden(`${field}.uniqueItems`, 'uniqueItems cannot be set to true'));
  }
  if (additionalProperties === false) {
    const why = 'additionalProperties cannot be set to false';
    errors.push(forbidden(`${field}.additionalProperties`, why));
  }
  if (typeof additionalProperties === 'object' && schema.properties !== undefined) {
    const why = 'additionalProperties and properties are mutual exclusive';
    errors.push(forbidden(`${field}.additionalProperties`, why));
  }
  const rules = schema['x-kubernetes-validations'] ?? [];
  rules.forEach(({ rule = '' }, i) => {
    const problem = rule.trim() === '' ? 'rule is not specified' : ruleProblem(rule);
    if (problem === undefined) return;
    const detail = `compilation failed: ${problem} (kubestep knows a part of CEL)`;
    errors.push(invalid(`${field}.x-kubernetes-validations[${i}].rule`, rule, detail));
  });
  if (schema['x-kubernetes-list-type'] === 'map' && !schema['x-kubernetes-list-map-keys']?.length) {
    const detail = 'must not be empty if x-kubernetes-list-type is map';
    errors.push(required(`${field}.x-kubernetes-list-map-keys`, detail));
  }
  if (type === 'array' && items === undefined) {
    errors.push(required(`${field}.items`, 'must be specified'));
  }
  const part = (one: Schema, at: string, what: string): void => {
    if (!one.type && !preserves(one) && one['x-kubernetes-int-or-string'] !== true) {
      errors.push(required(`${at}.type`, `must not be empty for specified ${what}`));
    }
    errors.push(...structuralErrors(one, at));
  };
  for (const [name, one] of Object.entries(properties)) {
    part(one, `${field}.properties[${name}]`, 'object fields');
  }
  if (items !== undefined) part(items, `${field}.items`, 'array items');
  if (typeof additionalProperties === 'object') {
    part(additionalProperties, `${field}.additionalProperties`, 'object fields');
  }
  return errors;
}
