/** Histories in which rollouts and the collector do what they must not: the real controllers write none of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deploymentCalm } from '../../properties/deployment/calm.ts';
import { deploymentResizing } from '../../properties/deployment/resize.ts';
import { deployment } from '../../properties/deployment.ts';
import { garbageCollector } from '../../properties/garbagecollector.ts';
import { type Any, History, pod } from './judged.ts';

const test = suite('rules of rollouts in calm, and of owners');

const controller = 'deployment-controller';
const labels = { app: 'web' };
const template = (image: string) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image }] },
});

/** A Deployment of two that may have one more and none less, with a ReplicaSet and its Pods. */
class Rollout extends History {
  constructor() {
    super(
      [deploymentCalm, deploymentResizing, garbageCollector].flatMap((one) => one.always ?? []),
    );
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    this.create('user', 'Deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: template('web:v1'),
        strategy: { type: 'RollingUpdate', rollingUpdate },
        progressDeadlineSeconds: 60,
      },
    });
    this.observe();
    this.set('old', 2, 'web:v1');
    for (const name of ['a', 'b']) this.ready(name, 'old');
  }

  observe(status: Any = {}): void {
    const { generation } = this.view.get('Deployment', 'default/web')!.metadata;
    const observed = { observedGeneration: generation, ...status };
    this.merge(controller, 'Deployment', 'web', { status: observed }, 'status');
  }

  set(name: string, replicas: number, image: string): void {
    const selector = { matchLabels: { ...labels, set: name } };
    const own = { ...template(image), metadata: { labels: selector.matchLabels } };
    const spec = { replicas, selector, template: own };
    const metadata = { name, ownerReferences: [this.refTo('Deployment', 'web')] };
    this.create(controller, 'ReplicaSet', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata,
      spec,
    });
  }

  refTo(kind: string, name: string): Any {
    const { apiVersion, metadata } = this.view.get(kind, `default/${name}`)!;
    return {
      apiVersion,
      kind,
      name,
      uid: metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    };
  }

  makePod(name: string, set: string): void {
    const { metadata, ...rest } = pod(name, { ...labels, set });
    const ownerReferences = [this.refTo('ReplicaSet', set)];
    this.create('replicaset-controller', 'Pod', {
      ...rest,
      metadata: { ...metadata, ownerReferences },
    });
  }

  ready(name: string, set: string): void {
    this.makePod(name, set);
    const conditions = [
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ];
    this.merge('kubelet', 'Pod', name, { status: { phase: 'Running', conditions } }, 'status');
  }

  remove(by: string, name: string): void {
    const options = { gracePeriodSeconds: 0 };
    this.request(by, { verb: 'delete', kind: 'Pod', namespace: 'default', name, options });
  }

  update(): void {
    this.merge('user', 'Deployment', 'web', { spec: { template: template('web:v2') } });
    this.observe();
  }
}

test('[D-S3] no more Pods are active than may be, while nobody disturbs', () => {
  const history = new Rollout();
  history.update();
  history.set('new', 2, 'web:v2');
  history.makePod('c', 'new');
  assert.equal(history.broken, []);
  history.makePod('d', 'new');
  assert.equal(history.broken, ['D-S3 web has 4 active Pods, and 3 are allowed']);
});

test('[D-S3] who was told to have fewer may take a moment', () => {
  const history = new Rollout();
  history.update();
  history.set('new', 2, 'web:v2');
  history.makePod('c', 'new');
  history.merge(controller, 'ReplicaSet', 'old', { spec: { replicas: 1 } });
  history.makePod('d', 'new');
  assert.equal(history.broken, []);
});

test('[D-S3] a resize may be halfway: it shares what is added before it takes away', () => {
  const history = new Rollout();
  const told = (name: string, replicas: number, desired: number) =>
    history.merge(controller, 'ReplicaSet', name, {
      metadata: { annotations: { 'deployment.kubernetes.io/desired-replicas': String(desired) } },
      spec: { replicas },
    });
  told('old', 2, 2);
  history.merge('user', 'Deployment', 'web', { spec: { replicas: 1 } });
  history.observe();
  history.set('new', 0, 'web:v2');
  history.remove('user', 'b');
  // The sum is small for a moment, while the others are still to be told.
  told('new', 1, 1);
  history.makePod('c', 'new');
  history.makePod('d', 'old');
  assert.equal(history.broken, []);
});

test('[D-S4] a rollout keeps available what must be, unless somebody else takes it', () => {
  const history = new Rollout();
  history.update();
  history.remove('replicaset-controller', 'a');
  assert.is(history.broken[0], 'D-S4 web has 1 Pods available, and 2 are needed');
  const killed = new Rollout();
  killed.update();
  killed.remove('user', 'a');
  killed.remove('replicaset-controller', 'b');
  assert.equal(killed.broken, []);
});

test('[D-S11b] a rollout is given up after its deadline, and not before', () => {
  const given = (seconds: number) => {
    const history = new Rollout();
    const lastUpdateTime = '2026-01-01T00:00:00Z';
    const told = {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      lastUpdateTime,
    };
    history.observe({ conditions: [told] });
    history.wait(seconds);
    history.observe({
      conditions: [{ ...told, status: 'False', reason: 'ProgressDeadlineExceeded' }],
    });
    return history.broken;
  };
  assert.equal(given(61), []);
  assert.equal(given(59), [
    'D-S11b default/web is given up 59000 ms after its last progress, and has 60 s',
  ]);
});

test('[GC-S2] an owner does not go before those that hold it up', () => {
  const history = new Rollout();
  const named = { kind: 'ReplicaSet', namespace: 'default', name: 'old' };
  const options = { propagationPolicy: 'Foreground' };
  history.request('user', { verb: 'delete', ...named, options });
  const finalizers = { metadata: { finalizers: null } };
  history.merge('generic-garbage-collector', 'ReplicaSet', 'old', finalizers);
  assert.equal(history.broken, ['GC-S2 default/old is let go, and Pod a still is its own']);
});

test('[GC-S2] an owner that lets go of its own frees all of it first', () => {
  const history = new Rollout();
  const named = { kind: 'ReplicaSet', namespace: 'default', name: 'old' };
  const options = { propagationPolicy: 'Orphan' };
  history.request('user', { verb: 'delete', ...named, options });
  history.merge('user', 'Pod', 'a', { metadata: { ownerReferences: null } });
  const finalizers = { metadata: { finalizers: null } };
  history.merge('generic-garbage-collector', 'ReplicaSet', 'old', finalizers);
  assert.equal(history.broken, ['GC-S2 default/old is let go, and Pod b still is its own']);
});

/** What is said of the last of these sizes of an old ReplicaSet, which one pass sets one after the other. */
function shrinks(...sizes: readonly number[]): unknown {
  const rule = deployment.always!.find(({ id }) => id === 'D-S2')!;
  const owner: Any = {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', uid: 'd' },
    spec: {
      replicas: 6,
      template: template('web:v3'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } },
    },
  };
  const set = (name: string, replicas: number, availableReplicas: number): Any => ({
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'd', controller: true }],
    },
    spec: { replicas, template: template(name) },
    status: { replicas, availableReplicas },
  });
  // Of the first two have gone, and its status does not tell yet.
  const sets = [set('web:v1', 3, 5), set('web:v2', sizes[0]!, 1), set('web:v3', 0, 0)];
  const seen = { get: () => owner, by: () => sets };
  const writes = sizes.slice(1).map((size, i) => ({
    type: 'write',
    by: controller,
    kind: 'ReplicaSet',
    before: set('web:v2', sizes[i]!, 1),
    after: set('web:v2', size, 1),
  }));
  const ownWrites = writes.slice(0, -1);
  const acting = { pass: { key: 'default/web' } };
  return rule.begin()(writes.at(-1) as Any, { seen, ownWrites, acting } as Any);
}

test('[D-S2] those that are not available go as far as the total may, then as many as are to spare', () => {
  assert.is(shrinks(5, 2), undefined);
  assert.is(shrinks(5, 2, 1), undefined);
  assert.is(shrinks(5, 2, 0), '2 old replicas are removed besides 3 that are missing, 1 are spare');
});

test.run();
