/** What tables show of objects in odd states (api-08 §3, §4). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kindOf } from '../../../src/api/index.ts';
import type { Any } from '../../apiserver/cluster.ts';

const test = suite('tables of objects in odd states');

/** What stands in one column. */
function shown(kind: string, name: string, object: Any): unknown {
  const whole = { metadata: { name: 'x' }, spec: {}, status: {}, ...object };
  const one = kindOf(kind)!.columns!.find((column) => column.name === name)!;
  return one.cell(whole as never, 0);
}

const containers = [{ name: 'a' }];

test('[api-08] restarts of init containers do not count once the Pod is initialized', () => {
  const done = { name: 'i', restartCount: 3, state: { waiting: { reason: 'PodInitializing' } } };
  const pod = {
    spec: { initContainers: [{ name: 'i' }], containers },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Initialized', status: 'True' }],
      initContainerStatuses: [done],
      containerStatuses: [{ name: 'a', restartCount: 1, ready: true, state: { running: {} } }],
    },
  };
  assert.is(shown('Pod', 'Restarts', pod), '1');
  assert.is(shown('Pod', 'Status', pod), 'Init:0/1');
  const bare = { spec: { containers, nodeName: '' }, status: { reason: '', phase: 'Pending' } };
  assert.is(shown('Pod', 'Status', bare), 'Pending');
  assert.is(shown('Pod', 'Node', bare), '<none>');
});

test('[api-08] a Job that met its success criteria', () => {
  const conditions = [{ type: 'SuccessCriteriaMet', status: 'True' }];
  assert.is(shown('Job', 'Status', { status: { conditions } }), 'SuccessCriteriaMet');
});

test('[api-08] hosts of an Ingress: the first three, and all rules after them', () => {
  const hosts = (...names: readonly string[]) =>
    shown('Ingress', 'Hosts', { spec: { rules: names.map((host) => ({ host })) } });
  assert.is(hosts('', ''), '*');
  assert.is(hosts('a', '', 'b'), 'a,b');
  assert.is(hosts('a', 'b', 'c', ''), 'a,b,c + 1 more...');
  assert.is(hosts('a', '', 'b', 'c', 'd'), 'a,b,c + 2 more...');
});

test('[api-08] endpoints that are not ready, and ports without a number', () => {
  const waiting = { subsets: [{ notReadyAddresses: [{ ip: '1.1.1.1' }], ports: [{ port: 80 }] }] };
  assert.is(shown('Endpoints', 'Endpoints', waiting), '');
  assert.is(shown('Endpoints', 'Endpoints', {}), '<none>');
  assert.is(shown('EndpointSlice', 'Ports', { ports: [{ name: '' }] }), '<unset>');
  assert.is(shown('EndpointSlice', 'Ports', { ports: [{}, { name: 'a', port: 80 }] }), '*,80');
});

test('[api-08] where a load balancer takes traffic', () => {
  const status = { loadBalancer: { ingress: [{ hostname: 'b' }, { ip: '', hostname: 'a' }, {}] } };
  const service = { spec: { type: 'LoadBalancer', externalIPs: ['1.1.1.1'] }, status };
  assert.is(shown('Service', 'External-IP', service), 'a,b,1.1.1.1');
  assert.is(shown('Ingress', 'Address', { status }), 'a,b');
});

test('[api-08] what keeps requests in their order', () => {
  const flow = { spec: { priorityLevelConfiguration: { name: 'p' }, matchingPrecedence: 7 } };
  const cells = ['PriorityLevel', 'MatchingPrecedence', 'DistinguisherMethod', 'MissingPL'];
  assert.equal(
    cells.map((name) => shown('FlowSchema', name, flow)),
    ['p', 7, '<none>', '?'],
  );
  const limited = { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } };
  const level = { spec: { type: 'Limited', limited } };
  assert.equal(
    ['Type', 'NominalConcurrencyShares', 'Queues'].map((name) =>
      shown('PriorityLevelConfiguration', name, level),
    ),
    ['Limited', 5, '<none>'],
  );
});

test('[api-08] how far a claim to a device is', () => {
  const state = (object: Any) => shown('ResourceClaim', 'State', object);
  assert.is(state({}), 'pending');
  assert.is(state({ status: { allocation: {}, reservedFor: [{}] } }), 'allocated,reserved');
  assert.is(state({ metadata: { name: 'x', deletionTimestamp: 'now' } }), 'deleted');
});

test('[api-08] targets of autoscalers by what is measured, and how far', () => {
  const targets = (metrics: readonly Any[], currentMetrics: readonly Any[] = []) =>
    shown('HorizontalPodAutoscaler', 'Targets', { spec: { metrics }, status: { currentMetrics } });
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } };
  const each = { type: 'Resource', resource: { name: 'cpu', target: { averageValue: '200m' } } };
  const pods = { type: 'Pods', pods: { target: { averageValue: '100m' } } };
  const outside = (target: Any) => ({ type: 'External', external: { target } });
  assert.is(targets([]), '<none>');
  assert.is(targets([cpu]), 'cpu: <unknown>/80%');
  assert.is(
    targets([{ type: 'Resource', resource: { name: 'cpu', target: {} } }]),
    'cpu: <unknown>/<auto>',
  );
  assert.is(
    targets([cpu], [{ resource: { current: { averageUtilization: 50 } } }]),
    'cpu: 50%/80%',
  );
  assert.is(targets([each], [{ resource: { current: {} } }]), 'cpu: <nil>/200m');
  assert.is(targets([each], [{ containerResource: { current: {} } }]), 'cpu: <unknown>/200m');
  assert.is(targets([pods], [{ pods: { current: { averageValue: '50m' } } }]), '50m/100m');
  assert.is(targets([outside({ averageValue: '4' })]), '<unknown>/4 (avg)');
  assert.is(targets([outside({ value: '4' })], [{ external: { current: { value: '2' } } }]), '2/4');
  assert.is(targets([pods, pods, cpu]), '<unknown>/100m, <unknown>/100m + 1 more...');
});

test('[api-08] parameters of a binding that are selected', () => {
  const paramRef = (ref: Any) =>
    shown('ValidatingAdmissionPolicyBinding', 'ParamRef', { spec: { paramRef: ref } });
  assert.is(paramRef({ name: 'a' }), '*/a');
  assert.is(paramRef({ name: 'a', namespace: 'n' }), 'n/a');
  assert.is(
    paramRef({ selector: { matchLabels: { b: '2', a: '1' } } }),
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{},}',
  );
});

test('[api-08] an Event whose source is a host alone', () => {
  const source = (object: Any) => shown('Event', 'Source', { involvedObject: {}, ...object });
  assert.is(source({ source: { host: 'n1' } }), ', n1');
  assert.is(source({ source: { component: 'c' }, reportingInstance: 'i' }), 'c, i');
});

test.run();
