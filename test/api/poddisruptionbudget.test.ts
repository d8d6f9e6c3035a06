/** What the API server knows of PodDisruptionBudgets (api-05 §5, api-06 §2, api-08 §3). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { podDisruptionBudgetColumns } from '../../src/api/columns/poddisruptionbudget.ts';
import { creation, merging, TestCluster } from '../apiserver/cluster.ts';

const test = suite('PodDisruptionBudgets');

const selector = { matchLabels: { app: 'web' } };
const budget = (spec: object) => ({ metadata: { name: 'b', namespace: 'default' }, spec });

const refusal = (spec: object) =>
  new TestCluster().refused(creation('PodDisruptionBudget', budget(spec), 'default')).message;

const prefix = 'PodDisruptionBudget.policy "b" is invalid: ';

test('begins with nothing counted, and ignores a status that is given', () => {
  const cluster = new TestCluster();
  const status = { disruptionsAllowed: 7 };
  const given = { ...budget({ minAvailable: 1, selector }), status };
  const created = cluster.create('PodDisruptionBudget', given);
  assert.is(created.metadata.generation, 1);
  assert.equal(created.spec, { minAvailable: 1, selector });
  assert.equal(created.status, {
    disruptionsAllowed: 0,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
  });
});

test('keeps a zero that was given', () => {
  const created = new TestCluster().create('PodDisruptionBudget', budget({ maxUnavailable: 0 }));
  assert.equal(created.spec, { maxUnavailable: 0 });
});

test('has one bound only', () => {
  assert.is(
    refusal({ minAvailable: 1, maxUnavailable: '50%' }),
    `${prefix}spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"50%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set`,
  );
});

test('bounds are counts, or shares of at most all', () => {
  assert.is(
    refusal({ minAvailable: -1 }),
    `${prefix}spec.minAvailable: Invalid value: -1: must be greater than or equal to 0`,
  );
  assert.is(
    refusal({ maxUnavailable: '200%' }),
    `${prefix}spec.maxUnavailable: Invalid value: "200%": must not be greater than 100%`,
  );
  assert.match(refusal({ maxUnavailable: 'half' }), 'a valid percent string must be');
});

test('selectors and policies are checked', () => {
  const matchExpressions = [{ key: 'app', operator: 'In' }];
  assert.is(
    refusal({ minAvailable: 1, selector: { matchExpressions } }),
    `${prefix}spec.selector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  );
  assert.is(
    refusal({ minAvailable: 1, selector: {}, unhealthyPodEvictionPolicy: 'Never' }),
    `${prefix}spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"`,
  );
});

test('everything may be changed, and a change is a new generation', () => {
  const cluster = new TestCluster();
  cluster.create('PodDisruptionBudget', budget({ minAvailable: 1, selector }));
  const next = cluster.merge('PodDisruptionBudget', 'b', {
    spec: { minAvailable: null, maxUnavailable: 1, selector: { matchLabels: { app: 'api' } } },
  });
  assert.is(next.metadata.generation, 2);
  assert.equal(next.spec, { maxUnavailable: 1, selector: { matchLabels: { app: 'api' } } });
});

test('counts in a status are not negative', () => {
  const cluster = new TestCluster();
  cluster.create('PodDisruptionBudget', budget({ minAvailable: 1, selector }));
  const negative = { status: { disruptionsAllowed: -1 } };
  assert.is(
    cluster.refused(merging('PodDisruptionBudget', 'b', negative, 'status')).message,
    `${prefix}status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0`,
  );
});

test('its table shows what is not set as N/A', () => {
  const created = new TestCluster().create(
    'PodDisruptionBudget',
    budget({ maxUnavailable: '20%' }),
  );
  assert.equal(
    podDisruptionBudgetColumns.map(({ cell }) => cell(created, 5_000)),
    ['b', 'N/A', '20%', 0, '5s'],
  );
});

test.run();
