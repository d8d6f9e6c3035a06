/** Validation of Services (api-06 §2, §3), in upstream's order. */
import { deepEqual } from '../equal.ts';
import type { FieldError } from '../kind.ts';
import { hasNodePorts, isHeadless, type Service, type ServicePort } from '../service.ts';
import {
  duplicate,
  type Errors,
  forbidden,
  invalid,
  invalidRaw,
  required,
  unsupported,
} from './errors.ts';
import { validateIP } from './ip.ts';
import { validateLabels } from './metadata.ts';
import { labelErrors, subdomainErrors } from './names.ts';
import { validatePort, validatePortName, validateProtocol } from './ports.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const affinities = ['ClientIP', 'None'];
const policies = ['Cluster', 'Local'];
const affinitySecondsMax = 86_400;

export function validateService(service: Service): readonly FieldError[] {
  const errors: Errors = [];
  const { spec } = service;
  const { type = '', ports = [], clusterIPs = [] } = spec;
  if (ports.length === 0 && !isHeadless(service) && type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  validateType(errors, service);
  validatePorts(errors, ports);
  validateLabels(errors, spec.selector, 'spec.selector');
  validateAffinity(errors, service);
  clusterIPs.forEach((ip, i) => {
    if (ip !== 'None') validateIP(errors, `spec.clusterIPs[${i}]`, ip);
  });
  (spec.externalIPs ?? []).forEach((ip, i) => {
    validateIP(errors, `spec.externalIPs[${i}]`, ip);
  });
  if (type === '') errors.push(required('spec.type'));
  else if (!types.includes(type)) errors.push(unsupported('spec.type', type, types));
  validateNodePorts(errors, service);
  validateTraffic(errors, service);
  return errors;
}

function validateType(errors: Errors, service: Service): void {
  const { type = '', externalName, clusterIPs = [] } = service.spec;
  if (type === 'LoadBalancer' || type === 'NodePort') {
    if (!isHeadless(service)) return;
    const why = `may not be set to 'None' for ${type} services`;
    errors.push(invalid('spec.clusterIPs[0]', 'None', why));
  }
  if (type !== 'ExternalName') return;
  if (clusterIPs.length > 0 && clusterIPs[0] !== 'None') {
    errors.push(forbidden('spec.clusterIPs', 'may not be set for ExternalName services'));
  }
  if (!externalName) errors.push(required('spec.externalName'));
  else {
    for (const error of subdomainErrors(externalName.replace(/\.$/, ''))) {
      errors.push(invalid('spec.externalName', externalName, error));
    }
  }
}

function validatePorts(errors: Errors, ports: readonly ServicePort[]): void {
  const names = new Set<string>();
  ports.forEach(({ name = '', port, protocol = '', targetPort }, i) => {
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
  });
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
  const seen = new Set<string>();
  ports.forEach(({ nodePort, protocol = '' }, i) => {
    const field = `spec.ports[${i}].nodePort`;
    if (!nodePort) return;
    if (type === 'ClusterIP') {
      errors.push(forbidden(field, "may not be used when `type` is 'ClusterIP'"));
    }
    if (type === 'ExternalName') {
      errors.push(forbidden(field, "may not be used when `type` is 'ExternalName'"));
    }
    const one = `${protocol}/${nodePort}`;
    if (hasNodePorts(spec) && seen.has(one)) {
      errors.push(duplicate(field, nodePort));
    }
    seen.add(one);
  });
}

function validateTraffic(errors: Errors, { spec }: Service): void {
  for (const field of ['externalTrafficPolicy', 'internalTrafficPolicy'] as const) {
    const policy = spec[field];
    if (policy === undefined || policies.includes(policy)) continue;
    errors.push(unsupported(`spec.${field}`, policy, policies));
  }
}

export function validateServiceUpdate(next: Service, current: Service): readonly FieldError[] {
  const errors: Errors = [];
  const [was, is] = [current.spec, next.spec];
  const addressed = was.type !== 'ExternalName' && is.type !== 'ExternalName';
  if (addressed && was.clusterIPs?.[0] && !deepEqual(is.clusterIPs?.[0], was.clusterIPs[0])) {
    const shown = JSON.stringify(is.clusterIPs ?? []);
    errors.push(invalidRaw('spec.clusterIPs[0]', shown, 'may not change once set'));
  }
  if (addressed && was.ipFamilies?.[0] && is.ipFamilies?.[0] !== was.ipFamilies[0]) {
    const shown = JSON.stringify(is.ipFamilies ?? []);
    errors.push(invalidRaw('spec.ipFamilies[0]', shown, 'may not change once set'));
  }
  if (was.type === 'LoadBalancer' && is.type === 'LoadBalancer') {
    if (was.loadBalancerClass !== is.loadBalancerClass && was.loadBalancerClass !== undefined) {
      errors.push(
        invalid('spec.loadBalancerClass', is.loadBalancerClass, 'may not change once set'),
      );
    }
  }
  return [...errors, ...validateService(next)];
}
