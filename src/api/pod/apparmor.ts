/** AppArmor profiles that annotations name, as before 1.30: they become fields when a Pod is made. */
import { mapping } from '../fields.ts';
import type { Labels } from '../meta.ts';
import type { Container, PodSpec } from './podspec.ts';

export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
export const appArmorWithout = 'deprecated since v1.30; use the "appArmorProfile" field instead';

interface Profile {
  readonly type: string;
  readonly localhostProfile?: string;
}

const profileMax = 4095;
const local = 'localhost/';

/** Undefined for what no field could say. */
function profileOf(annotation: string): Profile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const localhostProfile = annotation.startsWith(local) ? annotation.slice(local.length) : '';
  const isGood = localhostProfile !== '' && localhostProfile.trim() === localhostProfile;
  if (!isGood || localhostProfile.length > profileMax) return undefined;
  return { type: 'Localhost', localhostProfile };
}

/** @param warn is told of each annotation that says more than the fields do */
export function withAppArmor(
  spec: PodSpec,
  annotations: Labels | undefined,
  warn: (text: string) => void = () => {},
): PodSpec {
  const isNamed = Object.keys(annotations ?? {}).some((key) => key.startsWith(appArmorPrefix));
  if (!isNamed || mapping(mapping(spec)['os'])['name'] === 'windows') return spec;
  const whole = mapping(spec['securityContext'])['appArmorProfile'] as Profile | undefined;
  const confined = (container: Container): Container => {
    const key = appArmorPrefix + container.name;
    const annotation = annotations?.[key];
    const context = mapping(container['securityContext']);
    if (annotation === undefined || context['appArmorProfile'] !== undefined) return container;
    const profile = profileOf(annotation);
    if (profile !== undefined && isSame(profile, whole)) return container;
    warn(`metadata.annotations[${key}]: ${appArmorWithout}`);
    if (profile === undefined) return container;
    return { ...container, securityContext: { ...context, appArmorProfile: profile } };
  };
  const all = (list: unknown): readonly Container[] => (list as readonly Container[]).map(confined);
  const { initContainers, containers } = spec;
  return {
    ...spec,
    ...(Array.isArray(initContainers) ? { initContainers: all(initContainers) } : {}),
    ...(Array.isArray(containers) ? { containers: all(containers) } : {}),
  };
}

const isSame = (a: Profile, b: Profile | undefined): boolean =>
  a.type === b?.type && a.localhostProfile === b.localhostProfile;
