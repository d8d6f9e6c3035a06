/** Nodes and Pods of many sorts, drawn by chance, for tests in which they come, go and change. */
import type { Labels } from '../../src/api/meta.ts';
import type { Node } from '../../src/api/node.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import { node } from './objects.ts';

export const zone = 'topology.kubernetes.io/zone';
const host = 'kubernetes.io/hostname';

/** One of so many, by what it is drawn for. */
export type Any = (below: number, what: string) => number;

const selectsApp = (app: string) => ({ matchLabels: { app } });

const containersOf = (any: Any) => {
  const cpu = [undefined, '100m', '300m', '1'][any(4, 'cpu')];
  const memory = [undefined, '64Mi', '1Gi'][any(3, 'memory')];
  const requests = { ...(cpu && { cpu }), ...(memory && { memory }) };
  const hostPort = 8000 + any(2, 'which');
  const ports = any(5, 'port') === 0 ? [{ containerPort: 80, hostPort }] : [];
  return [{ name: 'c', image: `i${any(3, 'image')}:v1`, resources: { requests }, ports }];
};

/** A few dozen sorts of Pods: of one sort many come, as of a workload. Some share parts of their specs. */
function specOf(any: Any, pool: readonly PodSpec['containers'][]): Partial<PodSpec> {
  const term = { topologyKey: [zone, host][any(2, 'key')]!, labelSelector: selectsApp('a0') };
  const near = { weight: 7, podAffinityTerm: { ...term, labelSelector: selectsApp('a2') } };
  const spread = {
    maxSkew: 1 + any(2, 'skew'),
    topologyKey: [zone, host][any(2, 'spread key')]!,
    whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'][any(2, 'hard')]!,
    labelSelector: selectsApp('a1'),
  };
  const more: readonly Partial<PodSpec>[] = [
    {},
    {},
    { tolerations: [{ key: 'soft', operator: 'Exists' }] },
    { nodeSelector: { disk: 'ssd' } },
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
    {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 5, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } },
          ],
        },
      },
    },
    { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
    { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [near] } } },
    { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [near] } } },
    { topologySpreadConstraints: [spread] },
    { topologySpreadConstraints: [spread, { ...spread, topologyKey: 'disk' }] },
  ];
  const containers = pool[any(pool.length, 'containers')]!;
  return { containers, priority: any(3, 'priority'), ...more[any(more.length, 'more')] };
}

export function nodeOf(name: string, any: Any): Node {
  const labels: Labels = {
    [host]: name,
    ...(any(4, 'zone') > 0 && { [zone]: `z${any(3, 'which zone')}` }),
    ...(any(3, 'disk') === 0 && { disk: ['ssd', 'hdd'][any(2, 'which disk')]! }),
  };
  const allocatable = { cpu: `${1 + any(4, 'cpu')}`, memory: '4Gi', pods: `${2 + any(9, 'pods')}` };
  const made = node(name, { labels }, allocatable);
  const effect = ['NoSchedule', 'PreferNoSchedule'][any(2, 'effect')]!;
  const taints = any(5, 'taint') === 0 ? [{ key: 'soft', effect }] : [];
  const images = [{ names: [`i${any(3, 'image')}:v1`], sizeBytes: 5e8 }];
  const status = { ...made.status, ...(any(2, 'images') === 0 && { images }) };
  return { ...made, spec: { unschedulable: any(9, 'cordon') === 0, taints }, status } as Node;
}

/** So many sorts, of which some share parts of their specs. */
export function sortsOf(count: number, any: (below: number, what: string, i: number) => number) {
  const numbered = (i: number) => (below: number, what: string) => any(below, what, i);
  const pool = Array.from({ length: 8 }, (_, i) => containersOf(numbered(i)));
  return Array.from({ length: count }, (_, i) => specOf(numbered(i), pool));
}
