/** Validation of NetworkPolicies (upstream's pkg/apis/networking/validation). */

import { type Fields, listOf, mapping, textOf, textsOf } from '../fields.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { isWithin, parseCIDR, validateCIDR } from './ip.ts';
import { validateLabelSelector } from './labelselector.ts';
import { validatePort, validatePortName } from './ports.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];
const directions = ['Ingress', 'Egress'];

export function validateNetworkPolicy({ spec }: { readonly spec?: unknown }, errors: Errors): void {
  const { podSelector, ingress, egress, policyTypes } = mapping(spec);
  validateLabelSelector(errors, mapping(podSelector) as LabelSelector, 'spec.podSelector');
  for (const [side, peers, rules] of [
    ['ingress', 'from', listOf(ingress)],
    ['egress', 'to', listOf(egress)],
  ] as const) {
    rules.forEach((rule, i) => {
      const at = `spec.${side}[${i}]`;
      listOf(rule['ports']).forEach((port, j) => {
        validatePolicyPort(errors, port, `${at}.ports[${j}]`);
      });
      listOf(rule[peers]).forEach((peer, j) => {
        validatePeer(errors, peer, `${at}.${peers}[${j}]`);
      });
    });
  }
  const types = textsOf(policyTypes);
  if (types.length > directions.length) {
    const why = 'may not specify more than two policyTypes';
    errors.push(invalid('spec.policyTypes', types, why));
    return;
  }
  types.forEach((type, i) => {
    if (directions.includes(type)) return;
    errors.push(unsupported(`spec.policyTypes[${i}]`, type, directions));
  });
}

function validatePolicyPort(errors: Errors, { protocol, port, endPort }: Fields, at: string): void {
  if (protocol !== undefined && !protocols.includes(textOf(protocol))) {
    errors.push(unsupported(`${at}.protocol`, protocol, protocols));
  }
  const ends = endPort !== undefined;
  if (port === undefined) {
    if (!ends) return;
    const why = 'may not be specified when `port` is not specified';
    errors.push(invalid(`${at}.endPort`, endPort, why));
  } else if (typeof port === 'number') {
    validatePort(errors, `${at}.port`, port);
    if (!ends) return;
    if (Number(endPort) < port) {
      errors.push(invalid(`${at}.endPort`, endPort, 'must be greater than or equal to `port`'));
    }
    validatePort(errors, `${at}.endPort`, endPort);
  } else {
    if (ends) {
      const why = 'may not be specified when `port` is non-numeric';
      errors.push(invalid(`${at}.endPort`, endPort, why));
    }
    validatePortName(errors, `${at}.port`, textOf(port));
  }
}

function validatePeer(errors: Errors, peer: Fields, at: string): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  for (const [name, selector] of Object.entries({ podSelector, namespaceSelector })) {
    validateLabelSelector(errors, selector as LabelSelector | undefined, `${at}.${name}`);
  }
  if (ipBlock !== undefined) validateBlock(errors, mapping(ipBlock), `${at}.ipBlock`);
  const given = [podSelector, namespaceSelector, ipBlock].filter((one) => one !== undefined);
  if (given.length === 0) errors.push(required(at, 'must specify a peer'));
  else if (given.length > 1 && ipBlock !== undefined) {
    errors.push(forbidden(at, 'may not specify both ipBlock and another peer'));
  }
}

function validateBlock(errors: Errors, { cidr, except }: Fields, at: string): void {
  if (!cidr) {
    errors.push(required(`${at}.cidr`));
    return;
  }
  validateCIDR(errors, `${at}.cidr`, cidr);
  const outer = parseCIDR(cidr);
  if (outer === undefined) return;
  textsOf(except).forEach((text, i) => {
    const field = `${at}.except[${i}]`;
    validateCIDR(errors, field, text);
    const inner = parseCIDR(text);
    if (inner === undefined || isWithin(inner, outer)) return;
    errors.push(invalid(field, text, 'must be a strict subset of `cidr`'));
  });
}
