/** What the API server and the log promise (properties §1, G). */

import { kindIn } from '../src/api/custom/index.ts';
import { deepEqual } from '../src/api/equal.ts';
import type { KubeObject } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import { conditional, nothingLost } from './optimistic.ts';
import { isFailedByOldCache } from './podgc/oldcache.ts';
import { type Always, type Eventually, type Judged, onWrite, type Properties } from './rule.ts';

const revisions: Always = {
  id: 'G1',
  claim: 'every accepted write has the next revision, and its object carries it',
  types: ['write'],
  begin() {
    let last = -1;
    return (entry) => {
      if (entry.type !== 'write') return undefined;
      const expected = last < 0 ? entry.revision : last + 1;
      last = entry.revision;
      if (entry.revision !== expected) return `revision ${entry.revision} follows ${expected - 1}`;
      const { after } = entry;
      if (after === undefined || Number(after.metadata.resourceVersion) === entry.revision)
        return undefined;
      return `${after.kind} ${entry.key} says resourceVersion ${after.metadata.resourceVersion} at revision ${entry.revision}`;
    };
  },
};

const uids: Always = {
  id: 'G3',
  claim: 'a uid is used once, and one key has one live object',
  types: ['write'],
  begin() {
    const used = new Set<string>();
    return (entry) => {
      if (entry.type !== 'write' || entry.before !== undefined) return undefined;
      const { uid } = entry.after!.metadata;
      if (used.has(uid)) return `${entry.kind} ${entry.key} has the uid of another object`;
      used.add(uid);
      return undefined;
    };
  },
};

/** The spec; of a kind that has none, all but metadata and status; of an EndpointSlice, labels too. */
function wishOf(object: KubeObject): unknown {
  if (object.spec !== undefined) return object.spec;
  const { metadata, status, ...rest } = object;
  return object.kind === 'EndpointSlice' ? { ...rest, labels: metadata.labels } : rest;
}

const generations = onWrite(
  'G4',
  'generation grows by one exactly when what is wished for changes or deletion is asked for',
  ({ before, after, kind, subresource }, { now }) => {
    if (before === undefined || after === undefined) return undefined;
    if (kindIn(kind, now)?.generation === undefined) return undefined;
    const grown = (after.metadata.generation ?? 0) - (before.metadata.generation ?? 0);
    const marked =
      before.metadata.deletionTimestamp === undefined &&
      after.metadata.deletionTimestamp !== undefined;
    if (subresource === 'binding') return undefined;
    const annotated =
      kind === 'Deployment' &&
      subresource !== 'status' &&
      !deepEqual(before.metadata.annotations, after.metadata.annotations);
    const changed = !deepEqual(wishOf(before), wishOf(after)) || annotated;
    if (subresource === 'status' && changed) return 'a status write changed the spec';
    const expected = Number(changed) + Number(marked);
    return grown === expected ? undefined : `generation grew by ${grown}, not ${expected}`;
  },
);

const deletions = onWrite(
  'G5',
  'a deletion mark is never taken back, no finalizer is added under it, grace only gets shorter',
  ({ before, after, key }) => {
    if (before?.metadata.deletionTimestamp === undefined || after === undefined) return undefined;
    const [was, is] = [before.metadata, after.metadata];
    if (is.deletionTimestamp === undefined) return `the deletion of ${key} was taken back`;
    const added = (is.finalizers ?? []).filter((f) => !(was.finalizers ?? []).includes(f));
    if (added.length > 0) return `finalizer ${added[0]} was added to ${key} while it is deleted`;
    if ((is.deletionGracePeriodSeconds ?? 0) > (was.deletionGracePeriodSeconds ?? 0)) {
      return `the grace of ${key} grew`;
    }
    return undefined;
  },
);

/** The garbage collector's own, which another propagation policy takes away. */
const ofCollector = new Set(['orphan', 'foregroundDeletion']);

const removals = onWrite(
  'G6',
  'an object with finalizers is never removed, and an update removes only what is being deleted',
  ({ before, after, key, verb }) => {
    if (before === undefined || after !== undefined) return undefined;
    const { finalizers = [], deletionTimestamp } = before.metadata;
    const left = finalizers.filter((one) => !ofCollector.has(one));
    if (verb === 'delete' && left.length > 0)
      return `${key} was removed with finalizers ${left.join(', ')}`;
    return verb !== 'delete' && deletionTimestamp === undefined
      ? `an update removed ${key}`
      : undefined;
  },
);

const immutables = onWrite(
  'G7',
  'at most one controllerRef, and selectors, nodes of Pods and volumes of claims stay',
  ({ before, after, key }) => {
    if (after === undefined) return undefined;
    const controllers = (after.metadata.ownerReferences ?? []).filter(
      (ref) => ref.controller === true,
    );
    if (controllers.length > 1) return `${key} has ${controllers.length} controllers`;
    if (before === undefined) return undefined;
    const [was, is] = [before, after] as [Partial<Pod> & KubeObject, Partial<Pod> & KubeObject];
    const { selector: oldSelector } = (was.spec ?? {}) as { selector?: unknown };
    const { selector } = (is.spec ?? {}) as { selector?: unknown };
    if (!selectsAnew.has(after.kind) && !deepEqual(oldSelector, selector))
      return `the selector of ${key} changed`;
    const node = was.kind === 'Pod' ? was.spec?.nodeName : undefined;
    if (node !== undefined && node !== is.spec?.nodeName) return `${key} moved from node ${node}`;
    const volumeOf = ({ spec }: KubeObject) =>
      (spec as { volumeName?: string } | undefined)?.volumeName;
    if (
      after.kind === 'PersistentVolumeClaim' &&
      volumeOf(before) !== undefined &&
      volumeOf(before) !== volumeOf(after)
    ) {
      return `claim ${key} left volume ${volumeOf(before)}`;
    }
    return undefined;
  },
);

/** Kinds whose selector is none, or may change. */
const selectsAnew = new Set(['Pod', 'Service', 'ReplicationController']);

const observed = onWrite(
  'G9',
  'observedGeneration never exceeds generation and never falls',
  ({ before, after, key, kind }, { now }) => {
    const of = (object: KubeObject | undefined) =>
      (object?.status as { observedGeneration?: number } | undefined)?.observedGeneration ?? 0;
    if (after === undefined || kindIn(kind, now)?.generation === undefined) return undefined;
    if (after.kind === 'Pod') return undefined;
    if (of(after) > (after.metadata.generation ?? 0)) return `${key} observes the future`;
    return of(after) < of(before) ? `observedGeneration of ${key} fell` : undefined;
  },
);

const noops = onWrite('G11', 'a write that changes nothing is not written', (entry) => {
  const { before, after, key } = entry;
  if (before === undefined || after === undefined) return undefined;
  return sameButVersion(before, after) ? `${entry.by} wrote ${key} as it was` : undefined;
});

function sameButVersion(a: KubeObject, b: KubeObject): boolean {
  if (a.spec !== b.spec || a.status !== b.status) return false;
  const { resourceVersion: _a, ...left } = a.metadata;
  const { resourceVersion: _b, ...right } = b.metadata;
  return deepEqual({ ...a, metadata: left }, { ...b, metadata: right });
}

/** How it ended, if it did. */
function endOf(object: KubeObject): string | undefined {
  const { phase, conditions = [] } = (object.status ?? {}) as Partial<Pod['status']>;
  if (object.kind === 'Pod') return phase === 'Succeeded' || phase === 'Failed' ? phase : undefined;
  if (object.kind !== 'Job') return undefined;
  const ended = ({ type, status }: { readonly type: string; readonly status: string }) =>
    status === 'True' && (type === 'Complete' || type === 'Failed');
  return conditions.find(ended)?.type;
}

const terminal = onWrite('G14', 'what is finished stays finished', (entry, world) => {
  const { before, after, key } = entry;
  if (before === undefined || after === undefined) return undefined;
  const [was, is] = [endOf(before), endOf(after)];
  if (was === undefined || was === is || isFailedByOldCache(entry, world)) return undefined;
  return `${key} was ${was}, and is ${is ?? 'not'}`;
});

/** The write that follows had no reply: its author may think that it failed. */
const isUnknown = (entry: Entry | undefined): boolean =>
  entry?.type === 'fault' && entry.fault === 'reply lost';

const ownConflict: Always = {
  id: 'U-L2',
  claim: 'no pass conflicts with its own write',
  types: ['rejected'],
  begin:
    () =>
    (entry, world): Judged => {
      if (entry.type !== 'rejected' || entry.reason !== 'Conflict' || world.acting === undefined)
        return undefined;
      // Upstream's namespace controller does so, and reads again: it goes on with what it read first.
      if (entry.kind === 'Namespace' && entry.subresource === 'finalize') return undefined;
      // And its history of revisions, which has adopted one and numbers it anew from the list before.
      if (entry.kind === 'ControllerRevision') return undefined;
      const own = world.ownWrites.findLast(
        ({ kind, key }) => kind === entry.kind && key === entry.key,
      );
      const { log, store } = world.simulation;
      const last = store.writeOf(entry.kind, entry.key)?.n;
      if (own !== undefined && isUnknown(log.at(own.n - 1))) return undefined;
      return own === undefined || own.n !== last
        ? undefined
        : `${entry.by} wrote ${entry.key} in #${own.n} and conflicts with it`;
    },
};

const folds: Eventually = {
  id: 'G12',
  claim: 'the fold of the log is the state',
  holds({ simulation, now }) {
    const state = new Map<string, KubeObject>();
    for (const entry of simulation.log.entries) {
      if (entry.type !== 'write') continue;
      const id = `${entry.kind} ${entry.key}`;
      if (entry.after === undefined) state.delete(id);
      else state.set(id, entry.after);
    }
    let objects = 0;
    for (const kind of simulation.store.kinds) objects += now.list(kind).length;
    if (objects !== state.size) return `${state.size} objects in the log, ${objects} in the store`;
    for (const [id, object] of state) {
      const [kind = '', key = ''] = id.split(' ');
      if (now.get(kind, key) !== object) return `${id} differs`;
    }
    return undefined;
  },
};

export const api: Properties = {
  always: [
    revisions,
    conditional,
    nothingLost,
    uids,
    generations,
    deletions,
    removals,
    immutables,
    observed,
    noops,
    terminal,
    ownConflict,
  ],
  eventually: [folds],
  sometimes: [
    {
      id: 'G-W1',
      claim: 'a request is refused with a conflict',
      seen: (entry) => entry.type === 'rejected' && entry.reason === 'Conflict',
    },
    {
      id: 'U-W2',
      claim: 'a component dies between two writes of a pass',
      seen: (entry) =>
        entry.type === 'reconciled' && entry.result.type === 'lost' && entry.writes.length > 0,
    },
  ],
};

export const isWriteOf = (entry: WriteEntry, kind: string, by: string): boolean =>
  entry.kind === kind && entry.by === by;
