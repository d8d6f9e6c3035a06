/** Defaults of Services (api-05 §3). */
import { normalized } from '../normalize.ts';
import { filled, mapShared } from '../pod/poddefaults.ts';
import type { LoadBalancerIngress, Service, ServicePort, ServiceSpec } from './service.ts';

const affinitySeconds = 10_800;

export function serviceDefaults(service: Service): Service {
  const { metadata } = service;
  const clean = normalized(service, 'core.v1.Service');
  const spec = (clean.spec ?? {}) as ServiceSpec;
  const { type = 'ClusterIP', sessionAffinity = 'None', ports, externalIPs } = spec;
  const { externalTrafficPolicy = 'Cluster', internalTrafficPolicy = 'Cluster' } = spec;
  const isExternal =
    type === 'NodePort' || type === 'LoadBalancer' || (externalIPs ?? []).length > 0;
  const balanced = spec.allocateLoadBalancerNodePorts ?? true;
  return filled(clean, {
    metadata,
    spec: filled(sessionAffinity === 'None' ? withoutConfig(spec) : spec, {
      type,
      sessionAffinity,
      ...(Array.isArray(ports) ? { ports: mapShared(ports, portDefaults) } : {}),
      ...(sessionAffinity === 'ClientIP' ? { sessionAffinityConfig: affinityOf(spec) } : {}),
      ...(type === 'ExternalName' ? {} : { internalTrafficPolicy }),
      ...(isExternal && type !== 'ExternalName' ? { externalTrafficPolicy } : {}),
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: balanced } : {}),
    }),
  });
}

function portDefaults(port: ServicePort): ServicePort {
  if (typeof port !== 'object' || port === null) return port;
  const { protocol = 'TCP', targetPort } = port;
  return filled(port, { protocol, targetPort: targetPort || port.port });
}

function affinityOf({ sessionAffinityConfig: config }: ServiceSpec) {
  const { timeoutSeconds = affinitySeconds } = config?.clientIP ?? {};
  return config?.clientIP?.timeoutSeconds === timeoutSeconds
    ? config
    : { clientIP: { timeoutSeconds } };
}

function withoutConfig(spec: ServiceSpec): ServiceSpec {
  if (spec.sessionAffinityConfig === undefined) return spec;
  const { sessionAffinityConfig: _config, ...rest } = spec;
  return rest;
}

/** Traffic for an address of a load balancer comes to it as it is, unless its status says otherwise. */
export function serviceStatusDefaults(service: Service): Service {
  const { spec, status } = service;
  const { loadBalancer } = status;
  const isOpen = (one: LoadBalancerIngress): boolean => !!one.ip && one.ipMode === undefined;
  if (spec.type !== 'LoadBalancer' || !loadBalancer?.ingress?.some(isOpen)) return service;
  const ingress = loadBalancer.ingress.map((one) =>
    isOpen(one) ? { ...one, ipMode: 'VIP' } : one,
  );
  return { ...service, status: { ...status, loadBalancer: { ...loadBalancer, ingress } } };
}
