/** What the authors of Pods and of their templates are warned of (upstream's pkg/api/pod/warnings.go). */
import type { KubeObject, Labels } from './meta.ts';
import type {
  Container,
  ContainerPort,
  NodeSelectorTerm,
  PodSpec,
  PodTemplateSpec,
} from './podspec.ts';
import { milliOf } from './quantity.ts';
import { labelErrors } from './validation/names.ts';

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
    for (const [source, why] of Object.entries(volumesWithout)) {
      if (source in volume) warnings.push(`${child('spec.volumes')}[${i}].${source}: ${why}`);
    }
  });
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
  for (const [container, at] of containersOf(spec, child('spec'))) {
    warnings.push(...fractionalBytes(container, at), ...hiddenVariables(container, at));
  }
  warnings.push(...samePorts(spec, child('spec')));
  warnings.push(...nullSelectors(spec, child('spec.affinity')));
  return warnings;
}

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
  gitRepo: 'deprecated in v1.11',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

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
  for (const [i, { matchExpressions = [] }] of terms.entries()) {
    for (const [j, { key }] of matchExpressions.entries()) {
      const why = labelWarning(key);
      if (why === undefined) continue;
      yield `${at}.nodeSelectorTerms[${i}].matchExpressions[${j}].key: ${key} is ${why}`;
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

function* fractionalBytes({ resources = {} }: Container, at: string): Generator<string> {
  for (const name of ['memory', 'ephemeral-storage']) {
    for (const list of ['limits', 'requests'] as const) {
      const value = resources[list]?.[name];
      if (value === undefined || Number(milliOf(value)) % 1000 === 0) continue;
      const why = `fractional byte value "${value}" is invalid, must be an integer`;
      yield `${at}.resources.${list}[${name}]: ${why}`;
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
  const all = new Map<string, (readonly [ContainerPort & { hostIP?: string }, string])[]>();
  for (const [{ ports = [] }, field] of containersOf(spec, at)) {
    for (const [i, port] of (ports as readonly (ContainerPort & { hostIP?: string })[]).entries()) {
      const here = `${field}.ports[${i}]`;
      const key = `${port.containerPort}/${port.protocol}`;
      const others = all.get(key) ?? [];
      for (const [other, there] of others) {
        const how = overlap(port, other);
        if (how !== undefined) warnings.push(`${here}: ${how} port definition with ${there}`);
      }
      all.set(key, [...others, [port, here]]);
    }
  }
  return warnings;
}

function overlap(
  a: ContainerPort & { hostIP?: string },
  b: ContainerPort & { hostIP?: string },
): string | undefined {
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
