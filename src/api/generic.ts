/**
 * Kinds that have no file of their own: stored, decoded, defaulted and listed by what the structure
 * of the API and a few tables say. A hand-written kind takes the place of its entry.
 */

import { blank } from '../blank.ts';
import { withTimes } from './certificatesigningrequest.ts';
import { genericColumns } from './columns/generic.ts';
import { firstStatus, genericDefaults } from './genericdefaults.ts';
import type { Kind } from './kind.ts';
import type { KubeObject } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled, mapShared } from './pod/poddefaults.ts';
import type { PodTemplateSpec } from './pod/podspec.ts';
import { type Resource, resources } from './resources.ts';
import { typeNameOf } from './structure.ts';
import {
  validateGeneric,
  validateGenericStatus,
  validateGenericUpdate,
} from './validation/generic.ts';
import { policyWarnings, sliceWarnings } from './warnings/addresses.ts';
import { capacityWarnings, runtimeClassWarnings } from './warnings/nodelabels.ts';
import { templateWarnings } from './warnings/pod.ts';

/** What of an object counts as a new generation (api-02 §5); kinds that are not here have none. */
const generations: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ['spec'],
  Ingress: ['spec'],
  IngressClass: ['spec'],
  NetworkPolicy: ['spec'],
  PodTemplate: ['template'],
  FlowSchema: ['spec'],
  PriorityLevelConfiguration: ['spec'],
  ResourceSlice: ['spec'],
  DeviceClass: ['spec'],
  CustomResourceDefinition: ['spec'],
  APIService: ['spec'],
  MutatingWebhookConfiguration: ['webhooks'],
  ValidatingWebhookConfiguration: ['webhooks'],
  ValidatingAdmissionPolicy: ['spec'],
  ValidatingAdmissionPolicyBinding: ['spec'],
  MutatingAdmissionPolicy: ['spec'],
  MutatingAdmissionPolicyBinding: ['spec'],
  EndpointSlice: ['addressType', 'endpoints', 'ports', 'metadata.labels'],
};

/** An update must say which version it is based on (api-02 §4). */
const conditional = new Set([
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'RuntimeClass',
  'CSIDriver',
  'CSINode',
  'CSIStorageCapacity',
  'CustomResourceDefinition',
  'APIService',
]);

/** Who writes their status says nothing of their metadata. */
const statusOnly = new Set([
  'FlowSchema',
  'PriorityLevelConfiguration',
  'ValidatingAdmissionPolicy',
  'ResourceClaim',
  'APIService',
]);

/** A PUT of what does not exist creates it. */
const creating = new Set([
  'Endpoints',
  'LimitRange',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'RuntimeClass',
]);

/** What objects are found by besides their names. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  CertificateSigningRequest: ['spec.signerName'],
  ResourceSlice: ['spec.nodeName', 'spec.driver'],
};

const selectableFields = (kind: string): Pick<Kind, 'selectableFields'> =>
  selectable[kind] === undefined
    ? {}
    : {
        selectableFields: Object.fromEntries(
          selectable[kind].map((path) => [path, (object) => String(at(object, path) ?? '')]),
        ),
      };

/** What everybody is told who asks for the kind. */
const deprecations: Readonly<Record<string, string>> = {
  Endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

const at = (object: KubeObject, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], object);

type Fields = KubeObject & Readonly<Record<string, unknown>>;

const ingressClass = 'kubernetes.io/ingress.class';

/** Told when it is made. */
const ingressWarnings = (ingress: KubeObject, before?: KubeObject): readonly string[] =>
  before === undefined &&
  ingress.metadata.annotations?.[ingressClass] !== undefined &&
  at(ingress, 'spec.ingressClassName') === undefined
    ? [`annotation "${ingressClass}" is deprecated, please use 'spec.ingressClassName' instead`]
    : [];

const warnings: Readonly<Record<string, NonNullable<Kind['warnings']>>> = {
  NetworkPolicy: policyWarnings,
  Ingress: ingressWarnings,
  EndpointSlice: sliceWarnings,
  PodTemplate: templateWarnings(
    'template',
    (object) => (object as { readonly template?: PodTemplateSpec }).template,
  ),
  RuntimeClass: runtimeClassWarnings,
  CSIStorageCapacity: capacityWarnings,
};

/** What version 1beta1 said of the place of an endpoint; version 1 only reads it. */
function withoutTopology(slice: KubeObject): KubeObject {
  const { endpoints } = slice as Fields;
  if (!Array.isArray(endpoints)) return slice;
  const own = mapShared(endpoints as readonly Readonly<Record<string, unknown>>[], (one) => {
    if (one['deprecatedTopology'] === undefined) return one;
    const { deprecatedTopology: _old, ...rest } = one;
    return rest;
  });
  return own === endpoints ? slice : ({ ...slice, endpoints: own } as KubeObject);
}

/** Kinds for the resources that `written` leaves. */
export function genericKinds(written: readonly Kind[]): readonly Kind[] {
  const known = new Set(written.map(({ kind }) => kind));
  return [...resources.values()].filter(({ kind }) => !known.has(kind)).map(genericKind);
}

function genericKind(resource: Resource): Kind {
  const { kind, versions, namespaced, shortNames, subresources } = resource;
  const apiVersion = versions[0]!;
  const counted = generations[kind];
  const columns = genericColumns[kind];
  const defaults = genericDefaults[kind];
  const status = firstStatus[kind];
  const deprecation = deprecations[kind];
  return {
    kind,
    apiVersion,
    resource: resource.resource,
    generic: true,
    shortNames,
    namespaced,
    subresources,
    hasStatus: subresources.includes('status'),
    ...(counted === undefined
      ? {}
      : {
          generation: (next, current) =>
            counted.some((path) => at(next, path) !== at(current, path)),
        }),
    defaults(object) {
      const { metadata } = object;
      const clean = filled(normalized(object, typeNameOf(apiVersion, kind)), { metadata });
      return defaults?.(clean as Fields) ?? clean;
    },
    ...(status === undefined
      ? {}
      : { prepareForCreate: (object) => ({ ...blank, ...object, status }) }),
    validate: (object) => validateGeneric(object as Fields, kind),
    validateUpdate: (next, current) =>
      validateGenericUpdate(next as Fields, current as Fields, kind),
    validateStatusUpdate: (next, current) =>
      validateGenericStatus(next as Fields, current as Fields, kind, 'status'),
    validateSubresource: (name, next, current) =>
      validateGenericStatus(next as Fields, current as Fields, kind, name),
    ...(kind === 'CertificateSigningRequest' ? { prepareForStatusUpdate: withTimes } : {}),
    ...(creating.has(kind) ? { createsOnUpdate: true } : {}),
    ...selectableFields(kind),
    ...(statusOnly.has(kind) ? { keepsMetadataOnStatus: true } : {}),
    ...(conditional.has(kind) ? { conditionalUpdateOnly: true } : {}),
    ...(deprecation === undefined ? {} : { deprecation }),
    ...(warnings[kind] === undefined ? {} : { warnings: warnings[kind] }),
    ...(kind === 'EndpointSlice'
      ? { prepareForCreate: withoutTopology, prepareForUpdate: withoutTopology }
      : {}),
    ...(columns === undefined ? {} : { columns }),
  };
}
