/** The rules about the API server, on writes that break them: each can fail. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { api } from '../../properties/api.ts';
import type { World } from '../../properties/rule.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Request } from '../../src/apiserver/request.ts';
import type { WriteEntry, WriteVerb } from '../../src/log/entry.ts';
import { createCluster } from '../../src/sim/cluster.ts';

const test = suite('rules about the API server');

const { simulation } = createCluster({ nodes: [], events: false });
const now = simulation.store.view();
const plain = { simulation, now, seen: now, acting: undefined, ownWrites: [] } as unknown as World;

const object = (kind: string, metadata: object, rest: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x', namespace: 'default', uid: 'u', ...metadata },
    ...rest,
  }) as KubeObject;

const write = (
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  verb: WriteVerb = 'update',
  revision = 7,
): WriteEntry => {
  const { kind } = (after ?? before)!;
  const common = { n: 1, t: 0, by: 'canary', causes: [], type: 'write' as const };
  return { ...common, verb, kind, key: 'default/x', revision, before, after };
};

/** What the rule says of these writes, one after the other: of the last. */
function judged(
  id: string,
  entries: readonly WriteEntry[],
  world: World = plain,
): string | undefined {
  const judge = api.always!.find((one) => one.id === id)!.begin();
  return entries.map((entry) => judge(entry, world)).at(-1);
}

/** A pass that sends this request, and saw the object so. */
const sending = (request: unknown, saw?: KubeObject): World =>
  ({
    ...plain,
    acting: { request: request as Request },
    seen: { get: () => saw },
  }) as unknown as World;

const at = (resourceVersion: string, rest: object = {}, kind = 'Pod') =>
  object(kind, { resourceVersion }, rest);

test('[G1] a revision that is left out, and an object with another than its own', () => {
  const [a, b] = [write(undefined, at('7')), write(at('7'), at('9'), 'update', 9)];
  assert.match(judged('G1', [a, b])!, 'revision 9 follows 7');
  assert.match(judged('G1', [write(undefined, at('6'))])!, 'says resourceVersion 6 at revision 7');
  assert.is(judged('G1', [a, write(at('7'), at('8'), 'update', 8)]), undefined);
});

test('[G2] an update of an old version, and a deletion of another object', () => {
  const update = { verb: 'update', kind: 'Pod', object: at('5') };
  assert.match(judged('G2', [write(at('6'), at('7'))], sending(update))!, 'meant to be at 5');
  assert.is(judged('G2', [write(at('5'), at('7'))], sending(update)), undefined);
  const options = { preconditions: { uid: 'other' } };
  const remove = { verb: 'delete', kind: 'Pod', namespace: 'default', name: 'x', options };
  assert.match(
    judged('G2', [write(at('6'), undefined, 'delete')], sending(remove))!,
    /another Pod/,
  );
});

test('[G3] a uid that comes again', () => {
  const one = write(undefined, at('7'), 'create');
  assert.match(judged('G3', [one, one])!, 'has the uid of another object');
});

test('[G4] a spec that changes without its generation', () => {
  const spec = (replicas: number) =>
    object('ReplicaSet', { generation: 1 }, { spec: { replicas } });
  assert.match(judged('G4', [write(spec(1), spec(2))])!, 'generation grew by 0, not 1');
});

test('[G5] a deletion that is taken back, a finalizer that comes late, grace that grows', () => {
  const marked = (more: object = {}) => object('Pod', { deletionTimestamp: 't', ...more });
  assert.match(judged('G5', [write(marked(), object('Pod', {}))])!, 'was taken back');
  assert.match(
    judged('G5', [write(marked(), marked({ finalizers: ['a/b'] }))])!,
    'finalizer a/b was added',
  );
  const grace = (deletionGracePeriodSeconds: number) => marked({ deletionGracePeriodSeconds });
  assert.match(judged('G5', [write(grace(5), grace(9))])!, 'grew');
});

test('[G6] what a finalizer holds is removed, or what nobody deleted', () => {
  const held = object('Pod', { finalizers: ['a/b'] });
  assert.match(judged('G6', [write(held, undefined, 'delete')])!, 'removed with finalizers a/b');
  assert.match(judged('G6', [write(object('Pod', {}), undefined)])!, 'an update removed');
  const collected = object('Pod', { finalizers: ['orphan'], deletionTimestamp: 't' });
  assert.is(judged('G6', [write(collected, undefined, 'delete')]), undefined);
});

test('[G7] two controllers, another selector, another node, another volume', () => {
  const ref = { controller: true };
  assert.match(
    judged('G7', [write(undefined, object('Pod', { ownerReferences: [ref, ref] }))])!,
    '2 controllers',
  );
  const selecting = (app: string) => object('ReplicaSet', {}, { spec: { selector: { app } } });
  assert.match(judged('G7', [write(selecting('a'), selecting('b'))])!, 'selector');
  const on = (nodeName: string) => object('Pod', {}, { spec: { nodeName } });
  assert.match(judged('G7', [write(on('n1'), on('n2'))])!, 'moved from node n1');
  const bound = (volumeName: string) =>
    object('PersistentVolumeClaim', {}, { spec: { volumeName } });
  assert.match(judged('G7', [write(bound('a'), bound('b'))])!, 'left volume a');
});

test('[G9] an observed generation of the future, and one that falls', () => {
  const seen = (observedGeneration: number) =>
    object('ReplicaSet', { generation: 3 }, { status: { observedGeneration } });
  assert.match(judged('G9', [write(seen(1), seen(4))])!, 'observes the future');
  assert.match(judged('G9', [write(seen(3), seen(2))])!, 'fell');
});

test('[G10] an update without a version that undoes what another wrote', () => {
  const labelled = (a: string, b: string) => object('Pod', { labels: { a, b } });
  const request = { verb: 'update', kind: 'Pod', object: labelled('1', '2') };
  const world = sending(request, labelled('1', '1'));
  assert.match(judged('G10', [write(labelled('2', '1'), labelled('1', '2'))], world)!, 'labels.a');
  assert.is(judged('G10', [write(labelled('2', '1'), labelled('2', '2'))], world), undefined);
});

test('[G11] a write that changes nothing', () => {
  assert.match(judged('G11', [write(at('6'), at('7'))])!, 'as it was');
});

test('[G12] an object that is not what the log says', () => {
  const { simulation: other } = createCluster({ nodes: [], events: false });
  const folds = api.eventually!.find(({ id }) => id === 'G12')!;
  assert.is(folds.holds({ simulation: other, now: other.store.view() } as World), undefined);
  const blind = { ...other.store.view(), list: () => [] };
  assert.match(
    folds.holds({ simulation: other, now: blind } as unknown as World)!,
    'in the log, 0 in the store',
  );
});

test('[G14] a Pod that has failed and runs again, a Job that was complete', () => {
  const pod = (phase: string) => object('Pod', {}, { status: { phase } });
  assert.match(judged('G14', [write(pod('Failed'), pod('Running'))])!, 'was Failed');
  const job = (status: string) =>
    object('Job', {}, { status: { conditions: [{ type: 'Complete', status }] } });
  assert.match(judged('G14', [write(job('True'), job('False'))])!, 'was Complete');
  assert.is(judged('G14', [write(job('False'), job('True'))]), undefined);
});

test.run();
