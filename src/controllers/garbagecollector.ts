/**
 * Garbage collector (ctl-06): deletes what has lost its owners, keeps an owner in foreground
 * deletion until its dependents are gone, and lets go of the dependents of an orphaning one.
 *
 * Upstream keeps a graph of its own; here the `owner` index of the caches is that graph. What it
 * decides, it decides by live reads: a cache that lags must not delete what has an owner.
 */
import { kindIn } from '../api/custom/index.ts';
import { kindNameOf } from '../api/index.ts';
import type { Key, KubeObject, OwnerReference } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import type { PropagationPolicy, Response } from '../apiserver/request.ts';
import type { Requests, WatchEvent } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import type { View } from '../store/view.ts';
import { decide } from './garbagecollector/classify.ts';

/** Kinds that own nothing and are owned by nobody who is collected. */
const ignored = new Set(['Event', 'Lease']);

const isCollected = (kind: string): boolean => !ignored.has(kind);

const absentOwnersMax = 500;

export function garbageCollector(): Controller {
  const absent = new Set<string>();
  return {
    name: 'generic-garbage-collector',
    recorder: 'garbage-collector-controller',
    watches: [],
    watchesEvery: isCollected,
    keysFor,
    reconcile: (key, context) => reconcile(key, context, absent),
    memory: () => [...absent],
  };
}

type Task = 'delete' | 'orphan';

/** The queue's key: what to do, and to which object. A uid keeps namesakes apart. */
const taskKey = (task: Task, object: KubeObject): Key => {
  const { metadata } = object;
  return [task, kindNameOf(object), metadata.namespace ?? '', metadata.name, metadata.uid].join(
    '|',
  );
};

function keysFor(event: WatchEvent, context: ControllerContext): void {
  const { queue, view } = context;
  const { type, object, old } = event;
  if (type === 'DELETED') {
    for (const dependent of dependentsOf(object, view)) queue.add(taskKey('delete', dependent));
    for (const owner of cachedOwners(object, view)) {
      if (isForeground(owner)) queue.add(taskKey('delete', owner));
    }
    return;
  }
  const refs = object.metadata.ownerReferences ?? [];
  const before = old?.metadata.ownerReferences ?? [];
  if (refs !== before && refs.some((ref) => !isCached(ref, object, view))) {
    queue.add(taskKey('delete', object));
    tellForeignOwners(object, before, context);
  }
  for (const ref of before) {
    if (ref.blockOwnerDeletion !== true) continue;
    if (refs.some(({ uid, blockOwnerDeletion }) => uid === ref.uid && blockOwnerDeletion)) continue;
    const owner = cachedOwner(ref, object, view);
    if (owner !== undefined) queue.add(taskKey('delete', owner));
  }
  if (beganDeletion(object, old, 'orphan')) queue.add(taskKey('orphan', object));
  if (beganDeletion(object, old, 'foregroundDeletion')) {
    for (const dependent of dependentsOf(object, view)) queue.add(taskKey('delete', dependent));
    queue.add(taskKey('delete', object));
  }
  if (type === 'ADDED' && object.metadata.deletionTimestamp === undefined) {
    // A dependent of an owner that already waits for its dependents.
    if (cachedOwners(object, view).some(isForeground)) queue.add(taskKey('delete', object));
  }
}

function beganDeletion(
  object: KubeObject,
  old: KubeObject | undefined,
  finalizer: string,
): boolean {
  const marked = (version: KubeObject | undefined) =>
    version?.metadata.deletionTimestamp !== undefined &&
    (version.metadata.finalizers ?? []).includes(finalizer);
  return marked(object) && !marked(old);
}

const isForeground = ({ metadata: { deletionTimestamp, finalizers } }: KubeObject): boolean =>
  deletionTimestamp !== undefined && (finalizers ?? []).includes('foregroundDeletion');

const dependentsOf = ({ metadata: { uid } }: KubeObject, view: View): readonly KubeObject[] =>
  view.kinds.flatMap((kind) => (isCollected(kind) ? view.by(kind, 'owner', uid) : []));

/** Owners are in the dependent's namespace, or have none. */
const ownerKey = (ref: OwnerReference, dependent: KubeObject, view: View): Key =>
  makeKey(
    kindIn(kindNameOf(ref), view)?.namespaced === false ? undefined : dependent.metadata.namespace,
    ref.name,
  );

function cachedOwner(ref: OwnerReference, dependent: KubeObject, view: View) {
  const owner = view.get(kindNameOf(ref), ownerKey(ref, dependent, view));
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

const isCached = (ref: OwnerReference, dependent: KubeObject, view: View): boolean =>
  cachedOwner(ref, dependent, view) !== undefined;

const cachedOwners = (object: KubeObject, view: View): readonly KubeObject[] =>
  (object.metadata.ownerReferences ?? []).flatMap((ref) => cachedOwner(ref, object, view) ?? []);

/** Owners that live in another namespace are none; the dependent is told, and then it goes. */
function tellForeignOwners(
  dependent: KubeObject,
  before: readonly OwnerReference[],
  context: ControllerContext,
): void {
  const { namespace = '', ownerReferences = [] } = dependent.metadata;
  for (const { apiVersion, kind, name, uid } of ownerReferences) {
    if (before.some((known) => known.uid === uid)) continue;
    const owner = context.view
      .list(kindNameOf({ apiVersion, kind }))
      .find(({ metadata }) => metadata.uid === uid);
    const home = owner?.metadata.namespace ?? namespace;
    if (home === namespace) continue;
    const ref = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    const message = `ownerRef ${ref} does not exist in namespace ${JSON.stringify(namespace)}`;
    context.record(dependent, 'Warning', 'OwnerRefInvalidNamespace', message);
  }
}

function* reconcile(key: Key, context: ControllerContext, absent: Set<string>): Requests<Outcome> {
  const [task, kind, namespace, name, uid] = key.split('|') as [
    Task,
    string,
    string,
    string,
    string,
  ];
  const live = yield* call({
    verb: 'get',
    kind,
    ...(namespace === '' ? {} : { namespace }),
    name,
  });
  if (!live.ok)
    return live.status.reason === 'NotFound' ? undefined : { error: live.status.message };
  const object = live.object;
  if (object.metadata.uid !== uid) return undefined;
  if (task === 'orphan') return yield* orphan(object, context);
  const foreground = isForeground(object);
  if (object.metadata.deletionTimestamp !== undefined && !foreground) return undefined;
  if (foreground) return yield* finishForeground(object, context);
  return yield* attemptToDelete(object, context, absent);
}

/** Its last blocking dependent is gone: let it go. Until then, see that they go. */
function* finishForeground(owner: KubeObject, context: ControllerContext): Requests<Outcome> {
  const blocking = dependentsOf(owner, context.view).filter(({ metadata }) =>
    metadata.ownerReferences?.some(
      ({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true,
    ),
  );
  if (blocking.length === 0) return yield* removeFinalizer(owner, 'foregroundDeletion');
  for (const dependent of blocking) {
    if (!isForeground(dependent)) context.queue.add(taskKey('delete', dependent));
  }
  return undefined;
}

function* attemptToDelete(
  object: KubeObject,
  { view }: ControllerContext,
  absent: Set<string>,
): Requests<Outcome> {
  const refs = object.metadata.ownerReferences ?? [];
  if (refs.length === 0) return undefined;
  const dangling: OwnerReference[] = [];
  const waiting: OwnerReference[] = [];
  const solid: OwnerReference[] = [];
  const byState = { solid, absent: dangling, waiting };
  for (const ref of refs) {
    const state = yield* lookUp(ref, object, absent, view);
    if (typeof state === 'object') return state;
    if (state === 'impossible') return undefined;
    byState[state].push(ref);
  }
  const owners = { solid: solid.length, dangling: dangling.length, waiting: waiting.length };
  const dependents = dependentsOf(object, view);
  const decision = decide(owners, dependents.length > 0, object.metadata.finalizers ?? []);
  switch (decision) {
    case 'nothing':
      return unobserved(solid, object, view);
    case 'patch':
      return yield* dropReferences(object, [...dangling, ...waiting]);
    case 'delete Foreground':
      if (waiting.length === 0 || !dependents.some(isForeground)) break;
      // Each would wait for the other.
      return yield* removeUnblocked(object);
  }
  return yield* remove(object, decision.slice('delete '.length) as PropagationPolicy);
}

/**
 * Of an owner that no cache shows yet nobody may ever hear that it goes: one that is made and deleted while
 * a watch is interrupted. So it is looked for again until it is shown, or gone (k/k#56121).
 */
function unobserved(owners: readonly OwnerReference[], dependent: KubeObject, view: View): Outcome {
  const unseen = owners.find((ref) => !isCached(ref, dependent, view));
  return unseen && { error: `the cache does not show ${unseen.kind} ${unseen.name} yet` };
}

/** Impossible: an owner with a namespace, of a dependent without one. Nothing is known then. */
type OwnerState = 'solid' | 'absent' | 'waiting' | 'impossible';

/** A live look at the owner; one known to be absent is not looked for again. */
function* lookUp(
  ref: OwnerReference,
  dependent: KubeObject,
  absent: Set<string>,
  view: View,
): Requests<OwnerState | { readonly error: string }> {
  const identity = [ref.apiVersion, ref.kind, ownerKey(ref, dependent, view), ref.uid].join('|');
  if (absent.has(identity)) return 'absent';
  const kind = kindNameOf(ref);
  const served = kindIn(kind, view);
  if (served === undefined) return { error: `no matches for kind "${ref.kind}"` };
  const { namespaced } = served;
  const { namespace } = dependent.metadata;
  if (namespaced && namespace === undefined) return 'impossible';
  const owner = yield* call({
    verb: 'get',
    kind,
    ...(namespaced && namespace !== undefined ? { namespace } : {}),
    name: ref.name,
  });
  if (!owner.ok && owner.status.reason !== 'NotFound') return { error: owner.status.message };
  if (!owner.ok || owner.object.metadata.uid !== ref.uid) {
    remember(absent, identity);
    return 'absent';
  }
  return isForeground(owner.object) ? 'waiting' : 'solid';
}

function remember(absent: Set<string>, identity: string): void {
  absent.add(identity);
  if (absent.size <= absentOwnersMax) return;
  for (const oldest of absent) {
    absent.delete(oldest);
    break;
  }
}

const named = (object: KubeObject) => {
  const { namespace, name } = object.metadata;
  return { kind: kindNameOf(object), ...(namespace === undefined ? {} : { namespace }), name };
};

/** Takes references off an object. */
function unreferenced(object: KubeObject, uids: readonly string[]): Requests<Response> {
  const { ownerReferences: refs = [] } = object.metadata;
  const changes = uids.map((uid) => ({ $patch: 'delete', uid }));
  return withReferences(
    object,
    changes,
    refs.filter((ref) => !uids.includes(ref.uid)),
  );
}

/** Custom resources know no strategic patches: their whole list is written. */
function* withReferences(
  object: KubeObject,
  changes: readonly object[],
  result: readonly OwnerReference[],
): Requests<Response> {
  const { uid, resourceVersion } = object.metadata;
  const patch = { metadata: { ownerReferences: changes, uid } };
  const target = named(object);
  const patched = yield { verb: 'patch', ...target, patchType: 'strategic', patch };
  if (patched.ok || patched.status.reason !== 'UnsupportedMediaType') return patched;
  const merged = { metadata: { ownerReferences: result, uid, resourceVersion } };
  return yield { verb: 'patch', ...target, patchType: 'merge', patch: merged };
}

/** Blocks its owners no longer, and waits for its own dependents. */
function* removeUnblocked(object: KubeObject): Requests<Outcome> {
  const refs = object.metadata.ownerReferences ?? [];
  const unblocked = (ref: OwnerReference) => ({ ...ref, blockOwnerDeletion: false });
  const blocking = refs.filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true);
  if (blocking.length === 0) return yield* remove(object, 'Foreground');
  const result = refs.map((ref) => (blocking.includes(ref) ? unblocked(ref) : ref));
  const patched = yield* withReferences(object, blocking.map(unblocked), result);
  if (!patched.ok) {
    return patched.status.reason === 'NotFound' ? undefined : { error: patched.status.message };
  }
  return yield* remove(patched.object as KubeObject, 'Foreground');
}

function* remove(object: KubeObject, propagationPolicy: PropagationPolicy): Requests<Outcome> {
  const { uid, resourceVersion } = object.metadata;
  const options = { preconditions: { uid, resourceVersion }, propagationPolicy };
  const deleted = yield* call({ verb: 'delete', ...named(object), options });
  if (deleted.ok || deleted.status.reason === 'NotFound') return undefined;
  return { error: deleted.status.message };
}

function* dropReferences(object: KubeObject, refs: readonly OwnerReference[]): Requests<Outcome> {
  const uids = refs.map(({ uid }) => uid);
  const patched = yield* unreferenced(object, uids);
  if (patched.ok || patched.status.reason === 'NotFound') return undefined;
  return { error: patched.status.message };
}

/** Strips the owner from all its dependents, then lets it go. */
function* orphan(owner: KubeObject, { view }: ControllerContext): Requests<Outcome> {
  for (const dependent of dependentsOf(owner, view)) {
    const patched = yield* unreferenced(dependent, [owner.metadata.uid]);
    if (!patched.ok && !['NotFound', 'Invalid'].includes(patched.status.reason)) {
      return { error: patched.status.message };
    }
  }
  return yield* removeFinalizer(owner, 'orphan');
}

function* removeFinalizer(owner: KubeObject, finalizer: string): Requests<Outcome> {
  const { finalizers = [], resourceVersion } = owner.metadata;
  if (!finalizers.includes(finalizer)) return undefined;
  const left = finalizers.filter((other) => other !== finalizer);
  const patch = { metadata: { resourceVersion, finalizers: left.length === 0 ? null : left } };
  const patched = yield* call({ verb: 'patch', ...named(owner), patchType: 'merge', patch });
  if (patched.ok || patched.status.reason === 'NotFound') return undefined;
  return { error: patched.status.message };
}
