/** Evicting a Pod: deletion, if its budget allows it (api-07 §5, ctl-05 §C). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PostRequest } from '../../src/apiserver/request.ts';
import { type Any, pod, TestCluster } from './cluster.ts';

const test = suite('eviction');

const labels = { app: 'web' };

/** One bound Pod of a budget with these counts; `ready` is whether it counts. */
function withBudget(status: Any, { ready = true, spec = {} as Any, budgets = ['b'] } = {}) {
  const cluster = new TestCluster();
  cluster.create('Pod', pod('p', undefined, { labels }));
  cluster.bind('p');
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  cluster.merge('Pod', 'p', { status: { phase: 'Running', conditions } }, 'status');
  for (const name of budgets) {
    cluster.create('PodDisruptionBudget', {
      metadata: { name, namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: labels }, ...spec },
    });
    const whole = { observedGeneration: 1, ...status };
    cluster.merge('PodDisruptionBudget', name, { status: whole }, 'status');
  }
  return cluster;
}

const plenty = { disruptionsAllowed: 2, currentHealthy: 3, desiredHealthy: 1, expectedPods: 3 };
const spent = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };

const evicting = (more: Partial<PostRequest> = {}, deleteOptions?: Any): PostRequest => ({
  verb: 'create',
  kind: 'Pod',
  namespace: 'default',
  name: 'p',
  subresource: 'eviction',
  object: {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'p' },
    ...(deleteOptions === undefined ? {} : { deleteOptions }),
  },
  ...more,
});

test('takes one from the budget, says why, and deletes with the usual grace', () => {
  const cluster = withBudget(plenty);
  const before = cluster.log.length;
  cluster.now = 5_000;
  cluster.ok(evicting());
  assert.equal(cluster.writesSince(before), [
    'update PodDisruptionBudget/status default/b',
    'create Pod/eviction default/p',
    'delete Pod default/p',
  ]);
  const { metadata, status } = cluster.get('Pod', 'p');
  assert.is(metadata.deletionGracePeriodSeconds, 30);
  assert.equal(status.conditions.at(-1), {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: '2026-01-01T00:00:05Z',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  });
  const budget = cluster.get('PodDisruptionBudget', 'b').status;
  assert.is(budget.disruptionsAllowed, 1);
  assert.equal(budget.disruptedPods, { p: '2026-01-01T00:00:05Z' });
  assert.is(budget.conditions, undefined, 'the condition turns only when nothing is left');
});

test('[B-S1] the last one that is allowed turns the condition', () => {
  const cluster = withBudget({ ...plenty, disruptionsAllowed: 1 });
  cluster.ok(evicting());
  const [condition] = cluster.get('PodDisruptionBudget', 'b').status.conditions;
  assert.equal([condition.status, condition.reason], ['False', 'InsufficientPods']);
});

test('[B-S1] a spent budget refuses, and names no time', () => {
  const cluster = withBudget(spent);
  assert.equal(cluster.refused(evicting()), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    reason: 'TooManyRequests',
    details: {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget b needs 1 healthy pods and has 1 currently',
        },
      ],
    },
    code: 429,
  });
  assert.is(cluster.get('Pod', 'p').metadata.deletionTimestamp, undefined);
});

test('[B-S1] a budget that nobody has counted yet asks to come back in ten seconds', () => {
  const status = withBudget({ ...plenty, observedGeneration: 0 }).refused(evicting());
  assert.is(status.code, 429);
  assert.equal(status.details, {
    causes: [
      {
        reason: 'DisruptionBudget',
        message: 'The disruption budget b is still being processed by the server.',
      },
    ],
    retryAfterSeconds: 10,
  });
});

test('[B-S2] two budgets for one Pod are too many', () => {
  const cluster = withBudget(plenty, { budgets: ['b', 'c'] });
  const { code, message } = cluster.refused(evicting());
  assert.is(code, 500);
  assert.is(
    message,
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  );
});

test('an empty selector selects every Pod of the namespace, and none selects nothing', () => {
  assert.is(withBudget(spent, { spec: { selector: {} } }).refused(evicting()).code, 429);
  withBudget(spent, { spec: { selector: null } }).ok(evicting());
});

test('[B-S2] a Pod that is not ready may go if the others are enough', () => {
  const cluster = withBudget(spent, { ready: false });
  cluster.ok(evicting());
  assert.is(cluster.get('PodDisruptionBudget', 'b').status.disruptedPods, undefined);
  const tooFew = { ...spent, currentHealthy: 0 };
  assert.is(withBudget(tooFew, { ready: false }).refused(evicting()).code, 429);
  const always = { unhealthyPodEvictionPolicy: 'AlwaysAllow' };
  withBudget(tooFew, { ready: false, spec: always }).ok(evicting());
});

test('what does not serve, or no longer, goes without asking', () => {
  for (const phase of ['Pending', 'Succeeded', 'Failed']) {
    const cluster = withBudget(spent, { ready: false });
    cluster.merge('PodDisruptionBudget', 'b', { status: { currentHealthy: 0 } }, 'status');
    cluster.merge('Pod', 'p', { status: { phase } }, 'status');
    cluster.ok(evicting());
  }
});

test('a dry run, by the request or by its options, changes nothing and answers the same', () => {
  const cluster = withBudget(plenty);
  const before = cluster.log.length;
  cluster.ok(evicting({ dryRun: true }));
  cluster.ok(evicting({}, { dryRun: ['All'] }));
  assert.is(cluster.log.length, before);
  assert.is(withBudget(spent).refused(evicting({ dryRun: true })).code, 429);
});

test('keeps to the given grace and preconditions', () => {
  const cluster = withBudget(plenty);
  const other = { preconditions: { uid: 'another' } };
  assert.is(cluster.refused(evicting({}, other)).reason, 'Conflict');
  cluster.ok(evicting({}, { gracePeriodSeconds: 5 }));
  assert.is(cluster.get('Pod', 'p').metadata.deletionGracePeriodSeconds, 5);
});

test('the names of path and body must agree, and the Pod must exist', () => {
  const cluster = withBudget(plenty);
  assert.is(
    cluster.refused(evicting({ name: 'q' })).message,
    'name in URL does not match name in Eviction object',
  );
  const nobody = evicting({ name: 'q', object: { metadata: { name: 'q' } } });
  assert.is(cluster.refused(nobody).message, 'pods "q" not found');
});

test.run();
