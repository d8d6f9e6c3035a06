/** The life of a Pod as a sequence of what its status says, for comparisons with recorded ones. */
import type { Event } from '../../src/api/event.ts';
import type { Draft } from '../../src/api/meta.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../src/api/pod/pod.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { letPass } from '../../src/sim/passing.ts';
import type { BehaviourSpec } from '../../src/sim/scenario/types.ts';
import { settle } from '../../src/sim/settle.ts';

/**
 * What of a status is compared. Masked: times, addresses, ids, images and their digests, resources,
 * mounts and users of containers; and messages, where `messages` says so.
 */
export function told(pod: Pod, { messages = true }: { messages?: boolean } = {}): unknown {
  const { phase, reason, conditions = [], containerStatuses = [], qosClass } = pod.status;
  return {
    deleting: pod.metadata.deletionTimestamp !== undefined,
    phase,
    reason: reason ?? null,
    qosClass,
    conditions: conditions.map(({ type, status, ...why }) =>
      [type, status, why.reason, messages ? why.message : undefined].filter((part) => part),
    ),
    containers: containerStatuses.map((container) => toldContainer(container, messages)),
  };
}

const toldContainer = (status: ContainerStatus, messages: boolean) => ({
  name: status.name,
  state: toldState(status.state, messages),
  lastState: toldState(status.lastState, messages),
  ready: status.ready,
  restartCount: status.restartCount,
});

function toldState(state: ContainerState | undefined, messages: boolean): unknown {
  const { waiting, running, terminated } = state ?? {};
  if (running !== undefined) return 'running';
  if (waiting !== undefined) {
    const { reason, message } = waiting;
    return ['waiting', reason, messages ? masked(message) : undefined].filter((part) => part);
  }
  if (terminated === undefined) return null;
  return ['terminated', terminated.exitCode, terminated.reason].filter(
    (part) => part !== undefined,
  );
}

/** Names and uids of Pods are random. */
const masked = (message: string | undefined): string | undefined =>
  message?.replace(/pod=\S+_(\S+)\(\S+\)/, 'pod=NAME_$1(UID)');

/** Without what says the same as the one before. */
export function distinct(sequence: readonly unknown[]): readonly unknown[] {
  const texts = sequence.map((one) => JSON.stringify(one));
  return sequence.filter((_, i) => texts[i] !== texts[i - 1]);
}

export const quiet = (behaviour: readonly BehaviourSpec[]): Cluster => {
  const cluster = createCluster({ nodes: [{ name: 'n1' }], behaviour });
  settle(cluster.simulation, { horizonMs: 1_000 });
  return cluster;
};

/** Every version of a Pod that a run wrote, by name. */
export function livesIn({ simulation }: Cluster): ReadonlyMap<string, readonly Pod[]> {
  const lives = new Map<string, Pod[]>();
  for (const entry of simulation.log.entries) {
    if (entry.type !== 'write' || entry.kind !== 'Pod' || entry.after === undefined) continue;
    const pod = entry.after as Pod;
    const { name } = pod.metadata;
    lives.set(name, [...(lives.get(name) ?? []), pod]);
  }
  return lives;
}

export function create({ simulation }: Cluster, object: Draft, namespace = 'default'): void {
  const response = simulation.submit({ verb: 'create', kind: object.kind, namespace, object });
  if (!response.ok) throw new Error(response.status.message);
}

/** Calm moves until it is so late, in seconds from the beginning. */
export function until({ simulation }: Cluster, seconds: number): void {
  letPass(simulation, seconds * 1000 - simulation.now);
  while (simulation.calm());
}

export const podOf = ({ simulation }: Cluster, name = 'p') =>
  simulation.store.get<Pod>('Pod', `default/${name}`);

/** A Pod of one container, if `spec` does not say otherwise. */
export function start(
  cluster: Cluster,
  name: string,
  spec: Partial<PodSpec>,
  metadata: object = {},
): void {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'c', image: 'web:1' }], ...spec },
  };
  create(cluster, object as never);
}

/** What the runtime did, as `second event container`. */
export const done = ({ simulation }: Cluster, ...events: readonly string[]): readonly string[] =>
  simulation.log.entries.flatMap((entry) =>
    entry.type === 'runtime' && events.includes(entry.event)
      ? [`${entry.t / 1000} ${entry.event} ${entry.container ?? ''}`.trim()]
      : [],
  );

/** What the kubelet told, as `reason: message (count)`. */
export const events = ({ simulation }: Cluster, ...reasons: readonly string[]): readonly string[] =>
  simulation.store
    .view()
    .list<Event>('Event')
    .filter(({ reason, source }) => source?.component === 'kubelet' && reasons.includes(reason!))
    .map(
      ({ reason, message, count }) => `${reason}: ${message}${count === 1 ? '' : ` (${count})`}`,
    );

export const stateOf = (pod: Pod | undefined, name = 'c') =>
  [...(pod?.status.initContainerStatuses ?? []), ...(pod?.status.containerStatuses ?? [])].find(
    (status) => status.name === name,
  );
