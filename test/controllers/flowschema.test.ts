/** FlowSchemas of users: whether the priority level that they name is there (`Dangling`). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { flowSchemaController } from '../../src/controllers/flowschema.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';
import { pass } from './pass.ts';

const test = suite('flow schemas');

const schema = (level: string): Any => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 's' },
  spec: { priorityLevelConfiguration: { name: level } },
});
const level = (name: string): Any => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name },
  spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
});

test('one that names a level that is not there dangles, until there is one', () => {
  const cluster = new TestCluster();
  cluster.create('FlowSchema', schema('calm'));
  const told = () => {
    pass(flowSchemaController(), 's', cluster);
    const { status, reason, message } = cluster.get('FlowSchema', 's').status.conditions[0];
    return `${status} ${reason}: ${message}`;
  };
  const named = 'This FlowSchema references the PriorityLevelConfiguration object named "calm"';
  assert.is(told(), `True NotFound: ${named} but there is no such object`);
  cluster.create('PriorityLevelConfiguration', level('calm'));
  assert.is(told(), `False Found: ${named} and it exists`);
  assert.equal(pass(flowSchemaController(), 's', cluster).requests, [], 'it is told once');
});

test('a cluster begins to look after them with the first', () => {
  const { simulation } = createCluster();
  const dangling = () =>
    (simulation.store.get('FlowSchema', 's') as Any).status.conditions[0].status;
  const make = (object: Any) => {
    assert.ok(simulation.submit({ verb: 'create', kind: object.kind, object }).ok);
    settle(simulation, { horizonMs: 1_000 });
  };
  make(schema('calm'));
  assert.is(dangling(), 'True');
  make(level('calm'));
  assert.is(dangling(), 'False');
  simulation.submit({ verb: 'delete', kind: 'PriorityLevelConfiguration', name: 'calm' });
  settle(simulation, { horizonMs: 1_000 });
  assert.is(dangling(), 'True');
});

test.run();
