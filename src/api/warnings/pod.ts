/** What the authors of Pods and of their templates are warned of (upstream's pkg/api/pod/warnings.go). */

import { mapping } from '../fields.ts';
import type { KubeObject, Labels } from '../meta.ts';
import { appArmorPrefix, appArmorWithout } from '../pod/apparmor.ts';
import type {
  Container,
  ContainerPort,
  NodeSelectorTerm,
  PodSpec,
  PodTemplateSpec,
} from '../pod/podspec.ts';
import { milliOf } from '../quantity.ts';
import { labelErrors, labelValueErrors } from '../validation/names.ts';
import type { PersistentVolumeClaimSpec } from '../volume/persistentvolumeclaim.ts';
import { ipWarnings } from './addresses.ts';
import { claimSpecWarnings } from './claim.ts';
import { pathWarnings } from './paths.ts';

/** @param path of what holds metadata and spec, such as `spec.template`; empty for a Pod itself */
export function podWarnings(
  spec: PodSpec,
  { annotations = {} }: { readonly annotations?: Labels },
  path = '',
): readonly string[] {
  const child = (field: string): string => (path === '' ? field : `${path}.${field}`);
  const warnings: string[] = [];
  const labelWarnings = deprecatedLabels(spec, child('spec'));
  warnings.push(...labelWarnings);
  for (const [key, why] of Object.entries(annotationsWithout)) {
    if (key in annotations) warnings.push(`${child('metadata.annotations')}[${key}]: ${why}`);
  }
  (spec.volumes ?? []).forEach((volume, i) => {
    const at = `${child('spec.volumes')}[${i}]`;
    for (const [source, why] of Object.entries(volumesWithout)) {
      if (source in volume) warnings.push(`${at}.${fieldOf(source)}: ${why}`);
    }
    const claim = mapping(mapping(volume['ephemeral'])['volumeClaimTemplate'])['spec'];
    if (claim === undefined) return;
    const field = `${at}.ephemeral.volumeClaimTemplate.spec`;
    warnings.push(...claimSpecWarnings(claim as PersistentVolumeClaimSpec, field));
  });
  warnings.push(...pathWarnings(spec.volumes ?? []));
  const { hostAliases = [], imagePullSecrets = [] } = spec as {
    readonly hostAliases?: readonly { readonly ip?: string }[];
    readonly imagePullSecrets?: readonly { readonly name?: string }[];
  };
  repeated(
    hostAliases,
    ({ ip }) => ip ?? '',
    (i, ip) => {
      warnings.push(`${child('spec.hostAliases')}[${i}].ip: duplicate ip "${ip}"`);
    },
  );
  repeated(
    imagePullSecrets,
    ({ name }) => name ?? '',
    (i, name) => {
      warnings.push(`${child('spec.imagePullSecrets')}[${i}].name: duplicate name "${name}"`);
    },
  );
  imagePullSecrets.forEach(({ name = '' }, i) => {
    if (name !== '') return;
    warnings.push(`${child('spec.imagePullSecrets')}[${i}].name: invalid empty name ""`);
  });
  warnings.push(...fractions({ '': spec.overhead }, child('spec.overhead')));
  const isTemplate = path !== '';
  const notes = child('metadata.annotations');
  if (seccompPod in annotations && !hasProfile(spec, 'seccompProfile')) {
    warnings.push(`${notes}[${seccompPod}]: ${seccompWithout}`);
  }
  for (const [container, at] of containersOf(spec, child('spec'))) {
    const seccomp = seccompContainer + container.name;
    if (seccomp in annotations && !hasProfile(container, 'seccompProfile')) {
      warnings.push(`${notes}[${seccomp}]: ${seccompWithout}`);
    }
    const appArmor = appArmorPrefix + container.name;
    const isConfined = [spec, container].some((one) => hasProfile(one, 'appArmorProfile'));
    if (isTemplate && appArmor in annotations && !isConfined) {
      warnings.push(`${notes}[${appArmor}]: ${appArmorWithout}`);
    }
    const { limits, requests } = container.resources ?? {};
    warnings.push(
      ...fractions({ '.limits': limits, '.requests': requests }, `${at}.resources`),
      ...hiddenVariables(container, at),
    );
  }
  warnings.push(...samePorts(spec, child('spec')));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(`${child('spec.terminationGracePeriodSeconds')}: ${negative}`);
  }
  warnings.push(...nullSelectors(spec, child('spec.affinity')));
  const { nameservers = [] } = mapping(mapping(spec)['dnsConfig']) as {
    readonly nameservers?: readonly string[];
  };
  nameservers.forEach((ip, i) => {
    warnings.push(...ipWarnings(ip, `${child('spec.dnsConfig')}.nameservers[${i}]`));
  });
  hostAliases.forEach(({ ip = '' }, i) => {
    warnings.push(...ipWarnings(ip, `${child('spec.hostAliases')}[${i}].ip`));
  });
  return warnings;
}

const negative = 'must be >= 0; negative values are invalid and will be treated as 1';

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const seccompWithout = 'non-functional in v1.27+; use the "seccompProfile" field instead';

const hasProfile = (of: PodSpec | Container, field: string): boolean =>
  mapping(of['securityContext'])[field] !== undefined;

/** Of workloads: told when the template is new. */
export const templateWarnings =
  (path: string, templateOf: (object: KubeObject) => PodTemplateSpec | undefined) =>
  (object: KubeObject, before?: KubeObject): readonly string[] => {
    const template = templateOf(object);
    const isOld = before !== undefined && templateOf(before) === template;
    return template?.spec === undefined || isOld
      ? []
      : podWarnings(template.spec, template.metadata ?? {}, path);
  };

/** @param use of the name, as upstream has it; told when something is made. */
export function nameWarnings(
  { metadata: { name } }: KubeObject,
  before: KubeObject | undefined,
  use = 'Pod names and hostnames',
): readonly string[] {
  const errors = before === undefined ? labelErrors(name) : [];
  if (errors.length === 0) return [];
  const why = 'which can result in surprising behavior; a DNS label is recommended';
  return [`metadata.name: this is used in ${use}, ${why}: [${errors.join(' ')}]`];
}

export const ownTemplateWarnings = templateWarnings(
  'spec.template',
  ({ spec }) => (spec as { readonly template?: PodTemplateSpec } | undefined)?.template,
);

/** Of workloads that name their Pods after themselves. */
export const workloadWarnings = (object: KubeObject, before?: KubeObject): readonly string[] => [
  ...nameWarnings(object, before),
  ...ownTemplateWarnings(object, before),
];

const annotationsWithout: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod':
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
};

const volumesWithout: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

/** The one source that upstream does not name as the field is. */
const fieldOf = (source: string): string => (source === 'storageos' ? 'storageOS' : source);

/** Labels of nodes that have newer names (pkg/api/node/util.go). */
const labelsWithout: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** Old labels in terms that select nodes. */
export function* termWarnings(terms: readonly NodeSelectorTerm[], at: string): Generator<string> {
  for (const [i, term] of terms.entries()) {
    yield* oneTermWarnings(term, `${at}.nodeSelectorTerms[${i}]`);
  }
}

function* oneTermWarnings(
  { matchExpressions = [] }: NodeSelectorTerm,
  at: string,
): Generator<string> {
  for (const [i, { key }] of matchExpressions.entries()) {
    const why = labelWarning(key);
    if (why !== undefined) yield `${at}.matchExpressions[${i}].key: ${key} is ${why}`;
  }
}

/** What is only preferred may name values that no label can have. */
function* valueWarnings({ matchExpressions = [] }: NodeSelectorTerm, at: string) {
  for (const [i, { values = [] }] of matchExpressions.entries()) {
    for (const [j, value] of values.entries()) {
      for (const why of labelValueErrors(value)) {
        yield `${at}.matchExpressions[${i}].values[${j}]: ${value} is invalid, ${why}`;
      }
    }
  }
}

/** What to use instead of a label of nodes, if it is an old one. */
export const labelWarning = (key: string): string | undefined => labelsWithout[key];

function deprecatedLabels(spec: PodSpec, at: string): readonly string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const why = labelsWithout[key];
    if (why !== undefined) warnings.push(`${at}.nodeSelector[${key}]: ${why}`);
  }
  const node = spec.affinity?.nodeAffinity;
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const terms = node?.[required]?.nodeSelectorTerms ?? [];
  warnings.push(...termWarnings(terms, `${at}.affinity.nodeAffinity.${required}`));
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  (node?.[preferred] ?? []).forEach(({ preference }, i) => {
    const field = `${at}.affinity.nodeAffinity.${preferred}[${i}].preference`;
    warnings.push(...oneTermWarnings(preference, field), ...valueWarnings(preference, field));
  });
  (spec.topologySpreadConstraints ?? []).forEach(({ topologyKey, labelSelector }, i) => {
    const field = `${at}.topologySpreadConstraints[${i}]`;
    const why = labelsWithout[topologyKey];
    if (why !== undefined) warnings.push(`${field}.topologyKey: ${topologyKey} is ${why}`);
    if (labelSelector === undefined) warnings.push(`${field}.labelSelector: ${matchesNothing}`);
  });
  return warnings;
}

const matchesNothing = 'a null labelSelector results in matching no pod';

function nullSelectors({ affinity }: PodSpec, at: string): readonly string[] {
  const warnings: string[] = [];
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  for (const side of ['podAffinity', 'podAntiAffinity'] as const) {
    (affinity?.[side]?.[required] ?? []).forEach(({ labelSelector }, i) => {
      if (labelSelector !== undefined) return;
      warnings.push(`${at}.${side}.${required}[${i}].labelSelector: ${matchesNothing}`);
    });
    (affinity?.[side]?.[preferred] ?? []).forEach(({ podAffinityTerm }, i) => {
      if (podAffinityTerm?.labelSelector !== undefined) return;
      const field = `${at}.${side}.${preferred}[${i}].podAffinityTerm.labelSelector`;
      warnings.push(`${field}: ${matchesNothing}`);
    });
  }
  return warnings;
}

/** In upstream's order: those that come first begin first. */
const containersOf = (
  { initContainers = [], containers = [], ephemeralContainers = [] }: PodSpec,
  at: string,
): readonly (readonly [Container, string])[] => [
  ...initContainers.map((one, i) => [one, `${at}.initContainers[${i}]`] as const),
  ...containers.map((one, i) => [one, `${at}.containers[${i}]`] as const),
  ...ephemeralContainers.map((one, i) => [one, `${at}.ephemeralContainers[${i}]`] as const),
];

type Amounts = Readonly<Record<string, string>>;

/** @param lists by what follows `at` in their paths */
function* fractions(
  lists: Readonly<Record<string, Amounts | undefined>>,
  at: string,
): Generator<string> {
  for (const name of ['memory', 'ephemeral-storage']) {
    for (const [field, list] of Object.entries(lists)) {
      const value = list?.[name];
      if (value === undefined || Number(milliOf(value)) % 1000 === 0) continue;
      const why = `fractional byte value "${value}" is invalid, must be an integer`;
      yield `${at}${field}[${name}]: ${why}`;
    }
  }
}

/** A variable that is defined again without use of what it was. */
function* hiddenVariables({ env = [] }: Container, at: string): Generator<string> {
  const known = new Set<string>();
  for (const [i, { name, value = '', valueFrom }] of env.entries()) {
    const reference = `$(${name})`;
    const builds = valueFrom === undefined && value !== reference && value.includes(reference);
    if (known.has(name) && !builds) {
      yield `${at}.env[${i}]: hides previous definition of "${name}", which may be dropped when using apply`;
    }
    known.add(name);
  }
}

function samePorts(spec: PodSpec, at: string): readonly string[] {
  const warnings: string[] = [];
  const all = new Map<string, (readonly [ContainerPort, string])[]>();
  for (const [{ ports = [] }, field] of containersOf(spec, at)) {
    for (const [i, port] of ports.entries()) {
      const here = `${field}.ports[${i}]`;
      if (port.hostIP && !port.hostPort) {
        warnings.push(`${here}: hostIP set without hostPort: ${portText(port)}`);
      }
      const key = `${port.containerPort}/${port.protocol}`;
      const others = all.get(key) ?? [];
      for (const [other, there] of others) {
        const how = overlap(port, other);
        if (how !== undefined) warnings.push(`${here}: ${how} port definition with ${there}`);
      }
      all.set(key, [...others, [port, here]]);
    }
  }
  return [...warnings, ...sameNames(spec, at)];
}

/** As Go prints its type. */
const portText = ({
  name = '',
  hostPort = 0,
  containerPort,
  protocol,
  hostIP = '',
}: ContainerPort) =>
  `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;

function* sameNames(spec: PodSpec, at: string): Generator<string> {
  const first = new Map<string, string>();
  for (const [{ ports = [] }, field] of containersOf(spec, at)) {
    for (const [i, { name }] of ports.entries()) {
      if (!name) continue;
      const here = `${field}.ports[${i}]`;
      const there = first.get(name);
      if (there === undefined) first.set(name, here);
      else {
        const used = `services and probes that select ports by name will use ${there}`;
        yield `${here}: duplicate port name ${JSON.stringify(name)} with ${there}, ${used}`;
      }
    }
  }
}

function overlap(a: ContainerPort, b: ContainerPort): string | undefined {
  const [aPort, bPort, aIP, bIP] = [
    a.hostPort ?? 0,
    b.hostPort ?? 0,
    a.hostIP ?? '',
    b.hostIP ?? '',
  ];
  if (aPort === bPort && aIP === bIP) return 'duplicate';
  if (aPort === 0 || bPort === 0) return 'overlapping';
  return aPort === bPort && (aIP === '') !== (bIP === '') ? 'dangerously ambiguous' : undefined;
}

function repeated<T>(
  list: readonly T[],
  nameOf: (item: T) => string,
  found: (i: number, name: string) => void,
): void {
  const known = new Set<string>();
  list.forEach((item, i) => {
    const name = nameOf(item);
    if (known.has(name)) found(i, name);
    known.add(name);
  });
}
