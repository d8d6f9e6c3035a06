/** `check` on manifests as people write them: no alarm where nothing is wrong. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cli } from './cli.ts';

const test = suite('checking manifests');
const cli = new Cli();
test.after(() => cli.end());

const zookeeper = `
apiVersion: v1
kind: Namespace
metadata: { name: quorum }
---
apiVersion: v1
kind: Service
metadata: { name: zk }
spec: { clusterIP: None, ports: [{ port: 2888 }], selector: { app: zk } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: zk }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: zk } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: zk, namespace: quorum }
spec:
  serviceName: zk
  replicas: 2
  selector: { matchLabels: { app: zk } }
  template:
    metadata: { labels: { app: zk } }
    spec:
      terminationGracePeriodSeconds: 1800
      containers:
        - name: zk
          image: zk:3
          lifecycle: { preStop: { exec: { command: [drain] } } }
          readinessProbe: { exec: { command: [ready] }, initialDelaySeconds: 10 }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

const agent = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      hostNetwork: true
      initContainers: [{ name: prepare, image: prepare:1 }]
      containers: [{ name: agent, image: agent:1, ports: [{ containerPort: 9100 }] }]
`;

for (const [name, text] of [
  ['a StatefulSet with claims, a budget, a Service and slow ends', zookeeper],
  ['a DaemonSet in the network of its nodes', agent],
] as const) {
  test(name, () => {
    const out = cli.ok('check', cli.file('m.yaml', text), '--runs', '60');
    assert.match(out, /✓ 60 runs, \d+ rules, seed 1: none broken/);
  });
}

test('--nodes says how many machines there are', () => {
  const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: edge }
spec:
  replicas: 4
  selector: { matchLabels: { app: edge } }
  template:
    metadata: { labels: { app: edge } }
    spec: { containers: [{ name: c, image: edge:1, ports: [{ containerPort: 80, hostPort: 80 }] }] }
`;
  const file = cli.file('edge.yaml', deployment);
  const { code, out } = cli.run(['check', file, '--runs', '5']);
  assert.is(code, 1);
  assert.match(out, /\[D-L1\]/);
  const wide = cli.ok('check', file, '--runs', '5', '--nodes', '6');
  assert.match(wide, /none broken/);
});

test.run();
