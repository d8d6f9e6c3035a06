/**
 * What the API server refuses of kinds that have no file of their own (api-06 §2, §3): a table of
 * rules. What is not in it is accepted if it decodes.
 */

import { deepEqual } from '../equal.ts';
import { type Fields, mapping } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type { Endpoints } from '../service/endpoints.ts';
import type { EndpointSlice } from '../service/endpointslice.ts';
import { validateAdmissionPolicy, validateAdmissionPolicyBinding } from './admissionpolicy.ts';
import { validateAPIService } from './apiservice.ts';
import {
  validateCertificateRequest,
  validateCertificateRequestUpdate,
} from './certificatesigningrequest.ts';
import { validateCsiDriver, validateCsiNode, validateStorageCapacity } from './csi.ts';
import {
  validateClaimTemplate,
  validateDeviceClass,
  validateResourceClaim,
} from './deviceclaims.ts';
import { validateSubsets } from './endpoints.ts';
import { validateSlice } from './endpointslice.ts';
import { type Errors, invalid, invalidRaw } from './errors.ts';
import {
  validateFlowControlStatus,
  validateFlowSchema,
  validatePriorityLevel,
} from './flowcontrol.ts';
import { validateIngress, validateIngressClass, validateIngressStatus } from './ingress.ts';
import { validateLimitRange } from './limitrange.ts';
import { validateNetworkPolicy } from './networkpolicy.ts';
import { validatePodTemplate } from './podtemplate.ts';
import { validateRole, validateRoleBinding } from './rbac.ts';
import { validateResourceQuota, validateResourceQuotaStatus } from './resourcequota.ts';
import { validateResourceSlice } from './resourceslice.ts';
import { validateRuntimeClass } from './runtimeclass.ts';
import { validateIPAddress, validateServiceCIDR } from './serviceaddressing.ts';
import { validateVolumeAttributesClass } from './volumeattributesclass.ts';
import { validateWebhooks } from './webhooks.ts';

type Loose = KubeObject & Fields;
/** `before`: what is updated. */
type Rule = (object: Loose, errors: Errors, before?: Loose) => void;

const rules: Readonly<Record<string, Rule>> = {
  APIService: validateAPIService,
  CertificateSigningRequest: validateCertificateRequest,
  ClusterRole: validateRole,
  ClusterRoleBinding: validateRoleBinding,
  Endpoints: ({ subsets }, errors) => validateSubsets(errors, subsets as Endpoints['subsets']),
  CSIDriver: validateCsiDriver,
  CSINode: validateCsiNode,
  CSIStorageCapacity: validateStorageCapacity,
  DeviceClass: validateDeviceClass,
  EndpointSlice: (object, errors, before) =>
    validateSlice(errors, object as unknown as EndpointSlice, before as EndpointSlice | undefined),
  FlowSchema: validateFlowSchema,
  IPAddress: validateIPAddress,
  Ingress: validateIngress,
  IngressClass: validateIngressClass,
  LimitRange: validateLimitRange,
  MutatingAdmissionPolicy: validateAdmissionPolicy,
  MutatingAdmissionPolicyBinding: validateAdmissionPolicyBinding,
  MutatingWebhookConfiguration: validateWebhooks,
  NetworkPolicy: validateNetworkPolicy,
  PodTemplate: validatePodTemplate,
  PriorityLevelConfiguration: validatePriorityLevel,
  ResourceClaim: validateResourceClaim,
  ResourceClaimTemplate: validateClaimTemplate,
  ResourceQuota: validateResourceQuota,
  ResourceSlice: validateResourceSlice,
  Role: validateRole,
  RoleBinding: validateRoleBinding,
  RuntimeClass: validateRuntimeClass,
  ServiceCIDR: validateServiceCIDR,
  ValidatingAdmissionPolicy: validateAdmissionPolicy,
  ValidatingAdmissionPolicyBinding: validateAdmissionPolicyBinding,
  ValidatingWebhookConfiguration: validateWebhooks,
  VolumeAttributesClass: validateVolumeAttributesClass,
};

const statusRules: Readonly<Record<string, Rule>> = {
  FlowSchema: validateFlowControlStatus,
  PriorityLevelConfiguration: validateFlowControlStatus,
  Ingress: validateIngressStatus,
  ResourceQuota: validateResourceQuotaStatus,
};

export function validateGeneric(object: Loose, kind: string): readonly FieldError[] {
  const errors: Errors = [];
  rules[kind]?.(object, errors);
  return errors;
}

/** Fields that no update changes (api-06 §3). */
const immutable: Readonly<Record<string, readonly string[]>> = {
  EndpointSlice: ['addressType'],
  IngressClass: ['spec.controller'],
};

const at = (object: Loose, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => mapping(value)[name], object);

export function validateGenericUpdate(
  next: Loose,
  current: Loose,
  kind: string,
): readonly FieldError[] {
  if (kind === 'CertificateSigningRequest') return validateCertificateRequestUpdate(next, current);
  const errors: Errors = [];
  for (const path of immutable[kind] ?? []) {
    if (deepEqual(at(next, path), at(current, path))) continue;
    errors.push(invalid(path, at(next, path), 'field is immutable'));
  }
  rules[kind]?.(next, errors, current);
  if (kind.endsWith('RoleBinding') && !deepEqual(next['roleRef'], current['roleRef'])) {
    const { apiGroup = '', kind: to = '', name = '' } = mapping(next['roleRef']);
    const shown = `rbac.RoleRef{APIGroup:"${apiGroup}", Kind:"${to}", Name:"${name}"}`;
    errors.push(invalidRaw('roleRef', shown, 'cannot change roleRef'));
  }
  return errors;
}

/** @param part the subresource: `status`, or `approval` */
export function validateGenericStatus(
  next: Loose,
  current: Loose,
  kind: string,
  part: string,
): readonly FieldError[] {
  if (kind === 'CertificateSigningRequest') {
    return validateCertificateRequestUpdate(next, current, part);
  }
  const errors: Errors = [];
  statusRules[kind]?.(next, errors, current);
  return errors;
}
