/** Validation of how a Pod is reached and finds others: ports of its node, names, name servers. */

import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { Container, PodSpec } from '../pod/podspec.ts';
import { type Errors, invalid, required } from './errors.ts';
import { validateIP } from './ip.ts';
import { searchDomainErrors, subdomainErrors } from './names.ts';

export function validateHostPorts(errors: Errors, spec: PodSpec, field: string): void {
  if (spec.hostNetwork !== true || !Array.isArray(spec.containers)) return;
  (spec.containers as readonly Container[]).forEach(({ ports = [] }, i) => {
    ports.forEach(({ hostPort, containerPort }, j) => {
      if (hostPort === undefined || hostPort === 0 || hostPort === containerPort) return;
      const at = `${field}[${i}].ports[${j}].hostPort`;
      errors.push(invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    });
  });
}

const serversMax = 3;
const searchesMax = 32;
const searchCharactersMax = 2048;

export function validateDNS(errors: Errors, spec: PodSpec, at: string): void {
  const { dnsConfig } = spec as unknown as Fields;
  const config = mapping(dnsConfig);
  const [servers, searches] = [textsOf(config['nameservers']), textsOf(config['searches'])];
  if (spec.dnsPolicy === 'None') {
    if (dnsConfig === undefined) {
      errors.push(required(at, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if (servers.length === 0) {
      const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      errors.push(required(`${at}.nameservers`, why));
      return;
    }
  }
  if (servers.length > serversMax) {
    const why = `must not have more than ${serversMax} nameservers`;
    errors.push(invalid(`${at}.nameservers`, servers, why));
  }
  servers.forEach((server, i) => {
    validateIP(errors, `${at}.nameservers[${i}]`, server);
  });
  if (searches.length > searchesMax) {
    const why = `must not have more than ${searchesMax} search paths`;
    errors.push(invalid(`${at}.searches`, searches, why));
  }
  if (searches.join(' ').length > searchCharactersMax) {
    const why = `must not have more than ${searchCharactersMax} characters (including spaces) in the search list`;
    errors.push(invalid(`${at}.searches`, searches, why));
  }
  searches.forEach((search, i) => {
    if (search === '.') return;
    const name = search.replace(/\.$/, '');
    for (const error of searchDomainErrors(name)) {
      errors.push(invalid(`${at}.searches[${i}]`, name, error));
    }
  });
  listOf(config['options']).forEach(({ name }, i) => {
    if (!name) errors.push(required(`${at}.options[${i}]`, 'must not be empty'));
  });
}

export function validateHostAliases(errors: Errors, spec: PodSpec, field: string): void {
  listOf((spec as unknown as Fields)['hostAliases']).forEach(({ ip, hostnames }, i) => {
    validateIP(errors, `${field}[${i}].ip`, textOf(ip));
    textsOf(hostnames).forEach((hostname, j) => {
      for (const error of subdomainErrors(hostname)) {
        errors.push(invalid(`${field}[${i}].hostnames[${j}]`, hostname, error));
      }
    });
  });
}
