/** What Deployments promise when they are resized, and of their deadline (properties §2, D-S11, D-S12). */
import type { Deployment } from '../../src/api/deployment.ts';
import { controllerOf } from '../../src/api/meta.ts';
import type { ReplicaSet } from '../../src/api/replicaset.ts';
import { parseTimestamp } from '../../src/api/time.ts';
import type { Entry, WriteEntry } from '../../src/log/entry.ts';
import { fenceposts, isResized, newestOf } from '../deployment.ts';
import { type Always, type Eventually, onWriteOf, type Properties, type World } from '../rule.ts';

const by = 'deployment-controller';
/** How many there might be in all, when a ReplicaSet was last written. */
const mostKey = 'deployment.kubernetes.io/max-replicas';

interface Resizing {
  /** How many more there should be in all; fewer, below 0. */
  readonly difference: number;
  /** What the pass has added until now, this entry included. */
  readonly added: number;
  /** What this entry adds. */
  readonly step: number;
  readonly sizes: readonly number[];
  /** Every part was told of fewer than there may be now, if some are to be added; or of more. */
  readonly oneWay: boolean;
}

const grown = ({ before, after }: WriteEntry): number =>
  ((after as ReplicaSet | undefined)?.spec.replicas ?? 0) -
  ((before as ReplicaSet | undefined)?.spec.replicas ?? 0);

const isSizing = ({ kind, before, after }: WriteEntry): boolean =>
  kind === 'ReplicaSet' && before !== undefined && after !== undefined;

const isAdoption = ({ kind, before, after }: WriteEntry): boolean =>
  kind === 'ReplicaSet' &&
  before !== undefined &&
  after !== undefined &&
  controllerOf(before)?.uid !== controllerOf(after)?.uid;

/** A rollout is on its way, and the size of the Deployment is not the one that it began with. */
function resizingOf(entry: Entry, { acting, seen, ownWrites }: World): Resizing | undefined {
  if (entry.by !== by || acting === undefined) return undefined;
  const deployment = seen.get<Deployment>('Deployment', acting.pass.key);
  if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) {
    return undefined;
  }
  // What it has just adopted it counts, too.
  if (ownWrites.some(isAdoption)) return undefined;
  const { replicas, strategy } = deployment.spec;
  const sets = seen.by<ReplicaSet>('ReplicaSet', 'controller', deployment.metadata.uid);
  const active = sets.filter(({ spec }) => spec.replicas > 0);
  const rolls = strategy.type === 'RollingUpdate' && active.length > 1;
  if (!rolls || !isResized(deployment, sets)) return undefined;
  const newest = newestOf(deployment, sets);
  const { spec, status } = newest ?? { spec: undefined, status: undefined };
  // The newest is all that is needed: the others go at once.
  if (spec?.replicas === replicas && status?.availableReplicas === replicas) return undefined;
  const { surge } = fenceposts(deployment);
  const total = active.reduce((sum, one) => sum + one.spec.replicas, 0);
  const own = [...ownWrites, entry].filter(
    (one): one is WriteEntry => one.type === 'write' && isSizing(one),
  );
  const allowed = replicas > 0 ? replicas + surge : 0;
  const told = active.map(
    ({ metadata, status: { replicas: now } }) =>
      Number(metadata.annotations?.[mostKey] ?? 0) || (deployment.status.replicas ?? now),
  );
  return {
    oneWay: told.every((most) => (allowed - most) * (allowed - total) >= 0),
    difference: allowed - total,
    added: own.reduce((sum, one) => sum + grown(one), 0),
    step: entry.type === 'write' && isSizing(entry) ? grown(entry) : 0,
    sizes: active.map(({ spec: { replicas: before }, metadata: { uid } }) =>
      own.reduce(
        (size, one) => (one.after!.metadata.uid === uid ? size + grown(one) : size),
        before,
      ),
    ),
  };
}

const inProportion: Always = {
  id: 'D-S12',
  claim:
    'a rollout that is resized shares the difference: each part goes the same way, and together they make it up',
  types: ['write', 'reconciled'],
  begin: () => (entry, world) => {
    const isEnd = entry.type === 'reconciled';
    if (entry.type !== 'write' && !isEnd) return undefined;
    const resizing = resizingOf(entry, world);
    if (resizing === undefined) return undefined;
    const { difference, added, step, sizes, oneWay } = resizing;
    const what = `${difference} are to be added`;
    if (oneWay && step * difference < 0)
      return `${(entry as WriteEntry).key} gets ${step}, and ${what}`;
    if (oneWay && Math.abs(added) > Math.abs(difference)) return `${added} are added, and ${what}`;
    if (!isEnd || entry.result.type === 'error' || entry.result.type === 'lost') return undefined;
    // Less than nothing cannot be taken from the largest.
    const isClipped = difference < 0 && sizes.includes(0);
    return added === difference || isClipped ? undefined : `only ${added} are added, and ${what}`;
  },
};

const noDeadline = 2_147_483_647;
const exceeded = 'ProgressDeadlineExceeded';

const progressOf = ({ status }: Deployment) =>
  status.conditions?.find(({ type }) => type === 'Progressing');

const patient = onWriteOf(
  ['Deployment'],
  'D-S11b',
  'a rollout is given up only when it made no progress for its deadline',
  (entry) => {
    if (entry.by !== by || entry.kind !== 'Deployment' || entry.after === undefined)
      return undefined;
    const after = entry.after as Deployment;
    const before = entry.before as Deployment | undefined;
    const was = before && progressOf(before);
    if (progressOf(after)?.reason !== exceeded || was?.reason === exceeded) return undefined;
    const { progressDeadlineSeconds: seconds = noDeadline } = after.spec;
    const since = was?.lastUpdateTime === undefined ? 0 : parseTimestamp(was.lastUpdateTime);
    if (entry.t - since < seconds * 1000) {
      return `${entry.key} is given up ${entry.t - since} ms after its last progress, and has ${seconds} s`;
    }
    const counts = ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;
    const more = counts.find((name) => (after.status[name] ?? 0) > (before?.status[name] ?? 0));
    return more === undefined
      ? undefined
      : `${entry.key} is given up, and has more ${more} than before`;
  },
);

const givenUp: Eventually = {
  id: 'D-S11',
  claim:
    'at rest a rollout that is not complete is told to have exceeded its deadline, if it has one',
  holds({ now }) {
    for (const deployment of now.list<Deployment>('Deployment')) {
      const { metadata, spec, status } = deployment;
      const { progressDeadlineSeconds: seconds = noDeadline, replicas } = spec;
      const sets = now.by<ReplicaSet>('ReplicaSet', 'controller', metadata.uid);
      // The scale path says nothing of progress.
      const isExempt = metadata.deletionTimestamp !== undefined || isResized(deployment, sets);
      if (isExempt || seconds === noDeadline) continue;
      const { replicas: all = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
      if (all === replicas && updatedReplicas === replicas && availableReplicas === replicas)
        continue;
      const told = progressOf(deployment);
      // It was complete, and only grew since.
      if (told?.reason === 'NewReplicaSetAvailable') continue;
      if (told?.status !== 'False' || told.reason !== exceeded) {
        return `${metadata.name} has ${availableReplicas} of ${replicas} available, and says ${told?.reason} of its progress`;
      }
    }
    return undefined;
  },
};

export const deploymentResizing: Properties = {
  always: [inProportion, patient],
  eventually: [givenUp],
  sometimes: [
    {
      id: 'D-W3',
      claim: 'a rollout is resized on its way',
      seen: (entry, world) => entry.type === 'write' && (resizingOf(entry, world)?.step ?? 0) !== 0,
    },
  ],
};
