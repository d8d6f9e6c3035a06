/** Validation of the security contexts of a Pod and of its containers. */
import type { Container, PodSpec } from '../podspec.ts';
import { duplicate, type Errors, invalid, required, unsupported } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;

const idMax = 2_147_483_647;

function validateIds(errors: Errors, context: Fields, names: readonly string[], at: string): void {
  for (const name of names) validateId(errors, context[name], `${at}.${name}`);
}

function validateId(errors: Errors, id: unknown, at: string): void {
  if (typeof id !== 'number' || (id >= 0 && id <= idMax)) return;
  errors.push(invalid(at, id, `must be between 0 and ${idMax}, inclusive`));
}

export function validatePodSecurity(errors: Errors, spec: PodSpec, at: string): void {
  const context = (spec.securityContext ?? {}) as Fields;
  const { hostPID, shareProcessNamespace } = spec as unknown as Fields;
  validateIds(errors, context, ['runAsUser', 'runAsGroup', 'fsGroup'], at);
  const groups = (context['supplementalGroups'] ?? []) as readonly unknown[];
  groups.forEach((group, i) => {
    validateId(errors, group, `${at}.supplementalGroups[${i}]`);
  });
  if (hostPID === true && shareProcessNamespace === true) {
    const why = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${at}.shareProcessNamespace`, true, why));
  }
  const policy = context['fsGroupChangePolicy'];
  const policies = ['Always', 'OnRootMismatch'];
  if (policy !== undefined && !policies.includes(String(policy))) {
    errors.push(unsupported(`${at}.fsGroupChangePolicy`, policy, policies));
  }
  validateSysctls(errors, (context['sysctls'] ?? []) as readonly Fields[], `${at}.sysctls`);
  validateSeccomp(errors, context['seccompProfile'], `${at}.seccompProfile`);
}

export function validateContainerSecurity(
  errors: Errors,
  { securityContext }: Container,
  at: string,
): void {
  const context = (securityContext ?? {}) as Fields;
  validateIds(errors, context, ['runAsUser', 'runAsGroup'], at);
  validateSeccomp(errors, context['seccompProfile'], `${at}.seccompProfile`);
  if (context['allowPrivilegeEscalation'] !== false) return;
  const { add = [] } = (context['capabilities'] ?? {}) as { add?: readonly string[] };
  const cannot = 'cannot set `allowPrivilegeEscalation` to false and';
  if (context['privileged'] === true) {
    errors.push(invalid(at, context, `${cannot} \`privileged\` to true`));
  }
  if (add.includes('CAP_SYS_ADMIN')) {
    errors.push(invalid(at, context, `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`));
  }
}

const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctl = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`;
const sysctlMax = 253;

function validateSysctls(errors: Errors, list: readonly Fields[], field: string): void {
  const names = new Set<string>();
  list.forEach(({ name = '' }, i) => {
    const at = `${field}[${i}].name`;
    const text = String(name);
    if (text === '') errors.push(required(at));
    else if (text.length > sysctlMax || !new RegExp(sysctl).test(text)) {
      const why = `must have at most ${sysctlMax} characters and match regex ${sysctl}`;
      errors.push(invalid(at, text, why));
    } else if (names.has(text)) errors.push(duplicate(at, text));
    names.add(text);
  });
}

const profiles = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function validateSeccomp(errors: Errors, profile: unknown, at: string): void {
  if (profile === undefined) return;
  const { type = '', localhostProfile } = (profile ?? {}) as Fields;
  if (type === '') {
    errors.push(required(`${at}.type`, 'type is required when seccompProfile is set'));
  } else if (!profiles.includes(String(type))) {
    errors.push(unsupported(`${at}.type`, type, profiles));
  } else if (type === 'Localhost' && !localhostProfile) {
    const why = 'must be set when seccomp type is Localhost ';
    errors.push(required(`${at}.localhostProfile`, why));
  } else if (type !== 'Localhost' && localhostProfile !== undefined) {
    const why = 'can only be set when seccomp type is Localhost';
    errors.push(invalid(`${at}.localhostProfile`, localhostProfile, why));
  }
}
