/** The environment variables of a container: its image's, those of Services, and its own. */
import type { KubeObject } from '../../../api/meta.ts';
import type { Pod } from '../../../api/pod/pod.ts';
import type { Container } from '../../../api/pod/podspec.ts';
import { milliOf, wholeOf } from '../../../api/quantity.ts';
import type { Service } from '../../../api/service/service.ts';
import { parseTimestamp } from '../../../api/time.ts';
import type { View } from '../../../store/view.ts';
import { asBytes } from './program.ts';

type Data = Readonly<Record<string, string>>;

interface Ref {
  readonly name?: string;
  readonly key?: string;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: {
      readonly containerName?: string;
      readonly resource: string;
      readonly divisor?: string;
    };
    readonly configMapKeyRef?: Ref;
    readonly secretKeyRef?: Ref;
  };
}

interface Source {
  readonly prefix?: string;
  readonly configMapRef?: Ref;
  readonly secretRef?: Ref;
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a container that started at this time has. */
export function environmentOf(
  pod: Pod,
  container: Container,
  view: View,
  startedAt: number,
): ReadonlyMap<string, string> {
  const all = new Map([
    ['PATH', path],
    ['HOSTNAME', pod.spec.hostname ?? pod.metadata.name],
  ]);
  for (const [name, value] of servicesOf(pod, view, startedAt)) all.set(name, value);
  const { envFrom = [], env = [] } = container as {
    readonly envFrom?: readonly Source[];
    readonly env?: readonly Variable[];
  };
  for (const { prefix = '', configMapRef, secretRef } of envFrom) {
    const data =
      configMapRef === undefined
        ? secretData(pod, secretRef?.name, view)
        : configData(pod, configMapRef.name, view);
    for (const [name, value] of Object.entries(data)) all.set(`${prefix}${name}`, value);
  }
  for (const variable of env) {
    const value = variableValue(variable, pod, container, view);
    if (value !== undefined) all.set(variable.name, referring(value, all));
  }
  if (!all.has('HOME')) all.set('HOME', '/root');
  return all;
}

/** `$(NAME)` stands for a variable that is there before; `$$` for a dollar. */
const referring = (text: string, known: ReadonlyMap<string, string>): string =>
  text.replace(/\$\$|\$\(([^)]+)\)/g, (all, name: string | undefined) =>
    name === undefined ? '$' : (known.get(name) ?? all),
  );

function variableValue(
  { value = '', valueFrom }: Variable,
  pod: Pod,
  container: Container,
  view: View,
): string | undefined {
  if (valueFrom === undefined) return asBytes(value);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return fieldText(pod, fieldRef.fieldPath);
  if (configMapKeyRef !== undefined) {
    return configData(pod, configMapKeyRef.name, view)[configMapKeyRef.key ?? ''];
  }
  if (secretKeyRef !== undefined) {
    return secretData(pod, secretKeyRef.name, view)[secretKeyRef.key ?? ''];
  }
  return resourceFieldRef === undefined
    ? undefined
    : resourceText(pod, container, resourceFieldRef);
}

/** What the downward API says of a Pod; nothing where it has no such field. */
export function fieldText({ metadata, spec, status }: Pod, fieldPath: string): string {
  const [, of, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath) ?? [];
  if (of !== undefined) return asBytes(metadata[of as 'labels' | 'annotations']?.[key!] ?? '');
  const lines = (map: Data = {}) =>
    Object.entries(map)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join('\n');
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': lines(metadata.labels),
    'metadata.annotations': lines(metadata.annotations),
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status.podIP,
    'status.podIPs': status.podIPs?.map(({ ip }) => ip).join(','),
    'status.hostIP': status.hostIP,
    'status.hostIPs': status.hostIPs?.map(({ ip }) => ip).join(','),
  };
  return asBytes(fields[fieldPath] ?? '');
}

/** Rounded up to the divisor: whole processors, or bytes. */
function resourceText(
  { spec }: Pod,
  container: Container,
  {
    containerName,
    resource,
    divisor = '1',
  }: NonNullable<NonNullable<Variable['valueFrom']>['resourceFieldRef']>,
): string {
  const of = spec.containers.find(({ name }) => name === containerName) ?? container;
  const [kind, name = ''] = resource.split(/\.(.*)/s);
  const amount = of.resources?.[kind as 'limits' | 'requests']?.[name];
  if (amount === undefined) return '0';
  const unit = divisor === '0' ? '1' : divisor;
  const parts = name === 'cpu' ? milliOf(amount) / milliOf(unit) : wholeOf(amount) / wholeOf(unit);
  return String(Math.ceil(parts));
}

/** Of a ConfigMap of the Pod's namespace; nothing if it is not there. */
export function configData({ metadata }: Pod, name: string | undefined, view: View): Data {
  const found = view.get<KubeObject & { readonly data?: Data; readonly binaryData?: Data }>(
    'ConfigMap',
    `${metadata.namespace}/${name ?? ''}`,
  );
  return Object.fromEntries([
    ...Object.entries(found?.data ?? {}).map(([key, value]) => [key, asBytes(value)]),
    ...Object.entries(found?.binaryData ?? {}).map(([key, value]) => [key, atob(value)]),
  ]);
}

/** Of a Secret, decoded: a character a byte. */
export function secretData({ metadata }: Pod, name: string | undefined, view: View): Data {
  const found = view.get<KubeObject & { readonly data?: Data }>(
    'Secret',
    `${metadata.namespace}/${name ?? ''}`,
  );
  return Object.fromEntries(
    Object.entries(found?.data ?? {}).map(([key, value]) => [key, atob(value)]),
  );
}

/** The Services that were there when it started, and the API server in any case (envvars.go). */
function servicesOf({ metadata, spec }: Pod, view: View, startedAt: number) {
  const own =
    spec.enableServiceLinks === false
      ? []
      : view.by<Service>('Service', 'namespace', metadata.namespace ?? '');
  const api = view.get<Service>('Service', 'default/kubernetes');
  return [...(api === undefined || own.includes(api) ? [] : [api]), ...own]
    .filter(
      ({ metadata: { creationTimestamp }, spec: { clusterIP } }) =>
        clusterIP !== undefined &&
        clusterIP !== '' &&
        clusterIP !== 'None' &&
        parseTimestamp(creationTimestamp!) <= startedAt,
    )
    .flatMap(serviceVariables);
}

function serviceVariables({ metadata, spec }: Service): readonly (readonly [string, string])[] {
  const { clusterIP = '', ports = [] } = spec;
  const name = metadata.name.toUpperCase().replaceAll('-', '_');
  const [first] = ports;
  if (first === undefined) return [];
  const named = ports
    .filter((port) => port.name)
    .map(
      (port) =>
        [
          `${name}_SERVICE_PORT_${port.name!.toUpperCase().replaceAll('-', '_')}`,
          String(port.port),
        ] as const,
    );
  const links = ports.flatMap(({ port, protocol = 'TCP' }) => {
    const prefix = `${name}_PORT_${port}_${protocol}`;
    const lower = protocol.toLowerCase();
    return [
      [prefix, `${lower}://${clusterIP}:${port}`],
      [`${prefix}_PROTO`, lower],
      [`${prefix}_PORT`, String(port)],
      [`${prefix}_ADDR`, clusterIP],
    ] as const;
  });
  const lower = (first.protocol ?? 'TCP').toLowerCase();
  return [
    [`${name}_SERVICE_HOST`, clusterIP],
    [`${name}_SERVICE_PORT`, String(first.port)],
    ...named,
    [`${name}_PORT`, `${lower}://${clusterIP}:${first.port}`],
    ...links,
  ];
}
