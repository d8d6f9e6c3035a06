/** Running counts of a ReplicaSet's Pods: as if each had been looked at (design §5). */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countPods } from '../../src/controllers/replicaset/counts.ts';
import { Tallies } from '../../src/controllers/replicaset/tallies.ts';
import type { Any } from '../apiserver/cluster.ts';

const test = suite('tallies of Pods');

const replicaSet = (minReadySeconds = 0): Any => ({
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default', uid: 'rs' },
  spec: {
    replicas: 3,
    minReadySeconds,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web', tier: 'front' } }, spec: {} },
  },
});

const matches = (labels: Any): boolean => labels?.app === 'web';

const ref = (kind: string, uid: string): Any => ({ kind, name: uid, uid, controller: true });

/** Owned by the ReplicaSet, by a Job that has taken its uid, by another ReplicaSet, by nobody. */
const owners = [ref('ReplicaSet', 'rs'), ref('Job', 'rs'), ref('ReplicaSet', 'other'), undefined];

const labels = [
  { app: 'web', tier: 'front' },
  { tier: 'front', app: 'web' },
  { app: 'web' },
  { app: 'web', tier: 'back' },
];

const pods = fc.record({
  name: fc.integer({ min: 0, max: 4 }),
  owner: fc.constantFrom(...owners),
  labels: fc.constantFrom(...labels),
  phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'),
  ready: fc.boolean(),
  deleting: fc.boolean(),
  gone: fc.boolean(),
});

type Change = typeof pods extends fc.Arbitrary<infer T> ? T : never;

const podOf = ({ name, owner, labels: own, phase, ready, deleting }: Change): Any => ({
  kind: 'Pod',
  metadata: {
    name: `p${name}`,
    labels: own,
    ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
  },
  status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

/** The tallies, and the Pods that are there, after these changes. */
function after(changes: readonly Change[]): { tallies: Tallies; there: readonly Any[] } {
  const tallies = new Tallies('ReplicaSet');
  const there = new Map<number, Any>();
  for (const change of changes) {
    const old = there.get(change.name);
    const object = podOf(change);
    if (change.gone) {
      if (old === undefined) continue;
      there.delete(change.name);
      tallies.observe({ type: 'DELETED', object, old } as Any);
      continue;
    }
    there.set(change.name, object);
    tallies.observe({ type: old === undefined ? 'ADDED' : 'MODIFIED', object, old } as Any);
  }
  return { tallies, there: [...there.values()] };
}

test('[ctl-02 A.3] whatever happened to Pods, they come to what looking at each would count', () => {
  fc.assert(
    fc.property(fc.array(pods, { maxLength: 40 }), (changes) => {
      const { tallies, there } = after(changes);
      const own = there.filter(({ metadata: { ownerReferences = [] } }) =>
        ownerReferences.some(({ kind, uid }: Any) => kind === 'ReplicaSet' && uid === 'rs'),
      );
      const ended = ({ status }: Any) => status.phase === 'Succeeded' || status.phase === 'Failed';
      const left = own.filter((pod) => !ended(pod));
      const going = left.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
      const active = left.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const expected = countPods(replicaSet(), active, going.length, 0);
      assert.equal(tallies.countsOf(replicaSet(), matches), expected);
    }),
    { numRuns: 300 },
  );
});

const one = (change: Partial<Change>): Change => ({
  name: 0,
  owner: owners[0],
  labels: labels[0]!,
  phase: 'Running',
  ready: true,
  deleting: false,
  gone: false,
  ...change,
});

test('[ctl-02 A.1] an active Pod that is to be released has to be looked at', () => {
  const foreign = { app: 'other' } as Any;
  const { tallies } = after([one({}), one({ name: 1, labels: foreign })]);
  assert.is(tallies.countsOf(replicaSet(), matches), undefined);
  const ended = after([one({}), one({ name: 1, labels: foreign, phase: 'Failed' })]);
  assert.is(ended.tallies.countsOf(replicaSet(), matches)?.active, 1);
});

test('[ctl-02 A.3] Pods that become available by waiting have to be looked at', () => {
  const { tallies } = after([one({})]);
  assert.is(tallies.countsOf(replicaSet(10), matches), undefined);
  const pending = after([one({ ready: false })]);
  assert.is(pending.tallies.countsOf(replicaSet(10), matches)?.active, 1);
});

test.run();
