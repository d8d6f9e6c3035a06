/** Validation of Ingresses and of their classes (upstream's pkg/apis/networking/validation). */

import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { KubeObject } from '../meta.ts';
import { domainPathErrors } from './domains.ts';
import { type Errors, forbidden, invalid, required, tooLong, unsupported } from './errors.ts';
import { looksLikeIP, validateIP } from './ip.ts';
import { labelErrors, pathSegmentErrors, subdomainErrors, wildcardErrors } from './names.ts';
import { validatePort, validatePortName } from './ports.ts';

const classAnnotation = 'kubernetes.io/ingress.class';
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const notDNS = 'must be a DNS name, not an IP address';

export function validateIngress(ingress: KubeObject, errors: Errors, before?: unknown): void {
  const { defaultBackend, rules, tls, ingressClassName } = mapping(ingress.spec);
  if (defaultBackend === undefined && listOf(rules).length === 0) {
    const why = 'either `defaultBackend` or `rules` must be specified';
    errors.push(invalid('spec', null, why));
  }
  if (defaultBackend !== undefined) {
    validateBackend(errors, mapping(defaultBackend), 'spec.defaultBackend');
  }
  listOf(rules).forEach((rule, i) => {
    validateRule(errors, rule, `spec.rules[${i}]`);
  });
  listOf(tls).forEach(({ hosts, secretName }, i) => {
    const at = `spec.tls[${i}]`;
    textsOf(hosts).forEach((host, j) => {
      validateHost(errors, host, `${at}.hosts[${j}]`);
    });
    if (!secretName) return;
    for (const error of subdomainErrors(textOf(secretName))) {
      errors.push(invalid(`${at}.secretName`, secretName, error));
    }
  });
  if (ingressClassName === undefined) return;
  for (const error of subdomainErrors(textOf(ingressClassName))) {
    errors.push(invalid('spec.ingressClassName', ingressClassName, error));
  }
  const annotation = ingress.metadata.annotations?.[classAnnotation];
  if (before !== undefined || annotation === undefined || annotation === ingressClassName) return;
  const why = 'must match `ingressClassName` when both are specified';
  errors.push(invalid(`annotations.${classAnnotation}`, annotation, why));
}

function validateHost(errors: Errors, host: string, at: string): void {
  const found = host.includes('*') ? wildcardErrors(host) : subdomainErrors(host);
  for (const error of found) errors.push(invalid(at, host, error));
}

function validateRule(errors: Errors, { host, http }: Fields, at: string): void {
  if (host) {
    if (looksLikeIP(host)) errors.push(invalid(`${at}.host`, host, notDNS));
    validateHost(errors, textOf(host), `${at}.host`);
  }
  if (http === undefined) return;
  const paths = listOf(mapping(http)['paths']);
  if (paths.length === 0) errors.push(required(`${at}.http.paths`));
  paths.forEach((path, i) => {
    validatePath(errors, path, `${at}.http.paths[${i}]`);
  });
}

const forbiddenParts = ['//', '/./', '/../', '%2f', '%2F'];
const forbiddenEnds = ['/..', '/.'];

function validatePath(errors: Errors, { path, pathType, backend }: Fields, at: string): void {
  const field = `${at}.path`;
  const text = textOf(path);
  if (pathType === undefined) {
    errors.push(required(`${at}.pathType`, 'pathType must be specified'));
    return;
  }
  const absolute = text.startsWith('/') || (text === '' && pathType === 'ImplementationSpecific');
  if (!pathTypes.includes(textOf(pathType))) {
    errors.push(unsupported(`${at}.pathType`, pathType, pathTypes));
  } else if (!absolute) errors.push(invalid(field, text, 'must be an absolute path'));
  if (pathType === 'Exact' || pathType === 'Prefix') {
    for (const part of forbiddenParts) {
      if (text.includes(part)) errors.push(invalid(field, text, `must not contain '${part}'`));
    }
    for (const end of forbiddenEnds) {
      if (text.endsWith(end)) errors.push(invalid(field, text, `cannot end with '${end}'`));
    }
  }
  validateBackend(errors, mapping(backend), `${at}.backend`);
}

function validateBackend(errors: Errors, { resource, service }: Fields, at: string): void {
  if (resource !== undefined && service !== undefined) {
    errors.push(invalid(at, '', 'cannot set both resource and service backends'));
  } else if (resource !== undefined) {
    validateReference(errors, mapping(resource), `${at}.resource`);
  } else if (service !== undefined) validateService(errors, mapping(service), at);
  else errors.push(invalid(at, '', 'resource or service backend is required'));
}

function validateService(errors: Errors, service: Fields, at: string): void {
  const name = textOf(service['name']);
  if (name === '') errors.push(required(`${at}.service.name`));
  else {
    for (const error of labelErrors(name)) errors.push(invalid(`${at}.service.name`, name, error));
  }
  const { name: portName, number } = mapping(service['port']);
  if (portName && number) {
    errors.push(invalid(at, '', 'cannot set both port name & port number'));
  } else if (portName) validatePortName(errors, `${at}.service.port.name`, textOf(portName));
  else if (number) validatePort(errors, `${at}.service.port.number`, number);
  else errors.push(required(at, 'port name or number is required'));
}

function validateReference(errors: Errors, reference: Fields, at: string): void {
  const { apiGroup } = reference;
  if (apiGroup !== undefined) {
    for (const error of subdomainErrors(textOf(apiGroup))) {
      errors.push(invalid(`${at}.apiGroup`, apiGroup, error));
    }
  }
  for (const part of ['kind', 'name']) {
    const text = textOf(reference[part]);
    if (text === '') errors.push(required(`${at}.${part}`));
    for (const error of pathSegmentErrors(text)) errors.push(invalid(`${at}.${part}`, text, error));
  }
}

export function validateIngressStatus({ status }: KubeObject, errors: Errors): void {
  listOf(mapping(mapping(status)['loadBalancer'])['ingress']).forEach(({ ip, hostname }, i) => {
    const at = `status.loadBalancer.ingress[${i}]`;
    if (ip) validateIP(errors, `${at}.ip`, ip);
    if (!hostname) return;
    for (const error of subdomainErrors(textOf(hostname))) {
      errors.push(invalid(`${at}.hostname`, hostname, error));
    }
    if (looksLikeIP(hostname)) errors.push(invalid(`${at}.hostname`, hostname, notDNS));
  });
}

const controllerMax = 250;
const scopes = ['Cluster', 'Namespace'];

export function validateIngressClass(ingressClass: KubeObject, errors: Errors): void {
  const { controller, parameters } = mapping(ingressClass.spec);
  const text = textOf(controller);
  if (text.length > controllerMax) errors.push(tooLong('spec.controller', controllerMax));
  errors.push(...domainPathErrors('spec.controller', text));
  if (parameters === undefined) return;
  const at = 'spec.parameters';
  validateReference(errors, mapping(parameters), at);
  const { scope = '', namespace } = mapping(parameters);
  if (!scopes.includes(textOf(scope))) {
    errors.push(unsupported(`${at}.scope`, scope, scopes));
  } else if (scope === 'Cluster') {
    if (namespace === undefined) return;
    errors.push(forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  } else if (namespace === undefined) {
    errors.push(required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  } else {
    for (const error of labelErrors(textOf(namespace))) {
      errors.push(invalid(`${at}.namespace`, namespace, error));
    }
  }
}
