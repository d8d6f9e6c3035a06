/** What the authors of Services are warned of (upstream's pkg/api/service/warnings.go). */

import type { Service } from '../service/service.ts';
import { cidrWarnings, ipWarnings } from './addresses.ts';

const hints = 'service.kubernetes.io/topology-aware-hints';
const mode = 'service.kubernetes.io/topology-mode';

export function serviceWarnings({ metadata, spec }: Service): readonly string[] {
  const { type, externalIPs = [], externalName, trafficDistribution } = spec;
  const isHeadless = type === 'ClusterIP' && spec.clusterIP === 'None';
  const warnings: string[] = [];
  if (metadata.annotations?.[hints] !== undefined) {
    warnings.push(`annotation ${hints} is deprecated, please use ${mode} instead`);
  }
  if (type !== 'ExternalName' && !isHeadless) {
    (spec.clusterIPs ?? []).forEach((ip, i) => {
      warnings.push(...ipWarnings(ip, `spec.clusterIPs[${i}]`));
    });
  }
  if (isHeadless) {
    const ignored = {
      loadBalancerIP: Boolean(spec.loadBalancerIP),
      externalIPs: externalIPs.length > 0,
      SessionAffinity: spec.sessionAffinity !== 'None',
    };
    for (const [field, isSet] of Object.entries(ignored)) {
      if (isSet) warnings.push(`spec.${field} is ignored for headless services`);
    }
  }
  if (externalIPs.length > 0 && !isHeadless && type !== 'ExternalName') {
    warnings.push(
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    );
  }
  externalIPs.forEach((ip, i) => {
    warnings.push(...ipWarnings(ip, `spec.externalIPs[${i}]`));
  });
  if (spec.loadBalancerIP) {
    warnings.push(...ipWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP'));
  }
  (spec.loadBalancerSourceRanges ?? []).forEach((range, i) => {
    warnings.push(...cidrWarnings(range, `spec.loadBalancerSourceRanges[${i}]`));
  });
  if (externalIPs.length > 0 && type === 'ExternalName') {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (externalName && type !== 'ExternalName') {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
