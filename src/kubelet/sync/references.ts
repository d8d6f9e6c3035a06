/**
 * ConfigMaps and Secrets that a Pod names, and what keeps its containers from being made where they
 * are not there or lack a key (kubelet-01, "CreateContainerConfigError messages" and step 7).
 */
import type { KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container, PodSpec } from '../../api/pod/podspec.ts';

export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** What was read of each reference, by its text: the object, or why it could not be had. */
export type Referenced = ReadonlyMap<string, KubeObject | string>;

export const referenceText = ({ kind, name }: Reference): string => `${kind} ${name}`;

interface Selected {
  readonly name?: string;
  readonly secretName?: string;
  readonly key?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

/** One place in which an object is named. */
interface Use extends Reference {
  readonly keys: readonly string[];
  readonly optional: boolean;
}

const use = (kind: Reference['kind'], from: Selected): Use => ({
  kind,
  name: from.secretName ?? from.name ?? '',
  keys: from.key === undefined ? (from.items ?? []).map(({ key }) => key) : [from.key],
  optional: from.optional === true,
});

/** In the order in which the kubelet reads them: sources of many variables first. */
function usesOf(container: Container): readonly Use[] {
  const { envFrom = [], env = [] } = container as {
    readonly envFrom?: readonly { configMapRef?: Selected; secretRef?: Selected }[];
    readonly env?: readonly {
      readonly valueFrom?: { configMapKeyRef?: Selected; secretKeyRef?: Selected };
    }[];
  };
  return [
    ...envFrom.flatMap(({ configMapRef, secretRef }) => named(configMapRef, secretRef)),
    ...env.flatMap(({ valueFrom = {} }) =>
      named(valueFrom.configMapKeyRef, valueFrom.secretKeyRef),
    ),
  ];
}

const named = (configMap: Selected | undefined, secret: Selected | undefined): readonly Use[] => [
  ...(configMap === undefined ? [] : [use('ConfigMap', configMap)]),
  ...(secret === undefined ? [] : [use('Secret', secret)]),
];

interface Mounted {
  readonly volume: string;
  readonly uses: readonly Use[];
}

/** Names of the volumes that some container mounts, or has as a device. */
export const mountedNames = (spec: PodSpec): ReadonlySet<string> =>
  new Set(
    containersOf(spec).flatMap(({ volumeMounts = [], volumeDevices = [] }) =>
      ([...volumeMounts, ...volumeDevices] as readonly { readonly name: string }[]).map(
        ({ name }) => name,
      ),
    ),
  );

/** Volumes that some container mounts; others are not set up. */
function mountedOf(spec: PodSpec): readonly Mounted[] {
  const mounts = mountedNames(spec);
  return (spec.volumes ?? [])
    .filter(({ name }) => mounts.has(name))
    .map((volume) => {
      const { configMap, secret, projected } = volume as {
        readonly configMap?: Selected;
        readonly secret?: Selected;
        readonly projected?: {
          readonly sources?: readonly { configMap?: Selected; secret?: Selected }[];
        };
      };
      const sources = [{ configMap, secret }, ...(projected?.sources ?? [])];
      return {
        volume: volume.name,
        uses: sources.flatMap((source) => named(source.configMap, source.secret)),
      };
    });
}

const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...(spec.ephemeralContainers ?? []),
];

const bySpec = new WeakMap<PodSpec, readonly Reference[]>();

/** Each object that the Pod names, once. Every sync asks, and specs do not change. */
export function referencesOf({ spec }: Pod): readonly Reference[] {
  let found = bySpec.get(spec);
  if (found === undefined) {
    found = namedBy(spec);
    bySpec.set(spec, found);
  }
  return found;
}

function namedBy(spec: PodSpec): readonly Reference[] {
  const all: readonly Reference[] = [
    ...mountedOf(spec).flatMap(({ uses }) => uses),
    ...pullSecretsOf(spec),
    ...containersOf(spec).flatMap(usesOf),
  ];
  return [...new Map(all.map((one) => [referenceText(one), one])).values()];
}

const pullSecretsOf = ({ imagePullSecrets = [] }: PodSpec): readonly Reference[] =>
  (imagePullSecrets as readonly { readonly name?: string }[]).map(({ name = '' }) => ({
    kind: 'Secret',
    name,
  }));

/** Why a container's variables cannot be made. */
export function configProblem(
  { metadata: { namespace } }: Pod,
  container: Container,
  known: Referenced,
): string | undefined {
  for (const one of usesOf(container)) {
    const found = known.get(referenceText(one));
    if (typeof found === 'string') {
      if (!one.optional) return found;
    } else {
      const missing = missingKey(one, found);
      if (missing !== undefined && !one.optional) {
        return `couldn't find key ${missing} in ${one.kind} ${namespace}/${one.name}`;
      }
    }
  }
  return undefined;
}

export interface MountProblem {
  readonly volume: string;
  readonly message: string;
}

/** Why a volume cannot be set up: the first of those that cannot. */
export function mountProblem({ spec }: Pod, known: Referenced): MountProblem | undefined {
  if (known.size === 0) return undefined;
  for (const { volume, uses } of mountedOf(spec)) {
    const errors = uses.flatMap((one) => {
      if (one.optional) return [];
      const found = known.get(referenceText(one));
      if (typeof found === 'string') return [found];
      const missing = missingKey(one, found);
      if (missing === undefined) return [];
      const kind = one.kind === 'ConfigMap' ? 'config' : 'secret';
      return [`references non-existent ${kind} key: ${missing}`];
    });
    const unique = [...new Set(errors)];
    if (unique.length === 0) continue;
    return { volume, message: unique.length === 1 ? unique[0]! : `[${unique.join(', ')}]` };
  }
  return undefined;
}

/** Names of the pull secrets that are not there. */
export const missingPullSecrets = ({ spec }: Pod, known: Referenced): readonly string[] =>
  pullSecretsOf(spec)
    .filter((one) => typeof known.get(referenceText(one)) === 'string')
    .map(({ name }) => name);

function missingKey({ keys }: Use, object: KubeObject | undefined): string | undefined {
  if (object === undefined) return undefined;
  const { data = {}, binaryData = {} } = object as {
    readonly data?: Readonly<Record<string, unknown>>;
    readonly binaryData?: Readonly<Record<string, unknown>>;
  };
  return keys.find((key) => !Object.hasOwn(data, key) && !Object.hasOwn(binaryData, key));
}
