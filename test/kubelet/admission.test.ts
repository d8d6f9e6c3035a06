/** Whom a node takes in: what the worked examples do not have (kubelet-05, "Admission on the node"). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { admissionFailures } from '../../src/kubelet/node/admission.ts';
import { create, events, podOf, quiet, start, until } from './lives.ts';

const test = suite('kubelet: admission');

const node = {
  metadata: { name: 'n1', labels: {} },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
} as unknown as Node;

const asking = (requests: Readonly<Record<string, string>>): Pod =>
  ({
    metadata: { name: 'p', uid: 'p' },
    spec: { containers: [{ name: 'c', image: 'web:1', resources: { requests } }] },
  }) as unknown as Pod;

test('[kubelet-05] a resource that the node does not know is passed over if it is a vendor’s', () => {
  assert.equal(admissionFailures(asking({ 'example.com/gpu': '1' }), node, []), []);
  const [failure] = admissionFailures(asking({ 'hugepages-2Mi': '4Mi' }), node, []);
  assert.is(failure?.reason, 'OutOfhugepages-2Mi');
  assert.match(failure!.message, /requested: 4194304, used: 0, capacity: 0$/);
});

const why = (cluster: ReturnType<typeof quiet>, name = 'p') => {
  const { phase, reason, message } = podOf(cluster, name)!.status;
  return [phase, reason, message];
};

test('[kubelet-05] a Pod with kernel parameters of the host is turned away, one with its own is not', () => {
  const cluster = quiet([]);
  const sysctls = (name: string) => ({ securityContext: { sysctls: [{ name, value: '1' }] } });
  start(cluster, 'p', { nodeName: 'n1', ...sysctls('kernel/msgmax') });
  start(cluster, 'q', { nodeName: 'n1', ...sysctls('net.ipv4.tcp_syncookies') });
  until(cluster, 5);
  const said = 'forbidden sysctl: "kernel.msgmax" not allowlisted';
  assert.equal(why(cluster), ['Failed', 'SysctlForbidden', `Pod was rejected: ${said}`]);
  assert.equal(events(cluster, 'SysctlForbidden'), [`SysctlForbidden: ${said}`]);
  assert.is(podOf(cluster, 'q')!.status.phase, 'Running');
});

test('[kubelet-05] a Pod of another operating system is turned away', () => {
  const cluster = quiet([]);
  start(cluster, 'p', { nodeName: 'n1', os: { name: 'windows' } } as never);
  start(cluster, 'q', { nodeName: 'n1' }, { labels: { 'kubernetes.io/os': 'windows' } });
  until(cluster, 5);
  assert.equal(why(cluster).slice(0, 2), ['Failed', 'PodOSNotSupported']);
  assert.equal(why(cluster, 'q').slice(0, 2), ['Failed', 'PodOSSelectorNodeLabelDoesNotMatch']);
});

test('[kubelet-02] of a Pod that was turned away its status says why and when, and nothing else', () => {
  const cluster = quiet([{ image: 'web:1', reject: 'Busy' }]);
  start(cluster, 'p', {});
  until(cluster, 5);
  assert.is(podOf(cluster)!.spec.nodeName, 'n1', 'the scheduler bound it, and said so');
  const { conditions = [], ...status } = podOf(cluster)!.status;
  assert.equal(conditions, []);
  assert.equal(Object.keys(status).sort(), [
    'message',
    'observedGeneration',
    'phase',
    'qosClass',
    'reason',
    'startTime',
  ]);
});

/** A critical Pod that needs room at a node which another fills. `labels`: the node got them just now. */
function critical(spec: object, labels: Readonly<Record<string, string>> = {}) {
  const cluster = quiet([]);
  const cpu = (amount: string) => ({
    containers: [{ name: 'c', image: 'web:1', resources: { requests: { cpu: amount } } }],
  });
  start(cluster, 'big', { nodeName: 'n1', ...cpu('3') });
  until(cluster, 3);
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n1', priorityClassName: 'system-node-critical', ...cpu('2'), ...spec },
  };
  const patch = { metadata: { labels } };
  cluster.simulation.submit({ verb: 'patch', kind: 'Node', name: 'n1', patchType: 'merge', patch });
  create(cluster, object as never, 'kube-system');
  until(cluster, 20);
  const { status } = cluster.simulation.store.get<Pod>('Pod', 'kube-system/p')!;
  return { cluster, status };
}

test('[kubelet-05] a critical Pod is never turned away for resources, but for what else keeps it out', () => {
  const { status } = critical({ nodeSelector: { disk: 'ssd' } });
  assert.is(status.reason, 'NodeAffinity');
});

test('[kubelet-05] what the node says is looked up anew, whatever else keeps a Pod out', () => {
  const { cluster, status } = critical({ nodeSelector: { disk: 'ssd' } }, { disk: 'ssd' });
  assert.is(status.phase, 'Running');
  assert.is(podOf(cluster, 'big')!.status.reason, 'Preempting');
});

test('[kubelet-05] a critical Pod that not even an empty node could hold is an unexpected error', () => {
  const containers = [{ name: 'c', image: 'web:1', resources: { requests: { cpu: '6' } } }];
  const { cluster, status } = critical({ containers });
  assert.is(status.reason, 'UnexpectedAdmissionError');
  assert.match(
    status.message!,
    /^Pod was rejected: Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: \[\(res: cpu, q: 2000\), ]$/,
  );
  assert.is(podOf(cluster, 'big')!.status.phase, 'Running');
});

test.run();
