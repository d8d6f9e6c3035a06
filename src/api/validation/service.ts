/** Validation of Services (api-06 §2, §3), in upstream's order. */
import type { FieldError } from '../kind.ts';
import { isHeadless, type Service, type ServicePort } from '../service/service.ts';
import { duplicate, type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { specialAddress, validateIP } from './ip.ts';
import { validateLabels } from './metadata.ts';
import { labelErrors, qualifiedNameErrors, subdomainErrors } from './names.ts';
import { validatePort, validatePortName, validateProtocol } from './ports.ts';
import { addressErrors, validateAddressUpdate } from './serviceaddresses.ts';
import {
  validateHealthPortUpdate,
  validateLoadBalancerClass,
  validateLoadBalancing,
  validateTraffic,
} from './servicetraffic.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const affinities = ['ClientIP', 'None'];
const affinitySecondsMax = 86_400;
const kubeletPort = 10_250;

const topologyMode = 'service.kubernetes.io/topology-mode';
const topologyHints = 'service.kubernetes.io/topology-aware-hints';

export function validateService(service: Service): readonly FieldError[] {
  const alone = addressErrors(service);
  return alone.length > 0 ? alone : ownErrors(service);
}

function ownErrors(service: Service): readonly FieldError[] {
  const errors: Errors = [];
  const { spec } = service;
  const { type = '', ports = [] } = spec;
  validateTopology(errors, service);
  if (ports.length === 0 && !isHeadless(service) && type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  validateType(errors, service);
  validatePorts(errors, ports);
  validateLabels(errors, spec.selector, 'spec.selector');
  validateAffinity(errors, service);
  (spec.externalIPs ?? []).forEach((ip, i) => {
    validateExternalIP(errors, `spec.externalIPs[${i}]`, ip);
  });
  if (type === '') errors.push(required('spec.type'));
  else if (!types.includes(type)) errors.push(unsupported('spec.type', type, types));
  validateNodePorts(errors, service);
  validateTwicePorts(errors, ports);
  validateLoadBalancing(errors, service);
  validateLoadBalancerClass(errors, service);
  validateTraffic(errors, service);
  return errors;
}

function validateTopology(errors: Errors, { metadata: { annotations = {} } }: Service): void {
  const [mode, hints] = [annotations[topologyMode], annotations[topologyHints]];
  if (mode === undefined || hints === undefined || mode === hints) return;
  const why = `must match annotations[${topologyHints}] when both are specified`;
  errors.push(invalid(`metadata.annotations[${topologyMode}]`, mode, why));
}

function validateExternalIP(errors: Errors, field: string, ip: string): void {
  const before = errors.length;
  validateIP(errors, field, ip);
  const why = errors.length > before ? undefined : specialAddress(ip);
  if (why !== undefined) errors.push(invalid(field, ip, why));
}

function validateType(errors: Errors, service: Service): void {
  const { type = '', ports = [] } = service.spec;
  if (type === 'ExternalName') return validateName(errors, service);
  if (type !== 'LoadBalancer' && type !== 'NodePort') return;
  if (type === 'LoadBalancer') {
    ports.forEach(({ port }, i) => {
      if (port !== kubeletPort) return;
      const why = `may not expose port ${port} externally since it is used by kubelet`;
      errors.push(invalid(`spec.ports[${i}].port`, port, why));
    });
  }
  if (isHeadless(service)) {
    const why = `may not be set to 'None' for ${type} services`;
    errors.push(invalid('spec.clusterIPs[0]', 'None', why));
  }
}

function validateName(errors: Errors, { spec }: Service): void {
  const { externalName, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const why = 'may not be set for ExternalName services';
  if (clusterIPs.length > 0) errors.push(forbidden('spec.clusterIPs', why));
  if (ipFamilies.length > 0) errors.push(forbidden('spec.ipFamilies', why));
  if (ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', why));
  const name = (externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(required('spec.externalName'));
  for (const error of name === '' ? [] : subdomainErrors(name)) {
    errors.push(invalid('spec.externalName', name, error));
  }
}

function validatePorts(errors: Errors, ports: readonly ServicePort[]): void {
  const names = new Set<string>();
  ports.forEach(({ name = '', port, protocol = '', targetPort, appProtocol }, i) => {
    const field = `spec.ports[${i}]`;
    if (name === '') {
      if (ports.length > 1) errors.push(required(`${field}.name`));
    } else {
      for (const error of labelErrors(name)) errors.push(invalid(`${field}.name`, name, error));
      if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
      names.add(name);
    }
    validatePort(errors, `${field}.port`, port ?? 0);
    validateProtocol(errors, `${field}.protocol`, protocol);
    if (typeof targetPort === 'number') validatePort(errors, `${field}.targetPort`, targetPort);
    else if (targetPort) validatePortName(errors, `${field}.targetPort`, targetPort);
    for (const error of appProtocol === undefined ? [] : qualifiedNameErrors(appProtocol)) {
      errors.push(invalid(`${field}.appProtocol`, appProtocol, error));
    }
  });
}

function validateTwicePorts(errors: Errors, ports: readonly ServicePort[]): void {
  const seen = new Set<string>();
  ports.forEach(({ port, protocol = '' }, i) => {
    const one = `${protocol}/${port}`;
    if (seen.has(one)) errors.push(duplicatePort(`spec.ports[${i}]`, protocol, port));
    seen.add(one);
  });
}

/** As the server writes the part of a port that must not stand twice. */
function duplicatePort(field: string, protocol: string, port: number): FieldError {
  const text = `{"Name":"","Protocol":"${protocol}","AppProtocol":null,"Port":${port},"TargetPort":0,"NodePort":0}`;
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${text}` };
}

function validateAffinity(errors: Errors, { spec }: Service): void {
  const { sessionAffinity = '', sessionAffinityConfig } = spec;
  const field = 'spec.sessionAffinity';
  if (sessionAffinity === '') errors.push(required(field));
  else if (!affinities.includes(sessionAffinity)) {
    errors.push(unsupported(field, sessionAffinity, affinities));
  }
  const at = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined) {
    errors.push(forbidden(at, 'must not be set when session affinity is None'));
  }
  if (sessionAffinity !== 'ClientIP') return;
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds > 0 && seconds <= affinitySecondsMax) return;
  const why = `must be greater than 0 and less than ${affinitySecondsMax}`;
  errors.push(invalid(`${at}.clientIP.timeoutSeconds`, seconds, why));
}

function validateNodePorts(errors: Errors, { spec }: Service): void {
  const { type = '', ports = [] } = spec;
  const set = ports.flatMap((port, i) => (port.nodePort ? [{ port, i }] : []));
  const field = (i: number): string => `spec.ports[${i}].nodePort`;
  if (type === 'ClusterIP') {
    const why = "may not be used when `type` is 'ClusterIP'";
    errors.push(...set.map(({ i }) => forbidden(field(i), why)));
  }
  const seen = new Set<string>();
  for (const { port, i } of set) {
    const one = `${port.protocol}/${port.nodePort}`;
    if (seen.has(one)) errors.push(duplicate(field(i), port.nodePort));
    seen.add(one);
  }
}

export function validateServiceUpdate(next: Service, current: Service): readonly FieldError[] {
  const alone = addressErrors(next, current);
  if (alone.length > 0) return alone;
  const errors: Errors = [];
  validateAddressUpdate(errors, next, current);
  validateLoadBalancerClass(errors, next, current);
  validateHealthPortUpdate(errors, next, current);
  return [...errors, ...ownErrors(next)];
}
