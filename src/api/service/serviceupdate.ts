/** What an update of a Service keeps of what the server gave, and what a change of type drops. */
import { deepEqual } from '../equal.ts';
import {
  hasNodePorts,
  isExternallyReached,
  isHealthChecked,
  type Service,
  type ServicePort,
  type ServiceSpec,
} from './service.ts';

/** Runs before validation, as upstream's strategy does. */
export function preparedUpdate(next: Service, current: Service): Service {
  const was = current.spec;
  const spec = keepingHealthPort(
    keepingPorts(keepingAddress(dropping(next.spec, was), was), was),
    was,
  );
  return spec === next.spec ? next : { ...next, spec };
}

const isAddressed = ({ type }: ServiceSpec): boolean => type !== 'ExternalName';

/** Fields that only make sense for the type before, unless the update sets them anew. */
function dropping(spec: ServiceSpec, was: ServiceSpec): ServiceSpec {
  let next = spec;
  if (isAddressed(was) && !isAddressed(next) && deepEqual(next.clusterIPs, was.clusterIPs)) {
    const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _f, ipFamilyPolicy: _p, ...rest } = next;
    next = rest;
  }
  if (hasNodePorts(was) && !hasNodePorts(next) && samePorts(next, was)) {
    const ports = (next.ports ?? []).map(({ nodePort: _port, ...port }) => port as ServicePort);
    next = { ...next, ports };
  }
  const [reached, checked] = [isExternallyReached(next), isHealthChecked(next)];
  if (isExternallyReached(was) && !reached) next = withoutSame(next, was, 'externalTrafficPolicy');
  if (isHealthChecked(was) && !checked) next = withoutSame(next, was, 'healthCheckNodePort');
  if (was.type === 'LoadBalancer' && next.type !== 'LoadBalancer') {
    next = withoutSame(next, was, 'allocateLoadBalancerNodePorts');
    next = withoutSame(next, was, 'loadBalancerClass');
  }
  return next;
}

function withoutSame(spec: ServiceSpec, was: ServiceSpec, field: keyof ServiceSpec): ServiceSpec {
  if (spec[field] === undefined || spec[field] !== was[field]) return spec;
  const { [field]: _field, ...rest } = spec;
  return rest;
}

const samePorts = ({ ports: a = [] }: ServiceSpec, { ports: b = [] }: ServiceSpec): boolean =>
  deepEqual(
    a.map(({ nodePort }) => nodePort),
    b.map(({ nodePort }) => nodePort),
  );

function keepingAddress(spec: ServiceSpec, was: ServiceSpec): ServiceSpec {
  if (!isAddressed(spec)) return spec;
  const asked = spec.clusterIP || spec.clusterIPs?.[0];
  if (asked === undefined && !isAddressed(was)) return spec;
  const clusterIP = asked ?? was.clusterIP;
  const ips =
    spec.clusterIPs ??
    (asked === undefined || asked === was.clusterIP ? was.clusterIPs : undefined);
  const { ipFamilies = was.ipFamilies, ipFamilyPolicy = was.ipFamilyPolicy } = spec;
  return {
    ...spec,
    ...(clusterIP === undefined ? {} : { clusterIP, clusterIPs: ips ?? [clusterIP] }),
    ...(ipFamilies === undefined ? {} : { ipFamilies }),
    ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
  };
}

/** Ports keep their number on nodes: those of the same number and protocol. */
function keepingPorts(spec: ServiceSpec, was: ServiceSpec): ServiceSpec {
  if (!hasNodePorts(spec) || spec.ports === undefined) return spec;
  const taken = new Set(spec.ports.flatMap(({ nodePort }) => (nodePort ? [nodePort] : [])));
  const ports = spec.ports.map((port) => {
    if (port.nodePort) return port;
    const before = (was.ports ?? []).find(
      (one) => one.port === port.port && one.protocol === port.protocol,
    );
    if (!before?.nodePort || taken.has(before.nodePort)) return port;
    taken.add(before.nodePort);
    return { ...port, nodePort: before.nodePort };
  });
  return ports.every((port, i) => port === spec.ports![i]) ? spec : { ...spec, ports };
}

function keepingHealthPort(spec: ServiceSpec, was: ServiceSpec): ServiceSpec {
  const { healthCheckNodePort } = was;
  if (!isHealthChecked(spec) || !isHealthChecked(was)) return spec;
  return spec.healthCheckNodePort || !healthCheckNodePort ? spec : { ...spec, healthCheckNodePort };
}
