/** Roles that are made of others (ctl-08 §E). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clusterRoleAggregation } from '../../src/controllers/clusterroleaggregation.ts';
import { TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('cluster role aggregation');

const rule = (resource: string) => ({ verbs: ['get'], apiGroups: [''], resources: [resource] });

function clusterWith(roles: Readonly<Record<string, Any>>): TestCluster {
  const cluster = new TestCluster();
  for (const [name, { labels, ...rest }] of Object.entries(roles)) {
    cluster.create('ClusterRole', { metadata: { name, labels }, ...rest });
  }
  return cluster;
}

const labels = { part: 'yes' };
const whole = {
  labels,
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
  rules: [],
};

const aggregate = (cluster: TestCluster) => pass(clusterRoleAggregation(), 'whole', cluster);
const rulesOf = (cluster: TestCluster): Any => cluster.get('ClusterRole', 'whole')['rules'];

test('has the rules of those with the label, by name, each once, and not its own', () => {
  const cluster = clusterWith({
    whole,
    b: { labels, rules: [rule('pods'), rule('nodes')] },
    a: { labels, rules: [rule('secrets'), rule('pods')] },
    other: { rules: [rule('events')] },
  });
  assert.is(aggregate(cluster).outcome, undefined);
  assert.equal(rulesOf(cluster), [rule('secrets'), rule('pods'), rule('nodes')]);
  assert.equal(aggregate(cluster).requests, []);
});

test('what users write into it is written over, and a part that goes takes its rules along', () => {
  const cluster = clusterWith({ whole, a: { labels, rules: [rule('pods')] } });
  aggregate(cluster);
  cluster.merge('ClusterRole', 'whole', { rules: [rule('secrets')] });
  aggregate(cluster);
  assert.equal(rulesOf(cluster), [rule('pods')]);
  cluster.merge('ClusterRole', 'a', { rules: [rule('nodes')] });
  aggregate(cluster);
  assert.equal(rulesOf(cluster), [rule('nodes')]);
});

test('other roles are let be', () => {
  const cluster = clusterWith({ whole: { rules: [rule('pods')] }, a: { labels, rules: [] } });
  assert.equal(aggregate(cluster).requests, []);
});

test.run();
