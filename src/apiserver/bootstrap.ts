/**
 * What an API server finds missing when it starts, and makes: its own Service, the classes of system Pods, and
 * the roles that people are given (upstream's bootstrappolicy and `scheduling` post-start hooks).
 */
import type { Draft } from '../api/meta.ts';
import { systemClasses } from '../api/priorityclass.ts';
import { type BootstrapRole, roles } from './bootstraproles.ts';

export const apiServerAddress = '10.96.0.1';

/** Of kinds whose fields lie beside spec. */
type Made = Draft & { readonly [field: string]: unknown };

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

/** To groups of users. */
const binding = (name: string, groups: readonly string[]): Made => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name, ...bootstrapped },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
  subjects: groups.map((group) => ({ apiGroup: rbac, kind: 'Group', name: group })),
});

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

/**
 * In the order in which they are made; roles and ServiceAccounts of components are not among them.
 * `address` and `port`: where the API server listens.
 */
export const bootstrapObjects = (address: string, port: number): readonly Draft[] => [
  service,
  ...endpoints(address, port),
  ...systemClasses.map(({ name, value, description }) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
  })),
  ...roles.map(role),
  binding('cluster-admin', ['system:masters']),
  binding('system:basic-user', ['system:authenticated']),
  binding('system:discovery', ['system:authenticated']),
  binding('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
];
