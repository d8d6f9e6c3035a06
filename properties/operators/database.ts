/**
 * A small operator as users write them, and as it should be: the mutants of `mutants/operator.ts` are
 * what others got wrong in its place.
 *
 * A Database has a config, a certificate, one volume and one Pod per member, a monitor if it asks for
 * one, and a backup that nobody owns, as if it were outside of the cluster. Members are replaced one at
 * a time when what they are made of changes. Whatever cannot be made good again is only done after a live
 * look: the cache may be of the past.
 */
import { deepEqual } from '../../src/api/equal.ts';
import {
  isBeingDeleted,
  type Key,
  type KubeObject,
  makeKey,
  type OwnerReference,
} from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodReady } from '../../src/api/pod/podstatus.ts';
import type { Requests } from '../../src/sim/component.ts';
import {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from '../../src/sim/controller.ts';
import { type Database, databaseKind as kind } from './definition.ts';

const finalizer = 'example.com/backup';

export const databaseOperator = (): Controller => ({
  name: 'database-operator',
  watches: [kind, 'Pod', 'ConfigMap', 'Secret'],
  keysFor({ kind: changed, key, object }, { queue }) {
    if (changed === kind) return queue.add(key);
    const { namespace, ownerReferences = [] } = object.metadata;
    for (const owner of ownerReferences) {
      if (owner.kind === 'Database') queue.add(makeKey(namespace, owner.name));
    }
  },
  reconcile,
});

type Step = (database: Database, context: ControllerContext) => Requests<Outcome>;

const steps: readonly Step[] = [
  ensureConfig,
  ensureCertificate,
  ensureBackup,
  ensureMonitor,
  ensureVolumes,
  ensureMembers,
  removeSurplus,
  replaceMembers,
  updateStatus,
];

function* reconcile(key: Key, context: ControllerContext): Requests<Outcome> {
  const database = context.view.get<Database>(kind, key);
  if (database === undefined) return undefined;
  if (isBeingDeleted(database)) {
    const outcome = yield* finish(database);
    return outcome;
  }
  const { finalizers = [] } = database.metadata;
  if (!finalizers.includes(finalizer)) {
    const metadata = { ...database.metadata, finalizers: [...finalizers, finalizer] };
    return yield* send({ verb: 'update', kind, object: { ...database, metadata } });
  }
  for (const step of steps) {
    const outcome = yield* step(database, context);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** What no owner takes along goes first, then the finalizer. */
function* finish(database: Database): Requests<Outcome> {
  const { finalizers = [] } = database.metadata;
  if (!finalizers.includes(finalizer)) return undefined;
  const live = yield* liveOf(database);
  if (live === undefined || !isBeingDeleted(live)) return undefined;
  const backup = yield* call({ verb: 'get', kind: 'ConfigMap', ...named(database, 'backup') });
  const outcome = backup.ok ? yield* remove(backup.object) : undefined;
  if (outcome !== undefined) return outcome;
  const left = finalizers.filter((one) => one !== finalizer);
  const { finalizers: _all, ...metadata } = database.metadata;
  const object = {
    ...database,
    metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left },
  };
  return yield* send({ verb: 'update', kind, object });
}

/** This very resource as it is now; undefined if it is gone, even if another has its name. */
function* liveOf({
  metadata: { namespace = '', name, uid },
}: Database): Requests<Database | undefined> {
  const found = yield* call<Database>({ verb: 'get', kind, namespace, name });
  return found.ok && found.object.metadata.uid === uid ? found.object : undefined;
}

/** One request whose failure ends the pass: it is tried again, on newer caches. */
function* send(request: Parameters<typeof call>[0]): Requests<Outcome> {
  const response = yield* call(request);
  if (response.ok) return undefined;
  return failed(response.status);
}

const ownerOf = ({ metadata: { name, uid } }: Database): OwnerReference => ({
  apiVersion: 'example.com/v1',
  kind: 'Database',
  name,
  uid,
  controller: true,
});

const named = ({ metadata: { namespace = '', name } }: Database, part: string) => ({
  namespace,
  name: `${name}-${part}`,
});

/** What the members are configured with: another config needs another process. */
const configOf = ({ spec: { image, storage } }: Database) => ({ image, storage });

function* ensureData(
  database: Database,
  { view }: ControllerContext,
  what: { readonly kind: string; readonly part: string; readonly owned?: false },
  data: Readonly<Record<string, string>>,
): Requests<Outcome> {
  const { namespace, name } = named(database, what.part);
  const found = view.get<KubeObject & { data?: object }>(what.kind, makeKey(namespace, name));
  if (found === undefined) {
    const ownerReferences = what.owned === false ? [] : [ownerOf(database)];
    const metadata = { name, namespace, ownerReferences };
    const object = { apiVersion: 'v1', kind: what.kind, metadata, data };
    return yield* send({ verb: 'create', kind: what.kind, namespace, object });
  }
  if (deepEqual(found.data, data)) return undefined;
  const object = { ...found, data };
  return yield* send({ verb: 'update', kind: what.kind, object });
}

function* ensureConfig(database: Database, context: ControllerContext): Requests<Outcome> {
  const what = { kind: 'ConfigMap', part: 'config' };
  return yield* ensureData(database, context, what, configOf(database));
}

function* ensureCertificate(database: Database, context: ControllerContext): Requests<Outcome> {
  const what = { kind: 'Secret', part: 'tls' };
  return yield* ensureData(database, context, what, { key: 'c2VjcmV0' });
}

function* ensureBackup(database: Database, context: ControllerContext): Requests<Outcome> {
  const what = { kind: 'ConfigMap', part: 'backup', owned: false as const };
  const { namespace, name } = named(database, what.part);
  if (context.view.get(what.kind, makeKey(namespace, name)) === undefined) {
    const live = yield* liveOf(database);
    if (live === undefined || isBeingDeleted(live)) return { error: 'the cache is of the past' };
  }
  return yield* ensureData(database, context, what, { of: database.metadata.name });
}

function* ensureMonitor(database: Database, context: ControllerContext): Requests<Outcome> {
  const { monitoring } = database.spec;
  const what = { kind: 'ConfigMap', part: 'monitor' };
  if (monitoring !== undefined) {
    return yield* ensureData(database, context, what, { port: String(monitoring.port) });
  }
  const { namespace, name } = named(database, what.part);
  const found = context.view.get(what.kind, makeKey(namespace, name));
  if (found === undefined) return undefined;
  const live = yield* liveOf(database);
  if (live === undefined || live.spec.monitoring !== undefined) return undefined;
  return yield* remove(found);
}

function* ensureVolumes(database: Database, context: ControllerContext): Requests<Outcome> {
  for (let i = 0; i < database.spec.replicas; i++) {
    const what = { kind: 'ConfigMap', part: `volume-${i}` };
    const outcome = yield* ensureData(database, context, what, { size: database.spec.storage });
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** The number at the end of a member's or a volume's name. */
export const ordinalOf = ({ metadata: { name } }: KubeObject): number =>
  Number(/-(\d+)$/.exec(name)?.[1] ?? Number.NaN);

const ownedBy = <T extends KubeObject>(
  { metadata: { uid } }: Database,
  { view }: ControllerContext,
  what: string,
): readonly T[] => [...view.by<T>(what, 'owner', uid)].sort((a, b) => ordinalOf(b) - ordinalOf(a));

const configAnnotation = 'example.com/config';

const hashOf = (database: Database): string => JSON.stringify(configOf(database));

function podFor(database: Database, ordinal: number) {
  const { name, namespace } = named(database, String(ordinal));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { database: database.metadata.name },
      annotations: { [configAnnotation]: hashOf(database) },
      ownerReferences: [ownerOf(database)],
    },
    spec: { containers: [{ name: 'db', image: database.spec.image }] },
  };
}

function* ensureMembers(database: Database, context: ControllerContext): Requests<Outcome> {
  const there = new Set(ownedBy(database, context, 'Pod').map(ordinalOf));
  for (let i = 0; i < database.spec.replicas; i++) {
    if (there.has(i)) continue;
    const object = podFor(database, i);
    const { namespace } = object.metadata;
    const outcome = yield* send({ verb: 'create', kind: 'Pod', namespace, object });
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** Deletes this very object, and none of the same name that came after it. */
function* remove({ kind: what, metadata }: KubeObject): Requests<Outcome> {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  const options = { preconditions: { uid, resourceVersion } };
  const deleted = yield* call({ verb: 'delete', kind: what, namespace, name, options });
  return deleted.ok || deleted.status.reason === 'NotFound' ? undefined : failed(deleted.status);
}

/** Members beyond the size, and volumes whose member is gone. */
function* removeSurplus(database: Database, context: ControllerContext): Requests<Outcome> {
  const { replicas } = database.spec;
  const pods = ownedBy<Pod>(database, context, 'Pod');
  for (const pod of pods.filter((one) => ordinalOf(one) >= replicas && !isBeingDeleted(one))) {
    const outcome = yield* remove(pod);
    if (outcome !== undefined) return outcome;
  }
  const used = new Set(pods.map(ordinalOf));
  const volumes = ownedBy(database, context, 'ConfigMap');
  for (const volume of volumes.filter((one) => ordinalOf(one) >= replicas)) {
    if (used.has(ordinalOf(volume))) continue;
    const outcome = yield* remove(volume);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** One member at a time; those that do not work anyway need no waiting. */
function* replaceMembers(database: Database, context: ControllerContext): Requests<Outcome> {
  const { replicas } = database.spec;
  const hash = hashOf(database);
  const outdated = ownedBy<Pod>(database, context, 'Pod').filter(
    (pod) =>
      ordinalOf(pod) < replicas &&
      !isBeingDeleted(pod) &&
      pod.metadata.annotations?.[configAnnotation] !== hash,
  );
  const victim = outdated.find((pod) => !isPodReady(pod)) ?? outdated[0];
  if (victim === undefined) return undefined;
  if (isPodReady(victim) && !(yield* allReady(database))) return undefined;
  return yield* remove(victim);
}

/** By a live look: a cache may not show that a member has just been taken down. */
function* allReady({ metadata, spec }: Database): Requests<boolean> {
  const { namespace = '', name } = metadata;
  const labelSelector = `database=${name}`;
  const found = yield { verb: 'list', kind: 'Pod', namespace, labelSelector };
  if (!found.ok) return false;
  const pods = (found.list?.items ?? []) as readonly Pod[];
  const ready = pods.filter(
    (pod) => ordinalOf(pod) < spec.replicas && isPodReady(pod) && !isBeingDeleted(pod),
  );
  return ready.length === spec.replicas;
}

function* updateStatus(database: Database, context: ControllerContext): Requests<Outcome> {
  const { replicas } = database.spec;
  const hash = hashOf(database);
  const ready = ownedBy<Pod>(database, context, 'Pod').filter(
    (pod) =>
      ordinalOf(pod) < replicas &&
      isPodReady(pod) &&
      pod.metadata.annotations?.[configAnnotation] === hash,
  ).length;
  const status = {
    ready,
    phase: ready === replicas ? 'Ready' : 'Updating',
    observedGeneration: database.metadata.generation ?? 0,
  };
  if (deepEqual(status, database.status)) return undefined;
  const object = { ...database, status };
  return yield* send({ verb: 'update', kind, subresource: 'status', object });
}
