/** Annotations that mean something to Pods, and must then be right (ValidatePodSpecificAnnotations). */
import type { Labels } from '../meta.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { type Errors, forbidden, invalid } from './errors.ts';
import { validateDescending } from './paths.ts';

/** Made by kubelets only, of the static Pods that they run. */
export const mirrorKey = 'kubernetes.io/config.mirror';
const costKey = 'controller.kubernetes.io/pod-deletion-cost';
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmor = 'container.apparmor.security.beta.kubernetes.io/';

const costMax = 2 ** 31;

function isCost(text: string): boolean {
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return false;
  return Number(text) >= -costMax && Number(text) < costMax;
}

export function validatePodAnnotations(
  errors: Errors,
  annotations: Labels | undefined,
  spec: PodSpec,
  at: string,
): void {
  if (annotations === undefined) return;
  const mirror = annotations[mirrorKey];
  if (mirror !== undefined && !spec.nodeName) {
    const why = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(invalid(`${at}[${mirrorKey}]`, mirror, why));
  }
  const cost = annotations[costKey];
  if (cost !== undefined && !isCost(cost)) {
    errors.push(invalid(`${at}[${costKey}]`, cost, 'must be a 32bit integer'));
  }
  const keys = Object.keys(annotations).sort();
  for (const key of keys) {
    if (key !== seccompPod && !key.startsWith(seccompContainer)) continue;
    validateSeccomp(errors, annotations[key]!, `${at}.${key}`);
  }
  for (const key of keys) {
    if (key.startsWith(appArmor)) validateAppArmor(errors, key, annotations[key]!, spec, at);
  }
}

function validateSeccomp(errors: Errors, profile: string, at: string): void {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return;
  if (profile.startsWith('localhost/')) {
    validateDescending(errors, profile.slice('localhost/'.length), at);
  } else errors.push(invalid(at, profile, 'must be a valid seccomp profile'));
}

function validateAppArmor(
  errors: Errors,
  key: string,
  profile: string,
  { initContainers = [], containers = [], ephemeralContainers = [] }: PodSpec,
  at: string,
): void {
  const name = key.slice(appArmor.length);
  const all = [...initContainers, ...containers, ...ephemeralContainers];
  if (!all.some((container) => container.name === name)) {
    errors.push(invalid(`${at}[${key}]`, name, 'container not found'));
  }
  const isKnown = ['', 'runtime/default', 'unconfined'].includes(profile);
  if (isKnown || profile.startsWith('localhost/')) return;
  const why = `invalid AppArmor profile name: ${JSON.stringify(profile)}`;
  errors.push(invalid(`${at}[${key}]`, profile, why));
}

/** What an update may not do to them. */
export function validateAnnotationUpdate(
  errors: Errors,
  next: Labels = {},
  old: Labels = {},
  at: string,
): void {
  const isKept = (key: string): boolean => key.startsWith(appArmor) || key === mirrorKey;
  const what = (key: string): string =>
    key === mirrorKey ? 'mirror pod annotation' : 'AppArmor annotations';
  for (const key of Object.keys(old).sort()) {
    if (next[key] === old[key] || !isKept(key)) continue;
    errors.push(forbidden(`${at}[${key}]`, `may not remove or update ${what(key)}`));
  }
  for (const key of Object.keys(next).sort()) {
    if (old[key] !== undefined || !isKept(key)) continue;
    errors.push(forbidden(`${at}[${key}]`, `may not add ${what(key)}`));
  }
}
