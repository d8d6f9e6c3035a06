/**
 * What can happen to a cluster from outside, as small numbers: users' intents, faults, time, and
 * the choice of the next move. Every list of numbers means something, so any of them can be left
 * out or made smaller, and the rest is a story still.
 */
import type { Deployment } from '../src/api/deployment.ts';
import type { KubeObject } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod.ts';
import type { ReplicaSet } from '../src/api/replicaset.ts';
import { invariant } from '../src/errors.ts';
import type { Cluster } from '../src/sim/cluster.ts';
import { calmStep } from '../src/sim/strategy.ts';
import { crash, drop, hold, race, requestFault } from './faults.ts';

export interface Action {
  readonly what: number;
  readonly how: number;
}

/** Numbers below this are all that a list needs. */
export const numberMax = 4096;

export const decode = (numbers: readonly number[]): readonly Action[] =>
  numbers.map((number) => ({ what: number % acts.length, how: Math.floor(number / acts.length) }));

/** Makes it happen. Returns a line for the story; nothing for what is only the schedule. */
export function act({ what, how }: Action, cluster: Cluster): string | undefined {
  const [, perform] = acts[what % acts.length]!;
  return perform(cluster, how);
}

type Act = (cluster: Cluster, how: number) => string | undefined;

const user = 'user';

/** What can happen, by name; what stands twice is tried twice as often. */
const acts: readonly (readonly [string, Act])[] = [
  // The schedule: calm for a while, to the end of the instant, or any move at all.
  ['calm', (cluster, how) => calm(cluster, 1 + (how % 12))],
  ['calm to the end', (cluster) => calm(cluster, 400)],
  ['choose', choose],
  ['choose', choose],
  ['choose', choose],
  // Time.
  ['wait', (cluster, how) => wait(cluster, [1, 3, 11, 30][how % 4]!)],
  ['wait and touch', waitAndTouch],
  ['wait and touch', waitAndTouch],
  // Users.
  ['scale', scale],
  ['scale', scale],
  ['set image', setImage],
  ['set image', setImage],
  ['pause', pause],
  ['delete Pod', deletePod],
  ['relabel Pod', relabelPod],
  ['disown Pod', disownPod],
  ['delete set', deleteSet],
  ['delete set', deleteSet],
  ['clone set', cloneSet],
  ['stray Pod', strayPod],
  ['owned pair', ownedPair],
  ['delete Deployment', deleteDeployment],
  ['annotate', annotate],
  // Faults.
  ['hold', hold],
  ['hold', hold],
  ['crash', crash],
  ['crash', crash],
  ['drop', drop],
  ['request fault', requestFault],
  ['request fault', requestFault],
  ['race', race],
];

/** The number that stands for an action. */
export function numberOf(name: string, how: number): number {
  const what = acts.findIndex(([known]) => known === name);
  invariant(what >= 0, `no action ${name}`);
  return how * acts.length + what;
}

/** Moves of calm, but time stands still. */
function calm(cluster: Cluster, moves: number): undefined {
  for (let i = 0; i < moves; i++) if (!cluster.simulation.calm()) return;
}

function choose({ simulation }: Cluster, how: number): string | undefined {
  const moves = simulation.moves();
  const move = moves[how % moves.length];
  if (move === undefined) return undefined;
  simulation.step(move);
  return undefined;
}

/** Everything runs its course for so many seconds. */
function wait(cluster: Cluster, seconds: number): string {
  const { simulation } = cluster;
  const until = simulation.now + seconds * 1000;
  for (let moves = 0; moves < 3_000; moves++) {
    if (simulation.calm()) continue;
    const next = simulation.nextInstant;
    if (next === undefined || next > until) break;
    calmStep(simulation);
  }
  if (simulation.now < until) simulation.advance(until);
  return `wait ${seconds} s`;
}

/** Long enough for expectations to expire; then something wakes whoever slept. */
function waitAndTouch(cluster: Cluster, how: number): string {
  const waited = wait(cluster, 301);
  const touched = annotate(cluster, how);
  if (touched === undefined) return waited;
  calm(cluster, 40);
  return `${waited}, then ${touched}`;
}

const pick = <T>(items: readonly T[], how: number): T | undefined => items[how % items.length];

function listed<T extends KubeObject>({ simulation }: Cluster, kind: string): readonly T[] {
  const live = ({ metadata }: T) => metadata.deletionTimestamp === undefined;
  return simulation.store.view().list<T>(kind).filter(live);
}

function patch(cluster: Cluster, object: KubeObject, change: unknown): boolean {
  const { kind, metadata } = object;
  const { namespace, name } = metadata;
  const named = { kind, ...(namespace ? { namespace } : {}), name };
  return cluster.simulation.submit(
    { verb: 'patch', ...named, patchType: 'merge', patch: change },
    user,
  ).ok;
}

/** ReplicaSets that no Deployment sizes. */
const looseSets = (cluster: Cluster): readonly ReplicaSet[] =>
  listed<ReplicaSet>(cluster, 'ReplicaSet').filter(
    ({ metadata }) => metadata.ownerReferences === undefined,
  );

function scale(cluster: Cluster, how: number): string | undefined {
  const target = pick<Deployment | ReplicaSet>(
    [...listed<Deployment>(cluster, 'Deployment'), ...looseSets(cluster)],
    how,
  );
  if (target === undefined) return undefined;
  const replicas = Math.floor(how / 4) % 6;
  patch(cluster, target, { spec: { replicas } });
  return `scale ${target.kind} ${target.metadata.name} to ${replicas}`;
}

function setImage(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Deployment>(cluster, 'Deployment'), how);
  if (target === undefined) return undefined;
  const image = ['web:v1', 'web:v2', 'web:v3', 'broken'][Math.floor(how / 2) % 4]!;
  const [first, ...rest] = target.spec.template.spec.containers;
  const containers = [{ ...first, image }, ...rest];
  patch(cluster, target, { spec: { template: { spec: { containers } } } });
  return `set image of Deployment ${target.metadata.name} to ${image}`;
}

function pause(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Deployment>(cluster, 'Deployment'), how);
  if (target === undefined) return undefined;
  const paused = target.spec.paused !== true;
  patch(cluster, target, { spec: { paused } });
  return `${paused ? 'pause' : 'resume'} Deployment ${target.metadata.name}`;
}

function deletePod(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { namespace, name } = target.metadata;
  cluster.simulation.submit({ verb: 'delete', kind: 'Pod', namespace: namespace!, name }, user);
  return `delete Pod ${name}`;
}

function relabelPod(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Pod>(cluster, 'Pod'), how);
  if (target === undefined) return undefined;
  const { labels, name } = target.metadata;
  const away = labels?.app !== 'elsewhere';
  const original = labels?.was ?? labels?.app ?? 'web';
  patch(cluster, target, {
    metadata: { labels: away ? { app: 'elsewhere', was: original } : { app: original, was: null } },
  });
  return `relabel Pod ${name} ${away ? 'away' : 'back'}`;
}

function disownPod(cluster: Cluster, how: number): string | undefined {
  const owned = listed<Pod>(cluster, 'Pod').filter(
    ({ metadata }) => metadata.ownerReferences !== undefined,
  );
  const target = pick(owned, how);
  if (target === undefined) return undefined;
  patch(cluster, target, { metadata: { ownerReferences: null } });
  return `take the owner from Pod ${target.metadata.name}`;
}

function deleteSet(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<ReplicaSet>(cluster, 'ReplicaSet'), how);
  if (target === undefined) return undefined;
  const propagationPolicy = pick(
    ['Orphan', 'Background', 'Foreground'] as const,
    Math.floor(how / 3),
  )!;
  const { namespace, name } = target.metadata;
  const named = { kind: 'ReplicaSet', namespace: namespace!, name };
  cluster.simulation.submit({ verb: 'delete', ...named, options: { propagationPolicy } }, user);
  return `delete ReplicaSet ${name}, ${propagationPolicy}`;
}

/**
 * A second ReplicaSet with the template of one that is there; a Deployment may adopt it. Not where
 * one recreates: with two active ones, a resized Deployment of that kind stands still for ever, in
 * the real controller too.
 */
function cloneSet(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<ReplicaSet>(cluster, 'ReplicaSet'), how);
  const recreates = listed<Deployment>(cluster, 'Deployment').some(
    ({ spec }) => spec.strategy.type === 'Recreate',
  );
  if (target === undefined || recreates) return undefined;
  const { labels, namespace, name } = target.metadata;
  const metadata = { name: `${name}-copy`, namespace: namespace!, ...(labels ? { labels } : {}) };
  const replicas = how % 3;
  const object = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { ...target.spec, replicas },
  };
  const made = cluster.simulation.submit(
    { verb: 'create', kind: 'ReplicaSet', namespace: namespace!, object },
    user,
  );
  return made.ok ? `create a copy of ReplicaSet ${name} with ${replicas} replicas` : undefined;
}

const stray = (name: string, namespace: string, owner: KubeObject) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace,
    ownerReferences: [
      {
        apiVersion: owner.apiVersion,
        kind: owner.kind,
        name: owner.metadata.name,
        uid: owner.metadata.uid,
      },
    ],
  },
  spec: { containers: [{ name: 'c', image: 'web:v1' }] },
});

/** A Pod whose owner is named but lives in another namespace: to the collector it has none. */
function strayPod(cluster: Cluster, how: number): string | undefined {
  const owner = pick<KubeObject>(
    [...listed<ReplicaSet>(cluster, 'ReplicaSet'), ...listed<Deployment>(cluster, 'Deployment')],
    how,
  );
  if (owner === undefined) return undefined;
  const name = `stray-${cluster.simulation.store.revision}`;
  const object = stray(name, 'kube-public', owner);
  const made = cluster.simulation.submit(
    { verb: 'create', kind: 'Pod', namespace: 'kube-public', object },
    user,
  );
  return made.ok
    ? `create Pod ${name} in another namespace, owned by ${owner.kind} ${owner.metadata.name}`
    : undefined;
}

/** An owner and what it owns, one right after the other. */
function ownedPair(cluster: Cluster): string | undefined {
  const { simulation } = cluster;
  const name = `pair-${simulation.store.revision}`;
  const labels = { pair: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'web:v1' }] } };
  const spec = { replicas: 0, selector: { matchLabels: labels }, template };
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name }, spec };
  const made = simulation.submit(
    { verb: 'create', kind: 'ReplicaSet', namespace: 'default', object: set },
    user,
  );
  if (!made.ok || made.object === undefined) return undefined;
  const object = stray(`${name}-child`, 'default', made.object);
  simulation.submit({ verb: 'create', kind: 'Pod', namespace: 'default', object }, user);
  return `create ReplicaSet ${name} and Pod ${name}-child that it owns`;
}

function deleteDeployment(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<Deployment>(cluster, 'Deployment'), how);
  if (target === undefined || how % 8 !== 7) return undefined;
  const propagationPolicy = pick(
    ['Background', 'Foreground', 'Orphan'] as const,
    Math.floor(how / 8),
  )!;
  const { namespace, name } = target.metadata;
  const named = { kind: 'Deployment', namespace: namespace!, name };
  cluster.simulation.submit({ verb: 'delete', ...named, options: { propagationPolicy } }, user);
  return `delete Deployment ${name}, ${propagationPolicy}`;
}

/** A change that asks for nothing: it only wakes whoever watches. */
function annotate(cluster: Cluster, how: number): string | undefined {
  const target = pick<KubeObject>(
    [...listed<ReplicaSet>(cluster, 'ReplicaSet'), ...listed<Deployment>(cluster, 'Deployment')],
    how,
  );
  if (target === undefined) return undefined;
  patch(cluster, target, {
    metadata: { annotations: { touched: String(cluster.simulation.store.revision) } },
  });
  return `annotate ${target.kind} ${target.metadata.name}`;
}
