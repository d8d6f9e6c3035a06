/** What happens around a scheduler: Pods of all sorts come and go, so do machines, and it is let down. */
import type { Draft } from '../../src/api/meta.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import type { Move, MoveType } from '../../src/sim/move.ts';
import { playUntil } from '../../src/sim/passing.ts';
import type { InFlight } from '../../src/sim/process.ts';
import type { NodeSpec } from '../../src/sim/scenario/types.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';
import { calmUntil } from './faults.ts';
import { toggleTaint } from './node.ts';

const scheduler = 'kube-scheduler';

/** Small machines: two Pods of one CPU fill one. */
export const machine = (name: string): NodeSpec => ({
  name,
  cpu: '2',
  memory: '4Gi',
  pods: 4,
  labels: { disk: name === 'n1' ? 'ssd' : 'hdd', 'topology.kubernetes.io/zone': name },
});

/** A Pod of some size, with what else it asks for. */
export const podOf = (
  name: string,
  cpu: string,
  more: Partial<PodSpec> = {},
  app = 'web',
): Draft => {
  const [container] = more.containers ?? [{ name: 'c', image: 'web:v1' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app } },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...more,
      containers: [{ ...container, resources: { requests: { cpu } } }],
    },
  } as unknown as Draft;
};

const apart = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
};

const near = {
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
};

const spread = [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'spread' } },
  },
];

const port = [
  {
    name: 'c',
    image: 'web:v1',
    ports: [{ containerPort: 80, hostPort: 8080, protocol: 'TCP' }],
  },
];

const disk = [{ name: 'd', gcePersistentDisk: { pdName: 'd', fsType: 'ext4' } }];
const high = { priorityClassName: 'high' };

/** Sorts of Pods: what is special about them, and how they are made. */
const sorts: readonly (readonly [string, (name: string) => Draft])[] = [
  ['small', (name) => podOf(name, '500m')],
  ['plain', (name) => podOf(name, '1')],
  ['plain', (name) => podOf(name, '1')],
  ['large', (name) => podOf(name, '1500m')],
  ['important', (name) => podOf(name, '1', high)],
  ['large and important', (name) => podOf(name, '2', high)],
  ['most important', (name) => podOf(name, '1500m', { priorityClassName: 'highest' })],
  ['important and polite', (name) => podOf(name, '1', { priorityClassName: 'polite' })],
  ['unimportant', (name) => podOf(name, '1', { priorityClassName: 'low' })],
  ['with a port', (name) => podOf(name, '100m', { containers: port })],
  ['important with a port', (name) => podOf(name, '100m', { containers: port, ...high })],
  ['with a disk', (name) => podOf(name, '100m', { volumes: disk })],
  ['apart', (name) => podOf(name, '100m', { affinity: apart })],
  ['near', (name) => podOf(name, '100m', { affinity: near }, 'guest')],
  ['spread', (name) => podOf(name, '100m', { topologySpreadConstraints: spread }, 'spread')],
  ['on ssd', (name) => podOf(name, '1', { nodeSelector: { disk: 'ssd' } })],
  ['gated', (name) => podOf(name, '1', { schedulingGates: [{ name: 'g' }] })],
];

const podsMax = 9;

function newPod(cluster: Cluster, how: number): string | undefined {
  const there = cluster.simulation.store.view().list<Pod>('Pod');
  if (there.length >= podsMax) return deletePod(cluster, how);
  const names = new Set(there.map(({ metadata }) => metadata.name));
  let i = 1;
  while (names.has(`p${i}`)) i++;
  return create(cluster, `p${i}`, how);
}

function create({ simulation }: Cluster, name: string, how: number): string {
  const [sort, make] = pick(sorts, how)!;
  simulation.submit(
    { verb: 'create', kind: 'Pod', namespace: 'default', object: make(name) },
    user,
  );
  return `create Pod ${name}: ${sort}`;
}

function deletePod(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { name } = target.metadata;
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace: 'default', name }, user);
  return `delete Pod ${name}`;
}

function openGate(cluster: Cluster, how: number): string | undefined {
  const gated = listed<Pod>(cluster, 'Pod').filter(
    ({ spec }) => (spec.schedulingGates ?? []).length > 0,
  );
  const target = pick(gated, how);
  if (target === undefined) return undefined;
  patch(cluster, target, { spec: { schedulingGates: null } });
  return `let Pod ${target.metadata.name} through its gate`;
}

function relabel(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const app = target.metadata.labels?.['app'] === 'web' ? 'other' : 'web';
  patch(cluster, target, { metadata: { labels: { app } } });
  return `label Pod ${target.metadata.name} app=${app}`;
}

/** A budget comes, or goes. */
function budget(cluster: Cluster, how: number): string {
  const { simulation } = cluster;
  const there = simulation.store.view().get('PodDisruptionBudget', 'default/web');
  const named = { kind: 'PodDisruptionBudget', namespace: 'default' } as const;
  if (there !== undefined) {
    simulation.submit({ verb: 'delete', ...named, name: 'web' }, user);
    return 'delete the budget';
  }
  const minAvailable = 1 + (how % 3);
  const object = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
  } as unknown as Draft;
  simulation.submit({ verb: 'create', ...named, object }, user);
  return `create a budget: at least ${minAvailable} available`;
}

/** A machine goes, or comes; or its Node object is made anew before anybody misses it. */
function comeOrGo(cluster: Cluster, how: number): string | undefined {
  const name = pick(['n3', 'n1', 'n2', 'n3'], how)!;
  const isThere = cluster.simulation.store.view().get('Node', name) !== undefined;
  const isOn = cluster.simulation.process(`kubelet/${name}`) !== undefined;
  if (!isThere) {
    if (isOn) return undefined;
    cluster.addNode(machine(name));
    return `add ${name}`;
  }
  cluster.deleteNode(name);
  if (how % 8 < 4) return `delete ${name}`;
  cluster.addNode(machine(name));
  return `delete ${name} and add it again`;
}

function hold({ simulation }: Cluster, how: number): string | undefined {
  const kind = pick(['Pod', 'Node'], how)!;
  const reflectors = simulation.process(scheduler)?.reflectors ?? [];
  const reflector = reflectors.findIndex(({ watch }) => watch.kind === kind);
  const held = reflectors[reflector];
  if (held?.synced !== true) return undefined;
  const type = held.held ? 'release' : 'hold';
  simulation.step({ type, process: scheduler, kind, reflector });
  return type === 'hold'
    ? `hold back ${kind} changes from the scheduler`
    : `let ${kind} changes through to the scheduler again`;
}

const movesMax = 2_000;

/** What goes on by itself: no fault begins or ends, and time stands still. */
const ordinary: readonly MoveType[] = ['request', 'record', 'deliver', 'begin'];

/** Everything but some moves happens for so many seconds. */
function without(
  { simulation }: Cluster,
  isLeftOut: (move: Move) => boolean,
  seconds: number,
): void {
  const until = simulation.now + seconds * 1000;
  for (let i = 0; i < movesMax; i++) {
    const move = simulation.moves().find((one) => ordinary.includes(one.type) && !isLeftOut(one));
    if (move !== undefined) {
      simulation.step(move);
      continue;
    }
    const next = simulation.nextInstant;
    if (next === undefined || next > until) break;
    simulation.advance(next);
  }
  if (simulation.now < until) simulation.advance(until);
}

/** A Pod or a Node goes while the scheduler hears nothing of it, and then its watch breaks. */
function miss(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const kind = how % 3 === 0 ? 'Node' : 'Pod';
  const reflectors = simulation.process(scheduler)?.reflectors ?? [];
  const reflector = reflectors.findIndex(({ watch }) => watch.kind === kind);
  const watch = reflectors[reflector];
  if (watch?.synced !== true || watch.held || watch.needsList) return undefined;
  watch.held = true;
  const half = Math.floor(how / 3);
  const gone = kind === 'Pod' ? deletePod(cluster, half) : comeOrGo(cluster, half);
  without(cluster, () => false, 3);
  const more = half % 2 === 0 ? newPod(cluster, Math.floor(half / 2)) : undefined;
  if (watch.lag > 0) simulation.step({ type: 'drop', process: scheduler, kind, reflector });
  watch.held = false;
  const what = [gone, more].filter((text) => text !== undefined).join(', ');
  return `the scheduler hears nothing of ${kind}s and has to list anew: ${what}`;
}

const isOfScheduler = ({ slot }: InFlight): boolean => slot.process.name === scheduler;

const isBinding = (flight: InFlight): boolean =>
  isOfScheduler(flight) &&
  flight.request.verb === 'create' &&
  'subresource' in flight.request &&
  flight.request.subresource === 'binding';

/** The next binding, or whatever the scheduler writes next, goes wrong. */
function fail({ simulation }: Cluster, how: number): string | undefined {
  const flight = calmUntil(simulation, how % 4 === 3 ? isOfScheduler : isBinding);
  if (flight === undefined || !isOfScheduler(flight)) return undefined;
  const { key } = flight.pass;
  const fault = pick(['request lost', 'reply lost', 'request lost'] as const, how)!;
  const what = isBinding(flight) ? 'binding' : 'request for';
  simulation.step({ type: 'request', process: scheduler, actor: scheduler, key, fault });
  return `the ${what} ${key} ends without an answer: ${fault}`;
}

/** A binding takes longer than anybody would wait, and then it works; another Pod comes meanwhile. */
function slowBinding(cluster: Cluster, how: number): string | undefined {
  const flight = calmUntil(cluster.simulation, isBinding);
  if (flight === undefined || !isBinding(flight)) return undefined;
  const { key } = flight.pass;
  const isIt = (move: Move) =>
    move.type === 'request' && move.process === scheduler && move.key === key;
  without(cluster, isIt, 31);
  const meanwhile = newPod(cluster, how);
  without(cluster, isIt, 2);
  return `the binding ${key} takes 33 s, and meanwhile: ${meanwhile}`;
}

/** Something changes, and the scheduler is told, while it says of a Pod that no node will do. */
function meanwhile(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const half = Math.floor(how / 4);
  const before = how % 4 < 2 ? `${closeAll(cluster)}${newPod(cluster, half)}, and ` : '';
  const flight = calmUntil(
    simulation,
    (one) => isOfScheduler(one) && one.request.verb === 'patch' && one.request.kind === 'Pod',
  );
  if (flight === undefined || !isOfScheduler(flight)) return before || undefined;
  const change = [openOne, openOne, deletePod, comeOrGo][how % 4]!(cluster, half);
  for (const kind of ['Node', 'Pod']) deliver(cluster, kind);
  return `${before}${change} while the scheduler says that ${flight.pass.key} fits nowhere`;
}

function closeAll(cluster: Cluster): string {
  const open = listed<Node>(cluster, 'Node').filter(({ spec }) => spec.unschedulable !== true);
  for (const node of open) patch(cluster, node, { spec: { unschedulable: true } });
  deliver(cluster, 'Node');
  return open.map(({ metadata }) => `cordon ${metadata.name}, `).join('');
}

/** A node that is closed is opened. */
function openOne(cluster: Cluster, how: number): string | undefined {
  const isClosed = ({ spec }: Node) =>
    spec.unschedulable === true || (spec.taints ?? []).length > 0;
  const target = pick(listed<Node>(cluster, 'Node').filter(isClosed), how);
  if (target === undefined) return undefined;
  if (target.spec.unschedulable !== true) return toggleTaint(cluster, target, 'NoSchedule');
  patch(cluster, target, { spec: { unschedulable: false } });
  return `uncordon ${target.metadata.name}`;
}

function deliver({ simulation }: Cluster, kind: string): void {
  const moves = simulation.moves();
  const move = moves.find(
    (one) => one.type === 'deliver' && one.process === scheduler && one.kind === kind,
  );
  if (move !== undefined) simulation.step(move);
}

function crash({ simulation }: Cluster): string {
  simulation.step({ type: 'crash', process: scheduler });
  return 'crash the scheduler';
}

/** Seconds go by, and back-offs end. */
function wait({ simulation }: Cluster, how: number): string {
  const seconds = [1, 2, 5, 11][how % 4]!;
  playUntil(simulation, simulation.now + seconds * 1000, movesMax);
  return `wait ${seconds} s`;
}

export const scheduling: Acts = [
  ['new Pod', newPod],
  ['new Pod', newPod],
  ['new Pod', newPod],
  ['new Pod', newPod],
  ['delete Pod', deletePod],
  ['open gate', openGate],
  ['relabel', relabel],
  ['budget', budget],
  ['wait', wait],
];

/** Machines come and go, and are made anew. */
export const comings: Acts = [
  ['come or go', comeOrGo],
  ['come or go', comeOrGo],
];

/** What the scheduler has to live with. */
export const letDown: Acts = [
  ['hold', hold],
  ['miss', miss],
  ['fail', fail],
  ['slow binding', slowBinding],
  ['meanwhile', meanwhile],
  ['meanwhile', meanwhile],
  ['crash', crash],
];
