/** What Deployments promise (properties §2). */

import type { Deployment } from '../src/api/deployment.ts';
import { deepEqual } from '../src/api/equal.ts';
import { isControlledBy, makeKey } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import type { PodTemplateSpec } from '../src/api/pod/podspec.ts';
import { isPodTerminal } from '../src/api/pod/podstatus.ts';
import type { ReplicaSet } from '../src/api/replicaset.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import type { View } from '../src/store/view.ts';
import { labelled, revisionsGrow } from './deployment/marks.ts';
import { adoptedOne, isToldOtherwise, isUntold } from './deployment/shares.ts';
import { isHeld } from './held.ts';
import { type Eventually, onWriteOf, type Properties, type World } from './rule.ts';

const by = 'deployment-controller';

const onSet = onWriteOf.bind(undefined, ['ReplicaSet']);
const hashLabel = 'pod-template-hash';

/** The pass's Deployment as it saw it, and its ReplicaSets with what it wrote by now. */
interface Rollout {
  readonly deployment: Deployment;
  readonly before: readonly ReplicaSet[];
  readonly after: readonly ReplicaSet[];
  readonly newRs: ReplicaSet | undefined;
  readonly surge: number;
  readonly unavailable: number;
}

function rolloutOf(entry: WriteEntry, world: World): Rollout | undefined {
  const deployment = world.seen.get<Deployment>('Deployment', world.acting!.pass.key);
  if (deployment === undefined) return undefined;
  const seen = world.seen
    .by<ReplicaSet>('ReplicaSet', 'namespace', deployment.metadata.namespace!)
    .filter((rs) => isControlledBy(rs, deployment));
  const before = overlaid(seen, world.ownWrites);
  const after = overlaid(before, [entry]);
  const newRs = after.find((rs) => sameTemplate(rs.spec.template, deployment.spec.template));
  return { deployment, before, after, newRs, ...fenceposts(deployment) };
}

function overlaid(
  seen: readonly ReplicaSet[],
  writes: readonly WriteEntry[],
): readonly ReplicaSet[] {
  const byName = new Map(seen.map((rs) => [rs.metadata.name, rs]));
  for (const { kind, before, after } of writes) {
    if (kind !== 'ReplicaSet') continue;
    if (after === undefined) byName.delete(before!.metadata.name);
    else byName.set(after.metadata.name, after as ReplicaSet);
  }
  return [...byName.values()];
}

function plain(template: PodTemplateSpec): unknown {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { labels, annotations: template.metadata?.annotations ?? {}, spec: template.spec };
}

const sameTemplate = (a: PodTemplateSpec, b: PodTemplateSpec): boolean =>
  deepEqual(plain(a), plain(b));

/** Surge rounds up, unavailability down; both zero means that one may be missing. */
export function fenceposts({ spec }: Deployment): { surge: number; unavailable: number } {
  const { maxSurge = 0, maxUnavailable = 0 } = spec.strategy.rollingUpdate ?? {};
  const count = (value: number | string, round: (x: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseInt(value, 10) * spec.replicas) / 100);
  const surge = count(maxSurge, Math.ceil);
  const unavailable = count(maxUnavailable, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

const sum = (sets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number): number =>
  sets.reduce((total, rs) => total + of(rs), 0);
const size = ({ spec }: ReplicaSet): number => spec.replicas;
const available = ({ status }: ReplicaSet): number => status.availableReplicas ?? 0;

const isRolling = ({ spec }: Deployment): boolean => spec.strategy.type === 'RollingUpdate';

/** The Deployment was resized, or stands still: then sizes follow other rules. */
export const isResized = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  deployment.spec.paused === true || isToldOtherwise(deployment, sets);

const isScale = (entry: WriteEntry, world: World): boolean =>
  entry.by === by &&
  entry.kind === 'ReplicaSet' &&
  entry.subresource === undefined &&
  world.acting !== undefined &&
  entry.after !== undefined;

const surges = onSet('D-S1', 'scaling up never goes above replicas + maxSurge', (entry, world) => {
  if (!isScale(entry, world)) return undefined;
  const grown =
    size(entry.after as ReplicaSet) -
    (entry.before === undefined ? 0 : size(entry.before as ReplicaSet));
  const rollout = rolloutOf(entry, world);
  if (grown <= 0 || rollout === undefined || !isRolling(rollout.deployment)) return undefined;
  const { deployment, before, after, surge } = rollout;
  // Resizing shares out a difference, and rounds: D-S12 has other bounds.
  const { uid } = deployment.metadata;
  const seen = world.seen.by<ReplicaSet>('ReplicaSet', 'controller', uid);
  if (isResized(deployment, seen)) return undefined;
  const most = Math.max(deployment.spec.replicas + surge, sum(before, size));
  const total = sum(after, size);
  return total <= most ? undefined : `sizes add up to ${total}, at most ${most} are allowed`;
});

const shrinks = onSet(
  'D-S2',
  'scaling old ones down keeps replicas − maxUnavailable available',
  (entry, world) => {
    if (!isScale(entry, world) || entry.before === undefined) return undefined;
    const rollout = rolloutOf(entry, world);
    if (rollout === undefined || !isRolling(rollout.deployment)) return undefined;
    const { deployment, after, newRs, unavailable } = rollout;
    const shrunk = ({ before, after }: WriteEntry) =>
      before !== undefined &&
      after !== undefined &&
      size(after as ReplicaSet) < size(before as ReplicaSet);
    const earlier = world.ownWrites.filter(
      (write) => write.kind === 'ReplicaSet' && !shrunk(write),
    );
    const seen = world.seen.by<ReplicaSet>('ReplicaSet', 'controller', deployment.metadata.uid);
    const began = overlaid(seen, earlier);
    if (isResized(deployment, began)) return undefined;
    const rs = entry.after as ReplicaSet;
    if (rs.metadata.uid === newRs?.metadata.uid || size(rs) >= size(entry.before as ReplicaSet))
      return undefined;
    const isOld = ({ metadata }: ReplicaSet) => metadata.uid !== newRs?.metadata.uid;
    const removed = sum(began.filter(isOld), size) - sum(after.filter(isOld), size);
    const minimum = deployment.spec.replicas - Math.min(unavailable, deployment.spec.replicas);
    const newMissing = newRs === undefined ? 0 : size(newRs) - available(newRs);
    const most = sum(began, size) - minimum - newMissing;
    const unhealthy = sum(began.filter(isOld), (one) => Math.max(0, size(one) - available(one)));
    // Those that count as available may be more than are wanted, until a status tells that some have gone.
    const spare = Math.max(0, sum(began, available) - minimum);
    const cleaned = Math.min(removed, unhealthy, Math.max(0, most));
    const rest = removed - cleaned;
    return rest <= spare
      ? undefined
      : `${rest} old replicas are removed besides ${cleaned} that are missing, ${spare} are spare`;
  },
);

const recreates = onSet(
  'D-S5',
  'Recreate starts no new Pods before the old ones it sees have ended',
  (entry, world) => {
    if (!isScale(entry, world)) return undefined;
    const rollout = rolloutOf(entry, world);
    const grown =
      size(entry.after as ReplicaSet) -
      (entry.before === undefined ? 0 : size(entry.before as ReplicaSet));
    if (rollout === undefined || grown <= 0 || rollout.deployment.spec.strategy.type !== 'Recreate')
      return undefined;
    const { deployment, newRs } = rollout;
    if (newRs?.metadata.uid !== entry.after!.metadata.uid) return undefined;
    const old = world.seen
      .by<ReplicaSet>('ReplicaSet', 'controller', deployment.metadata.uid)
      .filter(({ metadata }) => metadata.uid !== newRs.metadata.uid);
    if (isResized(deployment, [...old, newRs])) return undefined;
    const counted = sum(old, ({ status }) => status.replicas);
    const running = old
      .flatMap(({ metadata }) => world.seen.by<Pod>('Pod', 'controller', metadata.uid))
      .filter((pod) => !isPodTerminal(pod)).length;
    return counted + running === 0
      ? undefined
      : `${Math.max(counted, running)} Pods of another template still run`;
  },
);

const ownerDeployment = (rs: ReplicaSet, now: View): Deployment | undefined => {
  const ref = rs.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return ref && now.get<Deployment>('Deployment', makeKey(rs.metadata.namespace, ref.name));
};

const unique = onSet(
  'D-S6',
  'the controller makes one ReplicaSet per template',
  (entry, { now }) => {
    if (entry.by !== by || entry.kind !== 'ReplicaSet' || entry.before !== undefined)
      return undefined;
    const made = entry.after as ReplicaSet;
    const deployment = ownerDeployment(made, now);
    if (deployment === undefined) return undefined;
    const twins = now
      .by<ReplicaSet>('ReplicaSet', 'controller', deployment.metadata.uid)
      .filter(
        (rs) =>
          rs.metadata.deletionTimestamp === undefined &&
          sameTemplate(rs.spec.template, made.spec.template),
      );
    return twins.length <= 1
      ? undefined
      : `${twins.map(({ metadata: { name } }) => name).join(' and ')} have one template`;
  },
);

const pauses = onSet(
  'D-S7',
  'a paused Deployment makes no new ReplicaSet, and goes on with no rollout',
  (entry, world) => {
    if (!isScale(entry, world)) return undefined;
    const deployment = world.seen.get<Deployment>('Deployment', world.acting!.pass.key);
    if (deployment?.spec.paused !== true) return undefined;
    if (entry.before === undefined) return `${entry.key} was made while it is paused`;
    const [was, is] = [size(entry.before as ReplicaSet), size(entry.after as ReplicaSet)];
    const sets = world.seen.by<ReplicaSet>('ReplicaSet', 'controller', deployment.metadata.uid);
    const active = sets.filter((rs) => size(rs) > 0);
    const { replicas } = deployment.spec;
    // One that is alone is made as large as it should be; several share what is missing, or too much.
    if (was === is || active.length <= 1 || isToldOtherwise(deployment, active)) return undefined;
    if (adoptedOne(deployment, world) || active.some(isUntold)) return undefined;
    const allowed = replicas === 0 ? 0 : replicas + fenceposts(deployment).surge;
    const isShare = Math.sign(is - was) === Math.sign(allowed - sum(active, size));
    if (isShare && isRolling(deployment)) return undefined;
    const newest = active.find((rs) => sameTemplate(rs.spec.template, deployment.spec.template));
    const isComplete =
      newest !== undefined && size(newest) === replicas && available(newest) === replicas;
    return isComplete && is === 0 && entry.after!.metadata.uid !== newest.metadata.uid
      ? undefined
      : `${entry.key} went from ${was} to ${is} while it is paused`;
  },
);

const cleanups = onSet(
  'D-S9',
  'history clean-up deletes only what holds nothing',
  (entry, world) => {
    if (entry.by !== by || entry.kind !== 'ReplicaSet' || entry.verb !== 'delete') return undefined;
    const rs = world.seen.get<ReplicaSet>('ReplicaSet', entry.key);
    if (rs === undefined || (size(rs) === 0 && rs.status.replicas === 0)) return undefined;
    return `${rs.metadata.name} still has ${rs.status.replicas} of ${size(rs)} replicas`;
  },
);

const honest = onWriteOf(
  ['Deployment'],
  'D-S10',
  'a status describes the generation that it names',
  (entry, world) => {
    if (entry.by !== by || entry.kind !== 'Deployment' || entry.subresource !== 'status')
      return undefined;
    const rollout = rolloutOf(entry, world);
    const { status } = entry.after as Deployment;
    const before = (entry.before as Deployment).status;
    if (rollout === undefined || status.observedGeneration === before.observedGeneration)
      return undefined;
    const { deployment, before: sets, newRs, unavailable } = rollout;
    if (status.observedGeneration !== deployment.metadata.generation) {
      return `it names generation ${status.observedGeneration} but saw ${deployment.metadata.generation}`;
    }
    const updated = newRs?.status.replicas ?? 0;
    if ((status.updatedReplicas ?? 0) !== updated)
      return `updatedReplicas is ${status.updatedReplicas ?? 0}, not ${updated}`;
    const has = sum(sets, available);
    const missing = isRolling(deployment) ? Math.min(unavailable, deployment.spec.replicas) : 0;
    const enough = has >= deployment.spec.replicas - missing;
    const told = status.conditions?.find(({ type }) => type === 'Available')?.status;
    return told === (enough ? 'True' : 'False')
      ? undefined
      : `Available is ${told} with ${has} available`;
  },
);

const converges: Eventually = {
  id: 'D-L1',
  known: standsStill,
  claim: 'at rest a Deployment that can has all its replicas, of the newest template, and says so',
  holds(world) {
    const { now } = world;
    for (const deployment of now.list<Deployment>('Deployment')) {
      const { metadata, spec, status } = deployment;
      if (isHeld(deployment, world)) continue;
      if (metadata.deletionTimestamp !== undefined)
        return `${metadata.name} is still being deleted`;
      if (spec.paused === true || isBroken(spec.template)) continue;
      const wrong = unconverged(deployment, now);
      if (wrong !== undefined) return `${metadata.name}: ${wrong}`;
      if ((status.observedGeneration ?? 0) !== metadata.generation)
        return `${metadata.name}: generation not observed`;
    }
    return undefined;
  },
};

/**
 * The real controller stands still here: a ReplicaSet was told another size of the Deployment than
 * it has now, so every sync takes the scale path, and that path writes nothing. Either the only
 * active ReplicaSet has the right size already; or the strategy is Recreate, several ReplicaSets are
 * active (a stale cache can make two) and the newest is not of full size: only rolling updates scale
 * in proportion. What the ReplicaSet was told stays. Any later change of `spec.replicas` that the
 * path acts on frees it.
 */
function standsStill({ now }: World): string | undefined {
  for (const deployment of now.list<Deployment>('Deployment')) {
    const sets = now.by<ReplicaSet>('ReplicaSet', 'controller', deployment.metadata.uid);
    const active = sets.filter((rs) => size(rs) > 0);
    if (deployment.spec.paused === true || !isResized(deployment, sets)) continue;
    if (scalesNothing(deployment, active))
      return 'a rollout that is resized at the wrong moment stands still until spec.replicas changes';
  }
  return undefined;
}

function scalesNothing({ spec }: Deployment, active: readonly ReplicaSet[]): boolean {
  const [only] = active;
  if (active.length === 1 && only !== undefined) return size(only) === spec.replicas;
  const newest = active.find((rs) => sameTemplate(rs.spec.template, spec.template));
  const isSaturated = newest !== undefined && size(newest) === spec.replicas;
  return active.length > 1 && spec.strategy.type === 'Recreate' && !isSaturated;
}

/** The ReplicaSet of the newest template; the oldest one, where there are twins. */
export const newestOf = (
  { spec }: Deployment,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined =>
  [...sets]
    .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
    .find((rs) => sameTemplate(rs.spec.template, spec.template));

/** Images of the search whose containers never become ready. */
export const isBroken = ({ spec }: PodTemplateSpec): boolean =>
  spec.containers.some(({ image }) => image.includes('broken'));

function unconverged(deployment: Deployment, now: View): string | undefined {
  const { spec, status, metadata } = deployment;
  const sets = now.by<ReplicaSet>('ReplicaSet', 'controller', metadata.uid);
  const active = sets.filter((rs) => size(rs) > 0);
  const right = active.filter((rs) => sameTemplate(rs.spec.template, spec.template));
  if (spec.replicas > 0 && (active.length !== 1 || right.length !== 1)) {
    return `${active.length} ReplicaSets want Pods, ${right.length} of them of the newest template`;
  }
  if (spec.replicas > 0 && size(right[0]!) !== spec.replicas)
    return `its ReplicaSet wants ${size(right[0]!)} of ${spec.replicas}`;
  const count = spec.replicas;
  const {
    replicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
    unavailableReplicas = 0,
  } = status;
  if (
    replicas !== count ||
    updatedReplicas !== count ||
    availableReplicas !== count ||
    unavailableReplicas !== 0
  ) {
    return `status says ${replicas} replicas, ${updatedReplicas} updated, ${availableReplicas} available of ${count}`;
  }
  return undefined;
}

export const deployment: Properties = {
  always: [surges, shrinks, recreates, unique, pauses, labelled, cleanups, revisionsGrow, honest],
  eventually: [converges],
  sometimes: [
    {
      id: 'D-W1',
      claim: 'a rollout has Pods of two templates at once',
      seen: (entry, { now }) =>
        entry.type === 'write' &&
        entry.by === by &&
        now.list<ReplicaSet>('ReplicaSet').filter((rs) => rs.status.replicas > 0).length > 1,
    },
    {
      id: 'D-W2',
      claim: 'a rollout exceeds its deadline',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.kind === 'Deployment' &&
        ((entry.after as Deployment | undefined)?.status.conditions?.some(
          ({ reason }) => reason === 'ProgressDeadlineExceeded',
        ) ??
          false),
    },
  ],
};
