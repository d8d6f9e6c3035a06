/** Validation of Pod specs, in upstream's order (ValidatePodSpec). One that is valid is remembered by identity. */

import type { Fields } from '../fields.ts';
import type { FieldError } from '../kind.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { validateAffinity } from './affinity.ts';
import { validateContainers, validateInitContainers } from './container.ts';
import { duplicate, type Errors, invalid, tooLong, unsupported } from './errors.ts';
import { validateLabels } from './metadata.ts';
import { labelErrors, qualifiedNameErrors, subdomainErrors } from './names.ts';
import { validateDNS, validateHostAliases, validateHostPorts } from './podnetwork.ts';
import { validateHostProcess, validateHostUsers, validateSystem } from './podos.ts';
import { claimNamesOf, validateClaims, validatePodResources } from './podresources.ts';
import { validatePodSecurity } from './podsecurity.ts';
import { validateRequirements } from './resources.ts';
import { validateSpread } from './spread.ts';
import { validateTolerations } from './tolerations.ts';
import { validateVolumes } from './volumes.ts';

const valid = new WeakSet<PodSpec>();
const none: readonly FieldError[] = [];

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const preemptionPolicies = ['PreemptLowerPriority', 'Never'];
const deadlineMax = 2_147_483_647;
const hostnameMax = 64;

export function validatePodSpec(given: PodSpec | undefined, at: string): readonly FieldError[] {
  const spec = typeof given === 'object' && given !== null ? given : ({} as PodSpec);
  if (valid.has(spec)) return none;
  const errors: Errors = [];
  const { hostnameOverride, runtimeClassName } = spec as unknown as Fields;
  const volumes = validateVolumes(errors, spec, `${at}.volumes`);
  validateClaims(errors, spec, `${at}.resourceClaims`);
  const around = { spec, volumes, claims: claimNamesOf(spec) };
  validateContainers(errors, `${at}.containers`, around);
  validateInitContainers(errors, `${at}.initContainers`, around);
  validatePodResources(errors, spec, `${at}.resources`);
  validateHostPorts(errors, spec, `${at}.containers`);
  oneOf(errors, spec.restartPolicy, `${at}.restartPolicy`, restartPolicies);
  oneOf(errors, spec.dnsPolicy, `${at}.dnsPolicy`, dnsPolicies);
  validateLabels(errors, spec.nodeSelector, `${at}.nodeSelector`);
  validatePodSecurity(errors, spec, `${at}.securityContext`);
  validateAffinity(errors, spec, `${at}.affinity`);
  validateDNS(errors, spec, `${at}.dnsConfig`);
  validateGates(errors, spec, at);
  validateSpread(errors, spec, `${at}.topologySpreadConstraints`);
  validateHostProcess(errors, spec, at);
  validateHostUsers(errors, spec, at);
  named(errors, spec.serviceAccountName, subdomainErrors, `${at}.serviceAccountName`);
  named(errors, spec.nodeName, subdomainErrors, `${at}.nodeName`);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > deadlineMax)) {
    const why = `must be between 1 and ${deadlineMax}, inclusive`;
    errors.push(invalid(`${at}.activeDeadlineSeconds`, deadline, why));
  }
  named(errors, spec.hostname, labelErrors, `${at}.hostname`);
  named(errors, spec.subdomain, labelErrors, `${at}.subdomain`);
  named(errors, hostnameOverride, subdomainErrors, `${at}.hostnameOverride`);
  if (typeof hostnameOverride === 'string' && hostnameOverride.length > hostnameMax) {
    errors.push(tooLong(`${at}.hostnameOverride`, hostnameMax));
  }
  validateTolerations(errors, spec.tolerations ?? [], `${at}.tolerations`);
  validateHostAliases(errors, spec, `${at}.hostAliases`);
  named(errors, spec.priorityClassName, subdomainErrors, `${at}.priorityClassName`);
  named(errors, runtimeClassName, subdomainErrors, `${at}.runtimeClassName`);
  oneOf(errors, spec.preemptionPolicy, `${at}.preemptionPolicy`, preemptionPolicies);
  validateRequirements(errors, { limits: spec.overhead ?? {} }, `${at}.overhead`);
  validateSystem(errors, spec, at);
  if (errors.length === 0) valid.add(spec);
  return errors;
}

function oneOf(
  errors: Errors,
  value: string | undefined,
  field: string,
  supported: readonly string[],
): void {
  if (value === undefined || supported.includes(value)) return;
  errors.push(unsupported(field, value, supported));
}

function named(
  errors: Errors,
  name: unknown,
  check: (name: string) => readonly string[],
  field: string,
): void {
  if (typeof name !== 'string' || name === '') return;
  for (const error of check(name)) errors.push(invalid(field, name, error));
}

function validateGates(
  errors: Errors,
  { readinessGates = [], schedulingGates = [] }: PodSpec,
  at: string,
): void {
  readinessGates.forEach(({ conditionType }, i) => {
    for (const error of qualifiedNameErrors(conditionType)) {
      errors.push(invalid(`${at}.readinessGates[${i}].conditionType`, conditionType ?? '', error));
    }
  });
  const seen = new Set<string>();
  schedulingGates.forEach(({ name = '' }, i) => {
    const field = `${at}.schedulingGates[${i}]`;
    for (const error of qualifiedNameErrors(name)) errors.push(invalid(field, name, error));
    if (seen.has(name)) errors.push(duplicate(field, name));
    seen.add(name);
  });
}
