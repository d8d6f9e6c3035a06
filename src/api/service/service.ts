/** Services: one address for the Pods that a selector finds. */
import { serviceColumns } from '../columns/service.ts';
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, Labels, ObjectMeta } from '../meta.ts';
import { validateService, validateServiceUpdate } from '../validation/service.ts';
import { validateServiceStatus } from '../validation/servicetraffic.ts';
import { serviceWarnings } from '../warnings/service.ts';
import { serviceDefaults, serviceStatusDefaults } from './servicedefaults.ts';
import { preparedUpdate } from './serviceupdate.ts';

export interface ServicePort {
  readonly name?: string;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly appProtocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export type IpFamily = 'IPv4' | 'IPv6';

export interface ServiceSpec {
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly selector?: Labels;
  readonly ports?: readonly ServicePort[];
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ipFamilies?: readonly IpFamily[];
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  readonly externalName?: string;
  readonly externalIPs?: readonly string[];
  readonly sessionAffinity?: 'None' | 'ClientIP';
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  readonly internalTrafficPolicy?: 'Cluster' | 'Local';
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
  readonly healthCheckNodePort?: number;
  readonly publishNotReadyAddresses?: boolean;
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly trafficDistribution?: string;
}

/** Where a load balancer takes traffic. */
export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly ipMode?: string;
  readonly hostname?: string;
}

export interface Service extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Service';
  readonly metadata: ObjectMeta;
  readonly spec: ServiceSpec;
  readonly status: {
    readonly loadBalancer?: {
      readonly ingress?: readonly LoadBalancerIngress[];
    };
    readonly conditions?: readonly Condition[];
  };
}

/** It has no address of its own: names lead to its Pods. */
export const isHeadless = ({ spec: { clusterIP } }: Service): boolean => clusterIP === 'None';

/** Whether traffic from outside the cluster comes to it. */
export const isExternallyReached = ({ type, externalIPs = [] }: ServiceSpec): boolean =>
  type === 'NodePort' ||
  type === 'LoadBalancer' ||
  (type === 'ClusterIP' && externalIPs.length > 0);

/** Whether load balancers have to ask which nodes have Pods of it. */
export const isHealthChecked = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

/** All ports that it holds on every node. */
export function nodePortsOf({ spec }: Service): readonly number[] {
  const ports = (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []));
  return spec.healthCheckNodePort ? [...ports, spec.healthCheckNodePort] : ports;
}

export const serviceKind: Kind<Service> = {
  kind: 'Service',
  apiVersion: 'v1',
  resource: 'services',
  shortNames: ['svc'],
  namespaced: true,
  subresources: ['status'],
  hasStatus: true,
  createsOnUpdate: true,
  returnsObjectOnDelete: true,
  defaults: serviceDefaults,
  prepareForCreate: prepared,
  prepareForUpdate: preparedUpdate,
  prepareForStatusUpdate: serviceStatusDefaults,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: (service) => serviceWarnings(service),
  indexes: {
    clusterIP: ({ spec }) => spec.clusterIPs?.filter((ip) => ip !== 'None'),
    nodePort: (service) => nodePortsOf(service).map(String),
  },
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  columns: serviceColumns,
};

/** The list of addresses begins with the one address. */
function prepared({ spec, ...service }: Service): Service {
  const { clusterIP, clusterIPs } = spec;
  const listed = clusterIP && clusterIPs === undefined ? { clusterIPs: [clusterIP] } : {};
  return { ...service, spec: { ...spec, ...listed }, status: { loadBalancer: {} } };
}

/** Whether its ports are reached through every node. */
export const hasNodePorts = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
