/**
 * Whether a Pod fits a node, told once more and as plainly as possible: what the scheduler decides is
 * compared with this, so nothing of the scheduler's own is used but selectors of nodes and taints.
 */
import { makeKey } from '../../src/api/meta.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { claimKeysOf } from '../../src/api/pod/podclaims.ts';
import type { Container, PodAffinityTerm } from '../../src/api/pod/podspec.ts';
import { milliOf, wholeOf } from '../../src/api/quantity.ts';
import { selectorOf } from '../../src/api/selectors/selectors.ts';
import type { PersistentVolume } from '../../src/api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../src/api/volume/persistentvolumeclaim.ts';
import { matchesNode } from '../../src/scheduler/plugins/nodeaffinity.ts';
import { matchesTerm } from '../../src/scheduler/plugins/nodeselectorterm.ts';
import { toleratesAny } from '../../src/scheduler/plugins/tolerations.ts';
import type { View } from '../../src/store/view.ts';

/** A node, and the Pods that count there. */
export interface Place {
  readonly node: Node;
  readonly pods: readonly Pod[];
}

export type Places = ReadonlyMap<string, Place>;

/** Why it does not fit beside these Pods; undefined if it does. */
export function misfit(pod: Pod, place: Place, places: Places, view: View): string | undefined {
  return (
    unwelcome(pod, place.node) ??
    crowded(pod, place, places, view) ??
    far(pod, place, places) ??
    skewed(pod, place, places)
  );
}

/** What the node says of itself keeps the Pod out. */
export function unwelcome({ spec }: Pod, node: Node): string | undefined {
  const { taints = [], unschedulable } = node.spec;
  if (unschedulable === true && !toleratesAny(spec.tolerations, cordon)) return 'it is cordoned';
  const hard = taints.filter(({ effect }) => effect !== 'PreferNoSchedule');
  const refusing = hard.find((taint) => !toleratesAny(spec.tolerations, taint));
  if (refusing !== undefined) return `it has the taint ${refusing.key}`;
  return matchesNode(spec, node) ? undefined : 'its labels are others';
}

const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

/** Pods that are there leave no room: resources, ports, disks, or those that want to be apart. */
export function crowded(pod: Pod, place: Place, places: Places, view: View): string | undefined {
  return (
    overcommitted(pod, place) ??
    portTaken(pod, place) ??
    diskTaken(pod, place) ??
    claimElsewhere(pod, place, places, view) ??
    apart(pod, place, places)
  );
}

type Amounts = Readonly<Record<string, number>>;

const amountsOf = ({ resources }: Container): Amounts =>
  Object.fromEntries(
    Object.entries(resources?.requests ?? {}).map(([name, text]) => [
      name,
      name === 'cpu' ? milliOf(text) : wholeOf(text),
    ]),
  );

const sum = (all: readonly Amounts[]): Amounts => {
  const total: Record<string, number> = {};
  for (const one of all) for (const name in one) total[name] = (total[name] ?? 0) + one[name]!;
  return total;
};

/** The most that a Pod has running at any time: its life is played, one container after the other. */
function needsOf({ spec: { containers, initContainers = [] } }: Pod): Amounts {
  const running: Amounts[] = [];
  const most: Record<string, number> = {};
  const note = (now: Amounts) => {
    for (const name in now) most[name] = Math.max(most[name] ?? 0, now[name]!);
  };
  for (const container of initContainers) {
    note(sum([...running, amountsOf(container)]));
    if (container.restartPolicy === 'Always') running.push(amountsOf(container));
  }
  note(sum([...running, ...containers.map(amountsOf)]));
  return most;
}

function overcommitted(pod: Pod, { node, pods }: Place): string | undefined {
  const { allocatable = {} } = node.status as {
    readonly allocatable?: Readonly<Record<string, string>>;
  };
  if (pods.length + 1 > wholeOf(allocatable['pods'] ?? '0')) return 'it has too many Pods';
  const own = needsOf(pod);
  const used = sum(pods.map(needsOf));
  for (const name in own) {
    const text = allocatable[name] ?? '0';
    const total = name === 'cpu' ? milliOf(text) : wholeOf(text);
    const wanted = own[name]! + (used[name] ?? 0);
    if (own[name]! > 0 && wanted > total) return `${name}: ${wanted} of ${total}`;
  }
  return undefined;
}

function hostPortsOf({ spec: { containers, initContainers = [] } }: Pod): readonly string[][] {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containers, ...sidecars].flatMap(({ ports = [] }) =>
    ports
      .filter(({ hostPort = 0 }) => hostPort > 0)
      .map(({ hostPort, protocol = 'TCP', hostIP }) => [
        `${protocol}:${hostPort}`,
        hostIP || '0.0.0.0',
      ]),
  );
}

function portTaken(pod: Pod, { pods }: Place): string | undefined {
  for (const [port, ip] of hostPortsOf(pod)) {
    for (const other of pods) {
      for (const [taken, at] of hostPortsOf(other)) {
        const overlap = ip === at || ip === '0.0.0.0' || at === '0.0.0.0';
        if (port === taken && overlap) return `${other.metadata.name} has the port ${port}`;
      }
    }
  }
  return undefined;
}

/** Disks that one Pod of a node can have: those that are not only read. */
const disksOf = ({ spec: { volumes = [] } }: Pod): readonly { name: string; reads: boolean }[] =>
  volumes.flatMap((volume) => {
    const disk = volume['gcePersistentDisk'] as { pdName: string; readOnly?: boolean } | undefined;
    return disk === undefined ? [] : [{ name: disk.pdName, reads: disk.readOnly === true }];
  });

function diskTaken(pod: Pod, { pods }: Place): string | undefined {
  for (const { name, reads } of disksOf(pod)) {
    const owner = pods.find((other) =>
      disksOf(other).some((one) => one.name === name && !(reads && one.reads)),
    );
    if (owner !== undefined) return `${owner.metadata.name} has the disk ${name}`;
  }
  return undefined;
}

function claimElsewhere(pod: Pod, { node }: Place, places: Places, view: View): string | undefined {
  for (const key of claimKeysOf(pod)) {
    const claim = view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
    if (claim?.spec.accessModes?.includes('ReadWriteOncePod')) {
      for (const { pods } of places.values()) {
        const owner = pods.find((other) => claimKeysOf(other).includes(key));
        if (owner !== undefined) return `${owner.metadata.name} has the claim ${key}`;
      }
    }
    const volume = view.get<PersistentVolume>('PersistentVolume', claim?.spec.volumeName ?? '');
    const terms = volume?.spec.nodeAffinity?.required?.nodeSelectorTerms;
    if (terms !== undefined && !terms.some((term) => matchesTerm(term, node)))
      return `the volume of ${key} is not reached from it`;
  }
  return undefined;
}

/** Whether a term of a Pod is about another one; namespaces of others are named, not selected. */
const isAbout = (term: PodAffinityTerm, owner: Pod, other: Pod): boolean => {
  const { namespaces = [owner.metadata.namespace], labelSelector } = term;
  return (
    namespaces.includes(other.metadata.namespace ?? '') &&
    selectorOf(labelSelector)(other.metadata.labels)
  );
};

const antiTermsOf = ({ spec }: Pod) =>
  spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

const isSameDomain = (term: PodAffinityTerm, a: Node, b: Node): boolean => {
  const value = a.metadata.labels?.[term.topologyKey];
  return value !== undefined && value === b.metadata.labels?.[term.topologyKey];
};

function apart(pod: Pod, { node }: Place, places: Places): string | undefined {
  for (const { node: there, pods } of places.values()) {
    for (const other of pods) {
      const mine = antiTermsOf(pod).some(
        (term) => isSameDomain(term, node, there) && isAbout(term, pod, other),
      );
      const theirs = antiTermsOf(other).some(
        (term) => isSameDomain(term, node, there) && isAbout(term, other, pod),
      );
      if (mine || theirs) return `it would be near ${other.metadata.name}`;
    }
  }
  return undefined;
}

/**
 * Whether it matters who is near: to the Pod, or to one that is there. Kubernetes looks no further if
 * it does not, so that a Pod that is only promised a node can be wronged by one that comes first.
 */
export function mindsOthers(pod: Pod, places: Places): boolean {
  const near = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (near.length > 0 || antiTermsOf(pod).length > 0) return true;
  return [...places.values()].some(({ node, pods }) =>
    pods.some((other) =>
      antiTermsOf(other).some(
        (term) => isSameDomain(term, node, node) && isAbout(term, other, pod),
      ),
    ),
  );
}

/** One that it wants to be near is nowhere near; the first of a group may begin anywhere. */
export function far(pod: Pod, { node }: Place, places: Places): string | undefined {
  const terms =
    pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  if (terms.length === 0) return undefined;
  if (terms.some(({ topologyKey }) => node.metadata.labels?.[topologyKey] === undefined))
    return 'it lacks the label that says what is near';
  const wanted = (other: Pod) => terms.every((term) => isAbout(term, pod, other));
  const isNear = terms.every((term) =>
    [...places.values()].some(
      ({ node: there, pods }) => isSameDomain(term, node, there) && pods.some(wanted),
    ),
  );
  const isFirst = ![...places.values()].some(
    ({ node: there, pods }) =>
      terms.some(({ topologyKey }) => there.metadata.labels?.[topologyKey] !== undefined) &&
      pods.some(wanted),
  );
  return isNear || (isFirst && wanted(pod)) ? undefined : 'none is near that it wants to be near';
}

/** Too many of its kind would be in the node's domain. */
export function skewed(pod: Pod, { node }: Place, places: Places): string | undefined {
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  const has = (one: Node) =>
    hard.every(({ topologyKey }) => one.metadata.labels?.[topologyKey] !== undefined);
  if (!has(node)) return 'it lacks the label that Pods are spread over';
  for (const { topologyKey, labelSelector, maxSkew, minDomains = 1 } of hard) {
    const counts = new Map<string, number>();
    for (const { node: there, pods } of places.values()) {
      if (!has(there) || !matchesNode(pod.spec, there)) continue;
      const value = there.metadata.labels![topologyKey]!;
      const counted = pods.filter(
        ({ metadata }) =>
          metadata.namespace === pod.metadata.namespace &&
          metadata.deletionTimestamp === undefined &&
          selectorOf(labelSelector)(metadata.labels),
      );
      counts.set(value, (counts.get(value) ?? 0) + counted.length);
    }
    const least = counts.size < minDomains ? 0 : Math.min(...counts.values());
    const own = selectorOf(labelSelector)(pod.metadata.labels) ? 1 : 0;
    const here = counts.get(node.metadata.labels![topologyKey]!) ?? 0;
    if (here + own - least > maxSkew) return `${here} of its kind are there, ${least} elsewhere`;
  }
  return undefined;
}

/** The Pods that count on each node, by the truth. */
export function placesIn(view: View, isCounted: (pod: Pod) => boolean): Places {
  return new Map(
    view.list<Node>('Node').map((node) => {
      const pods = view.by<Pod>('Pod', 'node', node.metadata.name).filter(isCounted);
      return [node.metadata.name, { node, pods }];
    }),
  );
}

/** No node takes a Pod before its claims are there, stay, and have their volumes. */
export function hasItsClaims(pod: Pod, now: View): boolean {
  const { namespace } = pod.metadata;
  return (pod.spec.volumes ?? []).every((volume) => {
    const used = volume['persistentVolumeClaim'] as { claimName: string } | undefined;
    if (used === undefined) return true;
    const key = makeKey(namespace, used.claimName);
    const claim = now.get<PersistentVolumeClaim>('PersistentVolumeClaim', key);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return false;
    return claim.status.phase === 'Bound';
  });
}
