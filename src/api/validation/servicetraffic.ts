/** How traffic comes to a Service: load balancers, policies, health checks (api-06 §2, §3). */
import type { FieldError } from '../kind.ts';
import { isExternallyReached, isHealthChecked, type Service } from '../service/service.ts';
import { type Errors, forbidden, invalid, required, unsupported } from './errors.ts';
import { looksLikeIP, validateCIDR, validateIP } from './ip.ts';
import { qualifiedNameErrors, subdomainErrors } from './names.ts';
import { validatePort } from './ports.ts';

const policies = ['Cluster', 'Local'];
const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
const ipModes = ['Proxy', 'VIP'];
const onlyBalanced = "may only be used when `type` is 'LoadBalancer'";

export function validateLoadBalancing(errors: Errors, { spec }: Service): void {
  const { type, loadBalancerSourceRanges = [], allocateLoadBalancerNodePorts } = spec;
  const at = 'spec.LoadBalancerSourceRanges';
  if (loadBalancerSourceRanges.length > 0) {
    if (type !== 'LoadBalancer') errors.push(forbidden(at, onlyBalanced));
    loadBalancerSourceRanges.forEach((range, i) => {
      validateCIDR(errors, `${at}[${i}]`, range.trim());
    });
  }
  if (type !== 'LoadBalancer' && allocateLoadBalancerNodePorts !== undefined) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', onlyBalanced));
  }
}

export function validateLoadBalancerClass(errors: Errors, next: Service, current?: Service): void {
  const field = 'spec.loadBalancerClass';
  const { type, loadBalancerClass: name } = next.spec;
  const stays = type === 'LoadBalancer' && current?.spec.type === 'LoadBalancer';
  if (stays && current.spec.loadBalancerClass !== name) {
    errors.push(invalid(field, name, 'may not change once set'));
  }
  if (name === undefined) return;
  if (type !== 'LoadBalancer') errors.push(forbidden(field, onlyBalanced));
  else for (const error of qualifiedNameErrors(name)) errors.push(invalid(field, name, error));
}

export function validateTraffic(errors: Errors, { spec }: Service): void {
  const { externalTrafficPolicy, internalTrafficPolicy, trafficDistribution } = spec;
  const external = 'spec.externalTrafficPolicy';
  if (!isExternallyReached(spec)) {
    if (externalTrafficPolicy) {
      const why = 'may only be set for externally-accessible services';
      errors.push(invalid(external, externalTrafficPolicy, why));
    }
  } else if (!externalTrafficPolicy) errors.push(required(external));
  else if (!policies.includes(externalTrafficPolicy)) {
    errors.push(unsupported(external, externalTrafficPolicy, policies));
  }
  validateHealthPort(errors, spec);
  if (internalTrafficPolicy !== undefined && !policies.includes(internalTrafficPolicy)) {
    errors.push(unsupported('spec.internalTrafficPolicy', internalTrafficPolicy, policies));
  }
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution)) {
    errors.push(unsupported('spec.trafficDistribution', trafficDistribution, distributions));
  }
}

/** A port that is missing is given later. */
function validateHealthPort(errors: Errors, spec: Service['spec']): void {
  const { healthCheckNodePort } = spec;
  const field = 'spec.healthCheckNodePort';
  if (!healthCheckNodePort) return;
  if (isHealthChecked(spec)) return validatePort(errors, field, healthCheckNodePort);
  const why =
    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  errors.push(invalid(field, healthCheckNodePort, why));
}

export function validateHealthPortUpdate(errors: Errors, next: Service, current: Service): void {
  const [is, was] = [next.spec, current.spec];
  if (!isHealthChecked(is) || !isHealthChecked(was)) return;
  if (is.healthCheckNodePort === was.healthCheckNodePort) return;
  errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
}

export function validateServiceStatus({ spec, status }: Service): readonly FieldError[] {
  const errors: Errors = [];
  const at = 'status.loadBalancer.ingress';
  const ingress = status.loadBalancer?.ingress ?? [];
  if (spec.type !== 'LoadBalancer') {
    const why = "may only be used when `spec.type` is 'LoadBalancer'";
    return ingress.length > 0 ? [forbidden(at, why)] : [];
  }
  ingress.forEach(({ ip, ipMode, hostname }, i) => {
    if (ip) validateIP(errors, `${at}[${i}].ip`, ip);
    const mode = `${at}[${i}].ipMode`;
    if (ip && ipMode === undefined) {
      errors.push(required(mode, 'must be specified when `ip` is set'));
    } else if (!ip && ipMode !== undefined) {
      errors.push(forbidden(mode, 'may not be specified when `ip` is not set'));
    } else if (ipMode !== undefined && !ipModes.includes(ipMode)) {
      errors.push(unsupported(mode, ipMode, ipModes));
    }
    if (hostname) validateHost(errors, `${at}[${i}].hostname`, hostname);
  });
  return errors;
}

function validateHost(errors: Errors, field: string, name: string): void {
  for (const error of subdomainErrors(name)) errors.push(invalid(field, name, error));
  if (looksLikeIP(name)) {
    errors.push(invalid(field, name, 'must be a DNS name, not an IP address'));
  }
}
