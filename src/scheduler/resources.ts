/** What Pods ask for, as numbers: milli-CPUs, bytes, and units of everything else. */
import type { ContainerStatus, Pod } from '../api/pod/pod.ts';
import type { Container, PodSpec, ResourceRequirements } from '../api/pod/podspec.ts';
import { milliOf, wholeOf } from '../api/quantity.ts';

export interface Resources {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly scalar: Readonly<Record<string, number>>;
}

export interface PodRequests {
  readonly plain: Resources;
  /** With what scoring assumes for containers that do not say: 100m and 200Mi. */
  readonly nonZero: { readonly cpuMilli: number; readonly memoryBytes: number };
  readonly none: boolean;
}

export type Amounts = Record<string, number>;

/** By the names that they have. */
export const amountsOf = ({ cpuMilli, memoryBytes, storageBytes, scalar }: Resources): Amounts => ({
  cpu: cpuMilli,
  memory: memoryBytes,
  'ephemeral-storage': storageBytes,
  ...scalar,
});

const assumed: Readonly<Amounts> = { cpu: 100, memory: 200 * 1024 * 1024 };

const remembered = new WeakMap<object, PodRequests>();

/** What the spec asks for. Remembered: Pods of a template share their containers. */
export function requestsOf(spec: PodSpec): PodRequests {
  const { containers, initContainers, resources, overhead } = spec;
  const isPlain = (initContainers ?? resources ?? overhead) === undefined;
  const key = isPlain ? containers : spec;
  let found = remembered.get(key);
  if (found === undefined) {
    found = compute(spec);
    remembered.set(key, found);
  }
  return found;
}

/** What a Pod takes of its node: of what is being resized, the most of all answers. */
export function usageOf(pod: Pod): PodRequests {
  const { spec, status } = pod;
  const { containers, initContainers = none } = spec;
  const resized =
    status?.containerStatuses?.some((one) => isResized(one, containers)) === true ||
    status?.initContainerStatuses?.some((one) => isResized(one, initContainers)) === true ||
    (spec.resources !== undefined && isResizedTo(spec.resources, status ?? {}));
  return resized ? compute(spec, resizingOf(pod)) : requestsOf(spec);
}

const none: readonly Container[] = [];

/** Whether a container has, or was promised, anything else than it asks for. */
function isResized({ name, ...told }: ContainerStatus, containers: readonly Container[]): boolean {
  const asked = containers.find((container) => container.name === name)?.resources;
  return isResizedTo(asked, told);
}

function isResizedTo(
  asked: ResourceRequirements | undefined,
  { allocatedResources, resources }: Resized,
): boolean {
  if (allocatedResources === undefined) return false;
  return (
    !isSame(allocatedResources, asked?.requests) || !isSame(resources?.requests, asked?.requests)
  );
}

type Texts = Readonly<Record<string, string>> | undefined;

function isSame(a: Texts, b: Texts): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  let names = 0;
  for (const name in a) {
    if (a[name] !== b[name]) return false;
    names += 1;
  }
  for (const _ in b) names -= 1;
  return names === 0;
}

interface Resized {
  readonly allocatedResources?: Readonly<Record<string, string>>;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

/** What a container asks for, or a Pod as a whole. */
type RequestsOf = (asking: Container | PodSpec) => Amounts;

const asSpecified: RequestsOf = ({ resources }) => numbers(resources?.requests);

function resizingOf({ status }: Pod): RequestsOf {
  const infeasible = status.conditions?.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  );
  const told = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  return (asking) => {
    const own: Resized | undefined =
      'name' in asking ? told.find(({ name }) => name === asking.name) : status;
    const most = infeasible && own?.allocatedResources !== undefined ? {} : asSpecified(asking);
    raise(most, numbers(own?.allocatedResources));
    raise(most, numbers(own?.resources?.requests));
    return most;
  };
}

function compute(spec: PodSpec, requests: RequestsOf = asSpecified): PodRequests {
  const plain = podRequests(spec, { requests });
  const nonZero = podRequests(spec, { requests, missing: assumed });
  const { cpu = 0, memory = 0, 'ephemeral-storage': storage = 0, ...others } = plain;
  const scalar: Amounts = {};
  for (const name in others) {
    if (isScalar(name) && others[name] !== 0) scalar[name] = others[name]!;
  }
  return {
    plain: { cpuMilli: cpu, memoryBytes: memory, storageBytes: storage, scalar },
    nonZero: { cpuMilli: nonZero['cpu'] ?? 0, memoryBytes: nonZero['memory'] ?? 0 },
    none: cpu === 0 && memory === 0 && storage === 0 && Object.keys(scalar).length === 0,
  };
}

/** Extended resources, huge pages and attachable volumes; what has another plain name is unknown. */
export const isScalar = (name: string): boolean =>
  name.includes('/') || /^(hugepages|attachable-volumes)-/.test(name);

export interface RequestOptions {
  readonly requests?: RequestsOf;
  /** What a container asks for that does not say. */
  readonly missing?: Readonly<Amounts>;
  readonly withoutOverhead?: boolean;
}

/**
 * Sum of the containers, at least the largest init container, sidecars counted from where they
 * start; what the Pod asks for as a whole takes the place of that; plus overhead (sched-03).
 */
export function podRequests(
  spec: PodSpec,
  { requests = asSpecified, missing, withoutOverhead = false }: RequestOptions = {},
): Amounts {
  const { containers = [], initContainers = [], overhead, resources } = spec;
  const of = (container: Container): Amounts =>
    missing === undefined ? requests(container) : { ...missing, ...requests(container) };
  const sum: Amounts = {};
  for (const container of containers) add(sum, of(container));
  const sidecars: Amounts = {};
  const most: Amounts = {};
  for (const container of initContainers) {
    const own = of(container);
    if (container.restartPolicy === 'Always') {
      add(sum, own);
      add(sidecars, own);
      raise(most, sidecars);
    } else {
      add(own, sidecars);
      raise(most, own);
    }
  }
  raise(sum, most);
  const whole = resources === undefined ? {} : requests(spec);
  for (const name in whole) {
    if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) {
      sum[name] = whole[name]!;
    }
  }
  if (!withoutOverhead) add(sum, numbers(overhead));
  return sum;
}

/** CPU in thousandths, everything else in whole units. */
export function numbers(list: Readonly<Record<string, string>> | undefined): Amounts {
  const out: Amounts = {};
  for (const name in list) {
    out[name] = name === 'cpu' ? milliOf(list[name]!) : wholeOf(list[name]!);
  }
  return out;
}

function add(into: Amounts, other: Amounts): void {
  for (const name in other) into[name] = (into[name] ?? 0) + other[name]!;
}

function raise(into: Amounts, other: Amounts): void {
  for (const name in other) into[name] = Math.max(into[name] ?? 0, other[name]!);
}
