/** How quotas count Services: those that cost ports on nodes, or a load balancer, apart. */
import type { KubeObject } from '../meta.ts';
import { countOf, type Quantities, sameQuantities } from '../quantities.ts';
import type { Service } from '../service/service.ts';
import type { Evaluator } from './evaluator.ts';

const resources = new Set([
  'count/services',
  'services',
  'services.nodeports',
  'services.loadbalancers',
]);

function nodePortsOf({ spec }: Service): number {
  const { type, ports = [], allocateLoadBalancerNodePorts = true } = spec;
  if (type === 'NodePort') return ports.length;
  if (type !== 'LoadBalancer') return 0;
  if (allocateLoadBalancerNodePorts) return ports.length;
  return ports.filter(({ nodePort = 0 }) => nodePort !== 0).length;
}

function usage(object: KubeObject): Quantities {
  const service = object as Service;
  return {
    'count/services': countOf(1),
    services: countOf(1),
    'services.nodeports': countOf(nodePortsOf(service)),
    'services.loadbalancers': countOf(service.spec.type === 'LoadBalancer' ? 1 : 0),
  };
}

export const serviceEvaluator: Evaluator = {
  covers: (name) => resources.has(name),
  usage,
  countsUpdates: true,
  frees: (next, current) => !sameQuantities(usage(next), usage(current)),
};
