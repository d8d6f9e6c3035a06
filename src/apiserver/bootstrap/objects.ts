/**
 * What an API server finds missing when it starts, and makes: its own Service, the range of the others, classes of
 * system Pods, flow schemas, what extensions read, and roles (upstream's post-start hooks and bootstrappolicy).
 */
import type { Draft } from '../../api/meta.ts';
import { systemClasses } from '../../api/priorityclass.ts';
import { serviceRange } from '../serviceaddresses.ts';
import { type BootstrapRole, roles } from './clusterroles.ts';
import { componentBindings, componentRoles } from './componentroles.ts';
import { controllerAccounts, controllerRole, controllerRoles } from './controllerroles.ts';
import { flowControl } from './flowcontrol.ts';
import type { Made } from './made.ts';
import { namespacedRoles } from './roles.ts';

export const apiServerAddress = '10.96.0.1';

const rbac = 'rbac.authorization.k8s.io';

const bootstrapped = {
  annotations: { [`${rbac}/autoupdate`]: 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
};

const aggregateTo = (name: string) => ({ [`${rbac}/aggregate-to-${name}`]: 'true' });

const role = ({ name, rules, isAggregate, addsTo }: BootstrapRole): Made => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRole',
  metadata: {
    name,
    annotations: bootstrapped.annotations,
    labels: { ...bootstrapped.labels, ...(addsTo === undefined ? {} : aggregateTo(addsTo)) },
  },
  ...(isAggregate
    ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregateTo(name) }] } }
    : {}),
  rules,
});

const bindingOf = (name: string, subjects: readonly object[]): Made => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name, ...bootstrapped },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
  ...(subjects.length === 0 ? {} : { subjects }),
});

/** To groups of users. */
const binding = (name: string, groups: readonly string[]): Made => {
  const subjects = groups.map((group) => ({ apiGroup: rbac, kind: 'Group', name: group }));
  return bindingOf(name, subjects);
};

/** To the account that a controller runs as. */
const accountBinding = (account: string): Made =>
  bindingOf(controllerRole(account), [
    { kind: 'ServiceAccount', name: account, namespace: 'kube-system' },
  ]);

const service: Draft = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    clusterIP: apiServerAddress,
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    sessionAffinity: 'None',
    type: 'ClusterIP',
  },
};

const serves = { 'kubernetes.io/service-name': 'kubernetes' };
const named = { name: 'kubernetes', namespace: 'default' };

/** Where the API server listens, which no selector says. */
const endpoints = (address: string, port: number): readonly Made[] => [
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...named, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...named, labels: serves },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  },
];

/** The addresses that Services have. */
const serviceCIDR: Made = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs: [serviceRange] },
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: '',
        message: 'Kubernetes default Service CIDR is ready',
      },
    ],
  },
};

const configMap = (name: string, data: Readonly<Record<string, string>>): Made => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
});

/** What the objects tell of the server. */
export interface Server {
  /** Where it listens. */
  readonly address: string;
  readonly port: number;
  /** The certificate (PEM) of those who certify clients; empty if nobody does. */
  readonly authority: string;
  /** `2026-01-01`: when it began to look after tokens. */
  readonly since: string;
}

/** In the order in which they are made; ServiceAccounts of controllers are not among them. */
export const bootstrapObjects = ({ address, port, authority, since }: Server): readonly Made[] => [
  serviceCIDR,
  service as Made,
  ...endpoints(address, port),
  ...systemClasses.map(({ name, value, description }) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
  })),
  configMap(
    'extension-apiserver-authentication',
    authority === '' ? {} : { 'client-ca-file': authority },
  ),
  configMap('kube-apiserver-legacy-service-account-token-tracking', { since }),
  ...flowControl,
  ...roles.map(role),
  binding('cluster-admin', ['system:masters']),
  binding('system:basic-user', ['system:authenticated']),
  binding('system:discovery', ['system:authenticated']),
  binding('system:monitoring', ['system:monitoring']),
  binding('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
  ...componentRoles.map(role),
  ...Object.entries(componentBindings).map(([name, subjects]) => bindingOf(name, subjects)),
  ...controllerRoles.map(role),
  ...controllerAccounts.map(accountBinding),
  ...namespacedRoles,
];
