/** CustomResourceDefinitions: kinds that a cluster gets to know as it runs. */

import { createdColumn, nameColumn } from './columns/column.ts';
import {
  type CustomResourceDefinition,
  cleanupFinalizer,
  definedKind,
} from './custom/definition.ts';
import type { Kind } from './kind.ts';
import { normalized } from './normalize.ts';
import { isObject } from './patch/merge.ts';
import { filled } from './pod/poddefaults.ts';
import { validateDefinition, validateDefinitionUpdate } from './validation/definition.ts';

const storageVersion = ({ spec }: CustomResourceDefinition): string | undefined =>
  spec?.versions?.find(({ storage }) => storage)?.name;

type Conversion = NonNullable<CustomResourceDefinition['spec']['conversion']>;

/** A Service is asked at the port of HTTPS. */
function withPort(conversion: Conversion): Conversion {
  const { webhook } = conversion as { webhook?: { clientConfig?: { service?: object } } };
  const { service } = webhook?.clientConfig ?? {};
  if (!isObject(service) || Object.hasOwn(service, 'port')) return conversion;
  const clientConfig = { ...webhook?.clientConfig, service: { ...service, port: 443 } };
  return { ...conversion, webhook: { ...webhook, clientConfig } };
}

function defaults(definition: CustomResourceDefinition): CustomResourceDefinition {
  if (!isObject(definition.spec)) return definition;
  const spec = normalized(definition.spec, 'apiextensions.v1.CustomResourceDefinitionSpec');
  const { names, conversion } = spec;
  const { kind } = names ?? {};
  return filled(definition, {
    spec: filled(spec, {
      ...(typeof kind !== 'string'
        ? {}
        : {
            names: filled(names, {
              singular: names.singular ?? kind.toLowerCase(),
              listKind: names.listKind ?? `${kind}List`,
            }),
          }),
      conversion: conversion === undefined ? { strategy: 'None' } : withPort(conversion),
    }),
  });
}

/** A version that was ever stored stays on the list. */
function withStored(next: CustomResourceDefinition): CustomResourceDefinition {
  const version = storageVersion(next);
  const { storedVersions = [] } = next.status;
  if (version === undefined || storedVersions.includes(version)) return next;
  return { ...next, status: { ...next.status, storedVersions: [...storedVersions, version] } };
}

export const customResourceDefinitionKind: Kind<CustomResourceDefinition> = {
  kind: 'CustomResourceDefinition',
  apiVersion: 'apiextensions.k8s.io/v1',
  resource: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  namespaced: false,
  subresources: ['status'],
  hasStatus: true,
  conditionalUpdateOnly: true,
  generation: (next, current) => next.spec !== current.spec,
  defaults,
  prepareForCreate: (definition) =>
    withStored({
      ...definition,
      status: { conditions: [], acceptedNames: { plural: '', kind: '' } },
    }),
  prepareForUpdate: withStored,
  finalizersOnDelete: [cleanupFinalizer],
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  columns: [nameColumn, createdColumn],
  indexes: {
    defines: (definition) => definedKind(definition),
    group: ({ spec }) => spec.group,
  },
};
