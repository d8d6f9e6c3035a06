/** A container as the processes in it see it: its environment, its files, and what is installed. */
import type { Pod } from '../../../api/pod/pod.ts';
import type { Container } from '../../../api/pod/podspec.ts';
import type { View } from '../../../store/view.ts';
import { configData, environmentOf, fieldText, secretData } from './environment.ts';
import { Files, pathOf } from './files.ts';
import type { World } from './session.ts';

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

interface Item {
  readonly key?: string;
  readonly path: string;
  readonly fieldRef?: { readonly fieldPath: string };
}

interface Source {
  readonly name?: string;
  readonly secretName?: string;
  readonly items?: readonly Item[];
}

interface Sources {
  readonly configMap?: Source;
  readonly secret?: Source;
  readonly downwardAPI?: Source;
  readonly projected?: { readonly sources?: readonly Sources[] };
}

const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the container found when it started. */
export function filesOf(pod: Pod, container: Container, view: View): Files {
  const { name, namespace = '' } = pod.metadata;
  const address = pod.status.podIP ?? '';
  const search = [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'].join(' ');
  const files = new Map([
    ['/etc/hostname', `${name}\n`],
    ['/etc/hosts', `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n${address}\t${name}\n`],
    ['/etc/resolv.conf', `search ${search}\nnameserver 10.96.0.10\noptions ndots:5\n`],
  ]);
  if (pod.spec.automountServiceAccountToken !== false) {
    files.set(`${accountDirectory}/namespace`, namespace);
  }
  for (const mount of (container.volumeMounts ?? []) as readonly Mount[]) {
    const volume = pod.spec.volumes?.find((one) => one.name === mount.name);
    for (const [path, text] of contentsOf((volume ?? {}) as Sources, pod, view)) {
      if (mount.subPath === undefined) files.set(pathOf(path, mount.mountPath), text);
      else if (mount.subPath === path) files.set(mount.mountPath, text);
    }
  }
  const all = new Files(files);
  for (const { mountPath, subPath } of (container.volumeMounts ?? []) as readonly Mount[]) {
    if (subPath === undefined) all.provide(mountPath);
  }
  return all;
}

/** Of a volume: texts by path. Of what others store it knows nothing, and it is empty. */
function contentsOf(
  { configMap, secret, downwardAPI, projected }: Sources,
  pod: Pod,
  view: View,
): readonly (readonly [string, string])[] {
  const chosen = (data: Readonly<Record<string, string>>, items?: readonly Item[]) =>
    items === undefined
      ? Object.entries(data)
      : items.map(({ key = '', path }) => [path, data[key] ?? ''] as const);
  return [
    ...(configMap ? chosen(configData(pod, configMap.name, view), configMap.items) : []),
    ...(secret
      ? chosen(secretData(pod, secret.secretName ?? secret.name, view), secret.items)
      : []),
    ...(downwardAPI?.items ?? []).map(
      ({ path, fieldRef }) => [path, fieldText(pod, fieldRef?.fieldPath ?? '')] as const,
    ),
    ...(projected?.sources ?? []).flatMap((source) => contentsOf(source, pod, view)),
  ];
}

/** Images without any program but their own. */
const bare = /(^|[/-])(pause|distroless|scratch|static)([-/:@]|$)/;
/** Those whose only shell is a small one. */
const small = /(^|\/)(busybox|alpine)([:@]|$)|alpine/;

export function worldOf(
  pod: Pod,
  container: Container,
  files: Files,
  { view, startedAt, now }: { view: View; startedAt: number; now: () => number },
): World {
  const { image, command = [], args = [] } = container;
  const own = image
    .replace(/[:@].*$/, '')
    .split('/')
    .at(-1)!;
  const main = [...command, ...args].join(' ');
  const { workingDir } = container as { readonly workingDir?: string };
  if (workingDir) files.provide(workingDir);
  return {
    hostname: pod.spec.hostname ?? pod.metadata.name,
    env: environmentOf(pod, container, view, startedAt),
    files,
    workingDirectory: workingDir || '/',
    mainCommand: main === '' ? own : main,
    has: (program) => {
      if (bare.test(image)) return false;
      return program !== 'bash' || !small.test(image);
    },
    now,
  };
}
