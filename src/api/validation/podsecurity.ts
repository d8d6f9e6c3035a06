/** Validation of the security contexts of a Pod and of its containers, in upstream's order. */

import { type Fields, listOf, mapping, textOf } from '../fields.ts';
import type { Container, PodSpec } from '../pod/podspec.ts';
import {
  duplicate,
  type Errors,
  invalid,
  invalidRaw,
  required,
  tooLong,
  unsupported,
} from './errors.ts';
import { validateDescending } from './paths.ts';

const idMax = 2_147_483_647;

function validateId(errors: Errors, id: unknown, at: string): void {
  if (typeof id !== 'number' || (id >= 0 && id <= idMax)) return;
  errors.push(invalid(at, id, `must be between 0 and ${idMax}, inclusive`));
}

function oneOf(errors: Errors, value: unknown, words: readonly string[], at: string): void {
  if (value === undefined || words.includes(textOf(value))) return;
  errors.push(unsupported(at, value, words));
}

export function validatePodSecurity(errors: Errors, spec: PodSpec, at: string): void {
  const context = mapping(spec.securityContext);
  const { hostPID, shareProcessNamespace } = spec as unknown as Fields;
  for (const name of ['fsGroup', 'runAsUser', 'runAsGroup']) {
    validateId(errors, context[name], `${at}.${name}`);
  }
  const groups = (context['supplementalGroups'] ?? []) as readonly unknown[];
  groups.forEach((group, i) => {
    validateId(errors, group, `${at}.supplementalGroups[${i}]`);
  });
  if (hostPID === true && shareProcessNamespace === true) {
    const why = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${at}.shareProcessNamespace`, true, why));
  }
  validateSysctls(errors, listOf(context['sysctls']), `${at}.sysctls`, spec);
  const changes = ['Always', 'OnRootMismatch'];
  oneOf(errors, context['fsGroupChangePolicy'], changes, `${at}.fsGroupChangePolicy`);
  validateSeccomp(errors, context['seccompProfile'], `${at}.seccompProfile`);
  validateAppArmor(errors, context['appArmorProfile'], `${at}.appArmorProfile`);
  const groupPolicies = ['Merge', 'Strict'];
  oneOf(
    errors,
    context['supplementalGroupsPolicy'],
    groupPolicies,
    `${at}.supplementalGroupsPolicy`,
  );
  const relabels = ['MountOption', 'Recursive'];
  oneOf(errors, context['seLinuxChangePolicy'], relabels, `${at}.seLinuxChangePolicy`);
}

export function validateContainerSecurity(
  errors: Errors,
  { securityContext }: Container,
  at: string,
  spec: PodSpec,
): void {
  const context = mapping(securityContext);
  for (const name of ['runAsUser', 'runAsGroup']) {
    validateId(errors, context[name], `${at}.${name}`);
  }
  const { procMount } = context;
  oneOf(errors, procMount, ['Default', 'Unmasked'], `${at}.procMount`);
  if (procMount === 'Unmasked' && (spec as unknown as Fields)['hostUsers'] !== false) {
    const why = '`hostUsers` must be false to use `Unmasked`';
    errors.push(invalid(`${at}.procMount`, procMount, why));
  }
  validateSeccomp(errors, context['seccompProfile'], `${at}.seccompProfile`);
  if (context['allowPrivilegeEscalation'] === false) validateEscalation(errors, context, at);
  validateAppArmor(errors, context['appArmorProfile'], `${at}.appArmorProfile`);
}

function validateEscalation(errors: Errors, context: Fields, at: string): void {
  const cannot = 'cannot set `allowPrivilegeEscalation` to false and';
  const refuse = (what: string) => {
    errors.push(invalidRaw(at, contextText(context), `${cannot} ${what}`));
  };
  if (context['privileged'] === true) refuse('`privileged` to true');
  const { add } = mapping(context['capabilities']);
  for (const one of Array.isArray(add) ? add : []) {
    if (one === 'CAP_SYS_ADMIN') refuse('`capabilities.Add` CAP_SYS_ADMIN');
  }
}

const contextFields = [
  ...['Capabilities', 'Privileged', 'SELinuxOptions', 'WindowsOptions', 'RunAsUser', 'RunAsGroup'],
  ...['RunAsNonRoot', 'ReadOnlyRootFilesystem', 'AllowPrivilegeEscalation', 'ProcMount'],
  ...['SeccompProfile', 'AppArmorProfile'],
];

/** As the server writes its own type of it: every field, as Go calls it. */
function contextText(context: Fields): string {
  const { add = null, drop = null } = mapping(context['capabilities']);
  const called = (name: string): string =>
    name === 'SELinuxOptions' ? 'seLinuxOptions' : name[0]!.toLowerCase() + name.slice(1);
  return JSON.stringify(
    Object.fromEntries(
      contextFields.map((name) => {
        const value = context[called(name)] ?? null;
        const isCapabilities = name === 'Capabilities' && value !== null;
        return [name, isCapabilities ? { Add: add, Drop: drop } : value];
      }),
    ),
  );
}

const segment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctl = `^(${segment}[\\./])*${segment}$`;
const sysctlMax = 253;

/** Whose namespace a sysctl belongs to. */
const ofNetwork = /^net\./;
const ofIPC = /^(fs\.mqueue\.|kernel\.(sem$|shm|msg))/;

function validateSysctls(
  errors: Errors,
  list: readonly Fields[],
  field: string,
  spec: PodSpec,
): void {
  const { hostNetwork, hostIPC } = spec as unknown as Fields;
  const names = new Set<string>();
  list.forEach((one, i) => {
    const at = `${field}[${i}].name`;
    const name = textOf(one['name']);
    if (name === '') errors.push(required(at));
    else if (name.length > sysctlMax || !new RegExp(sysctl).test(name)) {
      const why = `must have at most ${sysctlMax} characters and match regex ${sysctl}`;
      errors.push(invalid(at, name, why));
    } else if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
    const dotted = name.replaceAll('/', '.');
    if (hostNetwork === true && ofNetwork.test(dotted)) {
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    } else if (hostIPC === true && ofIPC.test(dotted)) {
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    }
  });
}

const profiles = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function validateSeccomp(errors: Errors, profile: unknown, at: string): void {
  if (profile === undefined) return;
  const { type, localhostProfile } = mapping(profile);
  if (!type) errors.push(required(`${at}.type`, 'type is required when seccompProfile is set'));
  else oneOf(errors, type, profiles, `${at}.type`);
  const field = `${at}.localhostProfile`;
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return;
    const text = JSON.stringify({ Type: type ?? '', LocalhostProfile: localhostProfile });
    errors.push(invalidRaw(field, text, 'can only be set when seccomp type is Localhost'));
  } else if (localhostProfile === undefined) {
    errors.push(required(field, 'must be set when seccomp type is Localhost'));
  } else validateDescending(errors, textOf(localhostProfile), field);
}

const appArmorMax = 4095;

function validateAppArmor(errors: Errors, profile: unknown, at: string): void {
  if (profile === undefined) return;
  const { type, localhostProfile } = mapping(profile);
  const field = `${at}.localhostProfile`;
  if (!type) {
    errors.push(required(`${at}.type`, 'type is required when appArmorProfile is set'));
  } else if (type === 'Localhost') {
    const missing = 'must be set when AppArmor type is Localhost';
    const text = textOf(localhostProfile);
    if (text.trim() !== text) {
      errors.push(invalid(field, text, 'must not be padded with whitespace'));
    } else if (text === '') errors.push(required(field, missing));
    if (text.length > appArmorMax) errors.push(tooLong(field, appArmorMax));
  } else if (profiles.includes(textOf(type))) {
    if (localhostProfile === undefined) return;
    errors.push(
      invalid(field, localhostProfile, 'can only be set when AppArmor type is Localhost'),
    );
  } else errors.push(unsupported(`${at}.type`, type, profiles));
}
