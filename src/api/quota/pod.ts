/** How quotas count Pods: as long as they may run, by what they ask for. */
import type { KubeObject } from '../meta.ts';
import type { Pod } from '../pod/pod.ts';
import type { Container, PodAffinity, PodSpec, ResourceRequirements } from '../pod/podspec.ts';
import { qosClassOf } from '../pod/qos.ts';
import {
  asksAsWhole,
  countOf,
  greatestOf,
  type Quantities,
  quantitiesOf,
  sameQuantities,
  sumOf,
  textsOf,
  totalOf,
} from '../quantities.ts';
import type { ScopeRequirement } from '../resourcequota.ts';
import { parseTimestamp } from '../time.ts';
import { type Evaluator, isNamed } from './evaluator.ts';

const objectCount = 'count/pods';

const counted = ['cpu', 'memory', 'ephemeral-storage'] as const;

const resources = new Set<string>([
  objectCount,
  'pods',
  ...counted.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);

/** Where one of these is counted, every container must say what it needs: a rule of old. */
const demanded = new Set(
  ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
);

const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

const isHugePages = (name: string): boolean => /^(requests\.)?hugepages-/.test(name);

/** Names of requests and limits as a quota has them. */
function named(requests: Quantities, limits: Quantities): Quantities {
  const found: Record<string, Quantities[string]> = {};
  for (const name of counted) {
    const [request, limit] = [requests[name], limits[name]];
    if (request !== undefined) Object.assign(found, both(name, request));
    if (limit !== undefined) found[`limits.${name}`] = limit;
  }
  for (const name in requests) {
    if (name.startsWith('hugepages-')) Object.assign(found, both(name, requests[name]!));
    else if (!isNative(name) && !name.startsWith('requests.')) {
      found[`requests.${name}`] = requests[name]!;
    }
  }
  return found;
}

const both = (name: string, request: Quantities[string]): Quantities => ({
  [name]: request,
  [`requests.${name}`]: request,
});

/** While it is resized a container counts with the most of what it asks for, has, and was given. */
function whileResized({ spec, status }: Pod, part: keyof ResourceRequirements): PodSpec {
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  const told = [...initContainerStatuses, ...containerStatuses].filter(
    ({ resources }) => resources !== undefined,
  );
  if (told.length === 0) return spec;
  const pending = status.conditions?.find(({ type }) => type === 'PodResizePending');
  const isInfeasible = pending?.reason === 'Infeasible';
  const counted = (container: Container): Container => {
    const own = told.find(({ name }) => name === container.name);
    if (own === undefined) return container;
    const parts = [
      isInfeasible ? undefined : container.resources?.[part],
      own.resources?.[part],
      part === 'requests' ? own.allocatedResources : undefined,
    ];
    const most = parts.map(quantitiesOf).reduce(greatestOf);
    return { ...container, resources: { ...container.resources, [part]: textsOf(most) } };
  };
  const { initContainers, containers } = spec;
  const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';
  return {
    ...spec,
    containers: containers.map(counted),
    ...(initContainers === undefined
      ? {}
      : { initContainers: initContainers.map((one) => (isSidecar(one) ? counted(one) : one)) }),
  };
}

/** Overhead adds to requests; to limits, where there are some. */
function askedFor(pod: Pod, part: keyof ResourceRequirements): Quantities {
  const { spec } = pod;
  const total = totalOf(whileResized(pod, part), part);
  const overhead = quantitiesOf(spec.overhead);
  const adds = (name: string) => part === 'requests' || total[name] !== undefined;
  return sumOf(total, Object.fromEntries(Object.entries(overhead).filter(([name]) => adds(name))));
}

/** Over, or gone but for a kubelet that does not answer: nobody should wait for its share. */
function isOver({ metadata, status }: Pod, now: number): boolean {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false;
  return now > parseTimestamp(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function usage(object: KubeObject, now: number): Quantities {
  const pod = object as Pod;
  const one = { [objectCount]: countOf(1) };
  if (isOver(pod, now)) return one;
  const asked = named(askedFor(pod, 'requests'), askedFor(pod, 'limits'));
  return { ...one, pods: countOf(1), ...asked };
}

function missing(wanted: readonly string[], object: KubeObject): string | undefined {
  const { spec } = object as Pod;
  if (asksAsWhole(spec)) return undefined;
  const required = wanted.filter((name) => demanded.has(name)).sort();
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const given = containers.map(({ name, resources: own }) => ({
    name,
    says: named(quantitiesOf(own?.requests), quantitiesOf(own?.limits)),
  }));
  const parts = required.flatMap((resource) => {
    const silent = given.filter(({ says }) => says[resource] === undefined);
    if (silent.length === 0) return [];
    const names = [...new Set(silent.map(({ name }) => name))].sort();
    return [`${resource} for: ${names.join(',')}`];
  });
  return parts.length === 0 ? undefined : `must specify ${parts.join('; ')}`;
}

function isIn(scope: ScopeRequirement, object: KubeObject): boolean {
  const { spec } = object as Pod;
  switch (scope.scopeName) {
    case 'Terminating':
      return isLimitedInTime(spec);
    case 'NotTerminating':
      return !isLimitedInTime(spec);
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort';
    case 'PriorityClass':
      return isNamed(scope, spec.priorityClassName || undefined);
    case 'CrossNamespacePodAffinity':
      return (
        looksElsewhere(spec.affinity?.podAffinity ?? {}) ||
        looksElsewhere(spec.affinity?.podAntiAffinity ?? {})
      );
    default:
      return false;
  }
}

const isLimitedInTime = ({ activeDeadlineSeconds }: PodSpec): boolean =>
  activeDeadlineSeconds !== undefined && activeDeadlineSeconds >= 0;

function looksElsewhere(affinity: PodAffinity): boolean {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required = [],
    preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
  } = affinity;
  return [...required, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)].some(
    ({ namespaces = [], namespaceSelector }) =>
      namespaces.length > 0 || namespaceSelector !== undefined,
  );
}

/** What its kubelet says of its resources has changed what it counts. */
function wasResized(next: Pod, current: Pod, now: number): boolean {
  const allocated = ({ status }: Pod) => status.containerStatuses?.map((one) => one.resources);
  const [is, was] = [allocated(next), allocated(current)];
  if (was === undefined || is?.every((one, i) => one === was[i])) return false;
  return !sameQuantities(usage(next, now), usage(current, now));
}

export const podEvaluator: Evaluator = {
  covers: (name) =>
    resources.has(name) || isHugePages(name) || (!isNative(name) && name.startsWith('requests.')),
  usage,
  isIn,
  missing,
  frees: (next, current, now) =>
    (isOver(next as Pod, now) && !isOver(current as Pod, now)) ||
    wasResized(next as Pod, current as Pod, now),
};
