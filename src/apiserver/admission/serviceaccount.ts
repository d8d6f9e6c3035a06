/**
 * ServiceAccount: as whom the containers of a Pod speak to the API server, and the token that they do
 * so with (api-07 §7).
 */
import { makeKey } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { mapShared } from '../../api/pod/poddefaults.ts';
import type { Container, PodSpec } from '../../api/pod/podspec.ts';
import type { ServiceAccount } from '../../api/serviceaccount.ts';
import type { Handling } from '../apiserver.ts';
import { generateName } from '../names.ts';

export type WithAccount =
  | { readonly ok: true; readonly spec: PodSpec }
  | { readonly ok: false; readonly why: string };

export const defaultAccount = 'default';

/** A Pod that a kubelet runs by itself and only shows to the API server: nothing is added to it. */
export const isMirror = ({ metadata: { annotations } }: Pod): boolean =>
  annotations !== undefined && Object.hasOwn(annotations, 'kubernetes.io/config.mirror');

/** What a mirror Pod may not have: its kubelet runs it whether or not it gets that. */
export function mirrorRefusal({ spec }: Pod): string | undefined {
  const { serviceAccountName = '', volumes = [] } = spec;
  if (serviceAccountName !== '') return 'a mirror pod may not reference service accounts';
  const sources = volumes.flatMap(({ projected }) => (projected as Projected)?.sources ?? []);
  const { containers = [], initContainers = [] } = spec;
  const hasSecret =
    volumes.some(({ secret }) => secret !== undefined) ||
    sources.some(({ secret }) => secret !== undefined) ||
    [...containers, ...initContainers].some(readsSecret);
  if (hasSecret) return 'a mirror pod may not reference secrets';
  return sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined)
    ? 'a mirror pod may not use ServiceAccountToken volume projections'
    : undefined;
}

type Projected = { readonly sources?: readonly Readonly<Record<string, unknown>>[] } | undefined;

const readsSecret = ({ env = [] }: Container): boolean =>
  env.some(
    ({ valueFrom }) => (valueFrom as { secretKeyRef?: unknown })?.secretKeyRef !== undefined,
  );

/** The account must be there already. The Pod gets its pull secrets, and a volume with its token. */
export function withAccount({ metadata, spec }: Pod, handling: Handling): WithAccount {
  const { namespace } = metadata;
  const name = spec.serviceAccountName || defaultAccount;
  const account = handling.store.get<ServiceAccount>('ServiceAccount', makeKey(namespace, name));
  if (account === undefined) {
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    return { ok: false, why };
  }
  const named = { ...spec, serviceAccountName: name, serviceAccount: name };
  const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  return { ok: true, spec: withPullSecrets(mounts ? withToken(named, handling) : named, account) };
}

function withPullSecrets(spec: PodSpec, { imagePullSecrets = [] }: ServiceAccount): PodSpec {
  if (imagePullSecrets.length === 0 || (spec.imagePullSecrets ?? []).length > 0) return spec;
  return { ...spec, imagePullSecrets: imagePullSecrets.map(({ name }) => ({ name })) };
}

const volumePrefix = 'kube-api-access-';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Mounted wherever nothing else is; a volume of the reserved name is taken for the one we would add. */
function withToken(spec: PodSpec, { store, seed }: Handling): PodSpec {
  const { volumes = [], containers = [], initContainers } = spec;
  const given = volumes.find(({ name }) => name?.startsWith(volumePrefix));
  const name = given?.name ?? generateName(volumePrefix, seed, store.revision + 1, 0);
  const mount = { name, readOnly: true, mountPath };
  const mounted = (container: Container): Container => {
    const { volumeMounts = [] } = container;
    const isTaken = volumeMounts.some((one) => (one as typeof mount).mountPath === mountPath);
    return isTaken ? container : { ...container, volumeMounts: [...volumeMounts, mount] };
  };
  const own = mapShared(containers, mounted);
  const first = initContainers === undefined ? undefined : mapShared(initContainers, mounted);
  if (own === containers && first === initContainers) return spec;
  return {
    ...spec,
    ...(given === undefined ? { volumes: [...volumes, { name, ...tokenSource }] } : {}),
    containers: own,
    ...(first === undefined ? {} : { initContainers: first }),
  };
}

/** The kubelet renews a token at 80 % of its life, and the seven seconds tell ours from others. */
const tokenSource = {
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [
            {
              path: 'namespace',
              fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
            },
          ],
        },
      },
    ],
    defaultMode: 420,
  },
};
