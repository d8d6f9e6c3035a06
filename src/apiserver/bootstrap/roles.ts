/** Roles in kube-system and kube-public, and who has them (upstream's bootstrappolicy/namespace_policy.go). */
import type { Made } from './made.ts';

const rbac = 'rbac.authorization.k8s.io';

const metadata = (name: string, namespace: string) => ({
  name,
  namespace,
  annotations: { [`${rbac}/autoupdate`]: 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
});

const of = (verbs: string, apiGroup: string, resource: string, resourceName?: string) => ({
  verbs: verbs.split(' '),
  apiGroups: [apiGroup],
  resources: [resource],
  ...(resourceName === undefined ? {} : { resourceNames: [resourceName] }),
});

const events = [
  of('create patch update', '', 'events'),
  of('create patch update', 'events.k8s.io', 'events'),
];
const read = 'get list watch';

const user = (name: string) => ({ kind: 'User', apiGroup: rbac, name });
const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });

const manager = 'kube-controller-manager';
const scheduler = 'kube-scheduler';
const reader = 'extension-apiserver-authentication-reader';
const signer = 'system:controller:bootstrap-signer';
const cleaner = 'system:controller:token-cleaner';
const cloud = 'system:controller:cloud-provider';
const locking = (component: string) => `system::leader-locking-${component}`;

const role = (namespace: string, name: string, rules: readonly object[]): Made => ({
  apiVersion: `${rbac}/v1`,
  kind: 'Role',
  metadata: metadata(name, namespace),
  rules,
});

const binding = (
  namespace: string,
  roleName: string,
  subjects: readonly object[],
  name = roleName,
): Made => ({
  apiVersion: `${rbac}/v1`,
  kind: 'RoleBinding',
  metadata: metadata(name, namespace),
  roleRef: { apiGroup: rbac, kind: 'Role', name: roleName },
  subjects,
});

export const namespacedRoles: readonly Made[] = [
  role('kube-system', reader, [of(read, '', 'configmaps', 'extension-apiserver-authentication')]),
  role('kube-system', signer, [of(read, '', 'secrets')]),
  role('kube-system', cloud, [of(`create ${read}`, '', 'configmaps')]),
  role('kube-system', cleaner, [of(`delete ${read}`, '', 'secrets'), ...events]),
  role('kube-system', locking(manager), [
    of('watch', '', 'configmaps'),
    of('get update', '', 'configmaps', manager),
    of(`create update ${read}`, 'coordination.k8s.io', 'leases'),
  ]),
  role('kube-system', locking(scheduler), [
    of('watch', '', 'configmaps'),
    of('get update', '', 'configmaps', scheduler),
  ]),
  role('kube-public', signer, [
    of(read, '', 'configmaps'),
    of('update', '', 'configmaps', 'cluster-info'),
    ...events,
  ]),
  binding(
    'kube-system',
    reader,
    [user(`system:${manager}`), user(`system:${scheduler}`)],
    `system::${reader}`,
  ),
  binding('kube-system', locking(manager), [
    user(`system:${manager}`),
    account(manager),
    account('leader-election-controller'),
  ]),
  binding('kube-system', locking(scheduler), [user(`system:${scheduler}`), account(scheduler)]),
  binding('kube-system', signer, [account('bootstrap-signer')]),
  binding('kube-system', cloud, [account('cloud-provider')]),
  binding('kube-system', cleaner, [account('token-cleaner')]),
  binding('kube-public', signer, [account('bootstrap-signer')]),
];
