/** What the API server knows of HorizontalPodAutoscalers (api-05 §2, api-06 §2, api-08 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { horizontalPodAutoscalerColumns } from '../../src/api/columns/horizontalpodautoscaler.ts';
import { type Any, creation, TestCluster, updating } from '../apiserver/cluster.ts';

const test = suite('HorizontalPodAutoscalers');

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const autoscaler = (spec: object): Any => ({
  metadata: { name: 'h', namespace: 'default' },
  spec: { scaleTargetRef, maxReplicas: 5, ...spec },
});

const created = (spec: object): Any =>
  new TestCluster().create('HorizontalPodAutoscaler', autoscaler(spec));

const refusal = (spec: object): string =>
  new TestCluster()
    .refused(creation('HorizontalPodAutoscaler', autoscaler(spec), 'default'))
    .message.replace('HorizontalPodAutoscaler.autoscaling "h" is invalid: ', '');

const byProcessor = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

test('scales by processor use where nothing is said, and has no rules then', () => {
  const { spec, status, metadata } = created({});
  assert.equal(spec, { scaleTargetRef, minReplicas: 1, maxReplicas: 5, metrics: [byProcessor] });
  assert.equal(status, { currentMetrics: null, desiredReplicas: 0 });
  assert.is(metadata.generation, undefined);
});

test('one rule brings all others, but not how long scaling down waits', () => {
  const { behavior } = created({ behavior: { scaleUp: { stabilizationWindowSeconds: 30 } } }).spec;
  assert.equal(behavior, {
    scaleUp: {
      stabilizationWindowSeconds: 30,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: {
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    },
  });
});

test('sizes must make sense together', () => {
  assert.is(
    refusal({ minReplicas: 6 }),
    'spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`',
  );
  assert.is(
    refusal({ minReplicas: 0 }),
    '[spec.minReplicas: Invalid value: 0: must be greater than or equal to 1, spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas]',
  );
});

test('the target is named with its group, and a ReplicationController without one', () => {
  assert.is(
    refusal({ scaleTargetRef: { apiVersion: 'v1' } }),
    '[spec.scaleTargetRef.kind: Required value, spec.scaleTargetRef.name: Required value, spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group]',
  );
  created({ scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'web' } });
});

test('a metric has the part that its type names, and no other', () => {
  assert.is(
    refusal({ metrics: [{ type: 'Pods', resource: byProcessor.resource }] }),
    'spec.metrics[0].pods: Required value: must populate information for the given metric source',
  );
  const external = { metric: { name: 'q' }, target: { type: 'Value', value: '0' } };
  assert.is(
    refusal({ metrics: [{ ...byProcessor, external }] }),
    '[spec.metrics[0].external.target.value: Invalid value: "0": must be positive, spec.metrics[0].external: Forbidden: must populate the given metric source only]',
  );
  assert.is(
    refusal({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target: {} } }] }),
    '[spec.metrics[0].resource.target.type: Required value: must specify a metric target type, spec.metrics[0].resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue, spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization]',
  );
});

test('rules have policies within their bounds', () => {
  const policies = [{ type: 'Pods', value: 0, periodSeconds: 1801 }];
  assert.is(
    refusal({ behavior: { scaleUp: { policies, stabilizationWindowSeconds: 3601 } } }),
    '[spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600, spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero, spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800]',
  );
  assert.is(
    refusal({ behavior: { scaleDown: { tolerance: '-1', selectPolicy: 'Most' } } }),
    '[spec.behavior.scaleDown.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min", spec.behavior.scaleDown.tolerance: Invalid value: "-1": must be greater than or equal to 0]',
  );
});

test('an update keeps to the same rules', () => {
  const cluster = new TestCluster();
  const old = cluster.create('HorizontalPodAutoscaler', autoscaler({}));
  const { message } = cluster.refused(updating({ ...old, spec: { ...old.spec, maxReplicas: 0 } }));
  assert.match(message, 'spec.maxReplicas: Invalid value: 0: must be greater than 0');
});

test('its table shows what is measured against what should be', () => {
  const of = (type: string, part: string, body: object) => ({ type, [part]: body });
  const metric = { name: 'hits' };
  const metrics = [
    of('Pods', 'pods', { metric, target: { type: 'AverageValue', averageValue: '20' } }),
    byProcessor,
    of('External', 'external', { metric, target: { type: 'Value', value: '5' } }),
  ];
  const stored = created({ metrics });
  const cells = (object: Any) =>
    horizontalPodAutoscalerColumns.map(({ cell }) => cell(object, 61_000));
  assert.equal(cells(stored), [
    'h',
    'Deployment/web',
    '<unknown>/20, cpu: <unknown>/80% + 1 more...',
    '1',
    5,
    0,
    '61s',
  ]);
  const currentMetrics = [
    of('Pods', 'pods', { metric, current: { averageValue: '15' } }),
    of('Resource', 'resource', { name: 'cpu', current: { averageUtilization: 45 } }),
  ];
  const status = { currentMetrics, currentReplicas: 3 };
  assert.is(cells({ ...stored, status })[2], '15/20, cpu: 45%/80% + 1 more...');
});

test.run();
