/** What a Pod may not say because of the system that it is for (upstream's validateOS and its like). */

import { type Fields, mapping, textOf } from '../fields.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';

const systems = ['linux', 'windows'];

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** The security context of every container, and where it is. */
const contextsOf = (spec: PodSpec, at: string): readonly (readonly [Fields, string])[] =>
  lists.flatMap((list) =>
    (Array.isArray(spec[list]) ? spec[list]! : []).map(
      ({ securityContext }, i) =>
        [mapping(securityContext), `${at}.${list}[${i}].securityContext`] as const,
    ),
  );

export function validateSystem(errors: Errors, spec: PodSpec, at: string): void {
  const { os } = spec as unknown as Fields;
  if (os === undefined) return;
  const name = textOf(mapping(os)['name']);
  if (name === '') errors.push(required(`${at}.os.name`, 'cannot be empty'));
  else if (name === 'linux') validateLinux(errors, spec, at);
  else if (name === 'windows') validateWindows(errors, spec, at);
  else errors.push(unsupported(`${at}.os`, name, systems));
}

function validateLinux(errors: Errors, spec: PodSpec, at: string): void {
  const own = [mapping(spec.securityContext), `${at}.securityContext`] as const;
  for (const [context, field] of [own, ...contextsOf(spec, at)]) {
    if (context['windowsOptions'] === undefined) continue;
    const why = 'windows options cannot be set for a linux pod';
    errors.push(forbidden(`${field}.windowsOptions`, why));
  }
}

/** In upstream's order; those that begin with `/` belong to the Pod itself. */
const notOnWindows = [
  ...['appArmorProfile', 'seLinuxOptions', '/hostUsers', '/hostPID', '/hostIPC', 'seccompProfile'],
  ...['fsGroup', 'fsGroupChangePolicy', 'sysctls', '/shareProcessNamespace', 'runAsUser'],
  ...['runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'],
];

const notInContainers = [
  ...['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities'],
  ...['readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount'],
  ...['runAsUser', 'runAsGroup'],
];

const notForWindows = 'cannot be set for a windows pod';

function validateWindows(errors: Errors, spec: PodSpec, at: string): void {
  const context = mapping(spec.securityContext);
  for (const name of notOnWindows) {
    const isOwn = name.startsWith('/');
    const value = isOwn ? (spec as unknown as Fields)[name.slice(1)] : context[name];
    if (value === undefined || (value === false && name.startsWith('/hostP'))) continue;
    const field = isOwn ? `${at}.${name.slice(1)}` : `${at}.securityContext.${name}`;
    errors.push(forbidden(field, notForWindows));
  }
  for (const [own, field] of contextsOf(spec, at)) {
    for (const name of notInContainers) {
      if (own[name] !== undefined) errors.push(forbidden(`${field}.${name}`, notForWindows));
    }
  }
}

const hostProcessOf = (context: Fields): unknown =>
  mapping(context['windowsOptions'])['hostProcess'];

export function validateHostProcess(errors: Errors, spec: PodSpec, at: string): void {
  const ofPod = hostProcessOf(mapping(spec.securityContext));
  const contexts = contextsOf(spec, at);
  for (const [context, field] of contexts) {
    const own = hostProcessOf(context);
    if (ofPod === undefined || own === undefined || ofPod === own) continue;
    const why = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
    errors.push(invalid(`${field}.windowsOptions.hostProcess`, own, why));
  }
  const count = contexts.filter(([context]) => (hostProcessOf(context) ?? ofPod) === true).length;
  if (count === 0) return;
  if (count !== contexts.length) {
    const why =
      'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(invalid(at, '', why));
  }
  if (spec.hostNetwork === true) return;
  const why = 'hostNetwork must be true if pod contains any hostProcess containers';
  errors.push(invalid(`${at}.hostNetwork`, false, why));
}

export function validateHostUsers(errors: Errors, spec: PodSpec, at: string): void {
  const { hostUsers, hostNetwork, hostPID, hostIPC } = spec as unknown as Fields;
  if (hostUsers !== false) return;
  for (const [name, value] of Object.entries({ hostNetwork, HostPID: hostPID, HostIPC: hostIPC })) {
    if (value === true) {
      errors.push(forbidden(`${at}.${name}`, 'when `pod.Spec.HostUsers` is false'));
    }
  }
}
