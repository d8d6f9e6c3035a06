/** Defaults of Services (api-05 §3). */
import { normalized } from './normalize.ts';
import { filled, mapShared } from './poddefaults.ts';
import type { Service, ServicePort, ServiceSpec } from './service.ts';

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
    spec: filled(spec, {
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
