/** Histories in which budgets are overspent: the real controller and server write none of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { podDisruptionBudget } from '../../properties/poddisruptionbudget.ts';
import { type Any, History, pod } from './judged.ts';

const test = suite('rules of PodDisruptionBudgets');

const controller = 'disruption-controller';
const labels = { app: 'web' };

/** Three Pods that are ready, of which two are needed. */
class Guarded extends History {
  constructor() {
    super(podDisruptionBudget.always!);
    this.create('user', 'PodDisruptionBudget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'two' },
      spec: { minAvailable: 2, selector: { matchLabels: labels } },
    });
    for (const name of ['a', 'b', 'c']) {
      this.create('user', 'Pod', pod(name, labels));
      const conditions = [{ type: 'Ready', status: 'True' }];
      this.merge('kubelet', 'Pod', name, { status: { phase: 'Running', conditions } }, 'status');
    }
    this.count({ observedGeneration: 1, disruptionsAllowed: 1 });
  }

  count(status: Any, by = controller): void {
    const counts = { currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, ...status };
    this.merge(by, 'PodDisruptionBudget', 'two', { status: counts }, 'status');
  }

  evict(name: string): void {
    const object = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
    const named = { kind: 'Pod', namespace: 'default', name, subresource: 'eviction' };
    this.request('user', { verb: 'create', ...named, object });
  }
}

test('[B-S1, B-S2, B-S2b] an eviction that is allowed breaks nothing', () => {
  const history = new Guarded();
  history.evict('a');
  assert.throws(() => history.evict('b'), /disruption budget/);
  assert.equal(history.broken, []);
});

test('[B-S1] a count that is older than an eviction gives nothing back', () => {
  const history = new Guarded();
  history.seen = history.view;
  history.evict('a');
  history.count({ disruptionsAllowed: 1 });
  assert.equal(history.broken, ['B-S1 default/two allowed 0, and 1 by a count that is older']);
});

test('[B-S1] a count that is older than an eviction does not forget who was let go', () => {
  const history = new Guarded();
  history.seen = history.view;
  history.evict('a');
  history.count({ disruptionsAllowed: 0, disruptedPods: null });
  assert.equal(history.broken, ['B-S1 default/two forgets that a was let go']);
});

test('[B-S1] nothing is spent of a budget that allows nothing, or is not counted yet', () => {
  const history = new Guarded();
  const disruptedPods = { a: '2026-01-01T00:00:00Z' };
  history.merge('user', 'PodDisruptionBudget', 'two', { spec: { minAvailable: 1 } });
  history.count({ disruptionsAllowed: 0, disruptedPods }, 'user');
  history.count({ observedGeneration: 2, disruptionsAllowed: 0 });
  history.count({ disruptedPods: { b: disruptedPods.a } }, 'user');
  assert.equal(history.broken, [
    'B-S1 two was counted for generation 1 and is of 2',
    'B-S1 two allows 0, and one is evicted',
    'B-S2 2 of 3 Pods of default/two are let go, 2 are needed',
  ]);
});

test('[B-S2] who was let go and is still there is not counted again', () => {
  const history = new Guarded();
  const untouched = history.view;
  history.evict('a');
  history.seen = untouched;
  history.count({ disruptionsAllowed: 1 });
  history.broken.length = 0;
  history.evict('b');
  assert.equal(history.broken, ['B-S2 2 of 3 Pods of default/two are let go, 2 are needed']);
});

test('[B-S2] two minutes later it counts as one that stays', () => {
  const history = new Guarded();
  const untouched = history.view;
  history.evict('a');
  history.wait(120);
  history.seen = untouched;
  history.count({ disruptionsAllowed: 1, disruptedPods: null });
  history.broken.length = 0;
  history.evict('b');
  assert.equal(history.broken, []);
});

test('[B-S2b] nobody goes past a budget', () => {
  const history = new Guarded();
  history.merge('user', 'Pod', 'a', { metadata: { labels: { seen: 'yes' } } }, 'eviction' as Any);
  assert.equal(history.broken, ['B-S2b default/a is evicted past two']);
});

test.run();
