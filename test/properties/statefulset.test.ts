/** Histories of StatefulSets that the real controller does not write. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { statefulSet } from '../../properties/statefulset.ts';
import type { Any } from './judged.ts';

const test = suite('rules of StatefulSets');

const revision = (name: string, number: number): Any => ({
  kind: 'ControllerRevision',
  metadata: {
    name,
    namespace: 'default',
    creationTimestamp: '2026-01-01T00:00:00Z',
    ownerReferences: [{ kind: 'StatefulSet', name: 'db', uid: 's', controller: true }],
  },
  revision: number,
});

/** What is said when a set takes up the first of these revisions. */
function takesUp(...revisions: readonly Any[]): unknown {
  const rule = statefulSet.always!.find(({ id }) => id === 'S-S6')!;
  const view: Any = {
    get: (_kind: string, key: string) =>
      revisions.find(({ metadata }) => key === `default/${metadata.name}`),
    by: (kind: string) => (kind === 'ControllerRevision' ? revisions : []),
  };
  const simulation = { log: { entries: [], length: 0, at: () => undefined } };
  const set = (updateRevision: string): Any => ({
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default', uid: 's' },
    spec: { replicas: 0 },
    status: { replicas: 0, currentReplicas: 0, updatedReplicas: 0, updateRevision },
  });
  const entry = { type: 'write', by: 'statefulset-controller', kind: 'StatefulSet' };
  return rule.begin()(
    { ...entry, before: set(''), after: set(revisions[0].metadata.name) } as Any,
    { now: view, seen: view, ownWrites: [], simulation } as Any,
  );
}

test('[S-S6] the revision that is taken up has the highest number', () => {
  assert.is(takesUp(revision('db-b', 2), revision('db-a', 1)), undefined);
  assert.is(takesUp(revision('db-b', 1), revision('db-c', 2)), 'db-b is no newer than db-c');
});

test('[S-S6] of two that were made blindly, with one number, it is the later by name', () => {
  assert.is(takesUp(revision('db-b', 1), revision('db-a', 1)), undefined);
  assert.is(takesUp(revision('db-b', 1), revision('db-c', 1)), 'db-b is no newer than db-c');
});

const pod = (ordinal: number, ready: boolean, owned = true): Any => ({
  kind: 'Pod',
  metadata: {
    name: `db-${ordinal}`,
    namespace: 'default',
    uid: `p${ordinal}`,
    labels: { app: 'db' },
    ...(owned
      ? { ownerReferences: [{ kind: 'StatefulSet', name: 'db', uid: 's', controller: true }] }
      : {}),
  },
  status: {
    phase: ready ? 'Running' : 'Pending',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});

/** What is said when db-1 is created: the cache shows db-0 so, and it is so. */
function creates(seen: Any, now: Any): unknown {
  const rule = statefulSet.always!.find(({ id }) => id === 'S-S2')!;
  const set: Any = {
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default', uid: 's' },
    spec: {
      replicas: 2,
      podManagementPolicy: 'OrderedReady',
      selector: { matchLabels: { app: 'db' } },
    },
  };
  const view = (one: Any): Any => ({
    get: (kind: string) => (kind === 'StatefulSet' ? set : one),
    by: () => [one],
    list: () => [one],
  });
  const entry = { type: 'write', by: 'statefulset-controller', kind: 'Pod', key: 'default/db-1' };
  return rule.begin()(
    { ...entry, verb: 'create', before: undefined, after: pod(1, false) } as Any,
    {
      now: view(now),
      seen: view(seen),
      acting: { pass: { key: 'default/db' } },
      ownWrites: [],
      simulation: { now: 0, log: { entries: [], length: 0, at: () => undefined } },
    } as Any,
  );
}

test('[S-S2] a Pod is created when the one before it is well as the cache shows it', () => {
  assert.is(creates(pod(0, true), pod(0, true)), undefined);
  assert.is(creates(pod(0, false), pod(0, false)), 'default/db-1 is created while 0 is not well');
  assert.is(creates(pod(0, false), pod(0, true)), 'default/db-1 is created while 0 is not well');
});

test('[S-S2] an orphan is known as it was when it was adopted, however late the cache', () => {
  assert.is(creates(pod(0, false, false), pod(0, true)), undefined);
  const early = creates(pod(0, false, false), pod(0, false));
  assert.is(early, 'default/db-1 is created while 0 is not well');
});

/** What is said when db-0 is deleted for an update, the cache showing db-1 as it is in `now`, but for `more`. */
function updates(more: object): unknown {
  const rule = statefulSet.always!.find(({ id }) => id === 'S-S3')!;
  const set: Any = {
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default', uid: 's' },
    spec: {
      replicas: 2,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'db' } },
      template: { spec: { containers: [] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } },
    },
  };
  const [first, second] = [pod(0, true), pod(1, true)];
  const now = { ...second, metadata: { ...second.metadata, ...more } };
  const template = { spec: { containers: [] } };
  const newest = { ...revision('db-b', 2), data: { spec: { template } } };
  const view = (pods: readonly Any[]): Any => ({
    get: (kind: string, key: string) =>
      kind === 'StatefulSet'
        ? set
        : pods.find(({ metadata }) => key === `default/${metadata.name}`),
    by: (kind: string) => (kind === 'ControllerRevision' ? [newest] : pods),
    list: () => pods,
  });
  const entry = { type: 'write', by: 'statefulset-controller', kind: 'Pod', key: 'default/db-0' };
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const after = { ...first, metadata: { ...first.metadata, deletionTimestamp } };
  return rule.begin()(
    { ...entry, verb: 'delete', before: first, after } as Any,
    {
      now: view([first, now]),
      seen: view([first, second]),
      acting: { pass: { key: 'default/db' } },
      ownWrites: [],
      simulation: { now: 0, log: { entries: [], length: 0, at: () => undefined } },
    } as Any,
  );
}

test('[S-S3] the highest ordinal is updated first, unless somebody else has deleted it', () => {
  assert.is(updates({}), '0 is updated before 1');
  assert.is(updates({ deletionTimestamp: '2026-01-01T00:00:00Z' }), undefined);
  assert.is(updates({ uid: 'another' }), undefined);
});

test.run();
