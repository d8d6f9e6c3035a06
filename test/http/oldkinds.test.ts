/** ReplicationControllers and Endpoints, as kubectl of today meets them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kubectlPath, type Tour, tour } from './kubectl.ts';

const test = suite('kubectl and old kinds');
const kubectl = kubectlPath();
let k: Tour;

const visit = (name: string, body: () => Promise<void>) => {
  if (kubectl !== undefined) test(name, body);
};

const manifest = `
apiVersion: v1
kind: ReplicationController
metadata: { name: web }
spec:
  replicas: 2
  selector: { app: web }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;

test.before(async () => {
  if (kubectl === undefined) return;
  k = await tour(kubectl);
  const made = await k('apply -f -', manifest);
  assert.is(made.stdout, 'replicationcontroller/web created\nservice/web created\n', made.stderr);
  await k('wait --for=jsonpath={.status.readyReplicas}=2 rc/web --timeout=30s');
});

test.after(() => k?.end());

visit('kubectl get rc,ep: sizes, addresses, and the warning', async () => {
  const { code, stdout, stderr } = await k('get rc,ep');
  assert.is(code, 0, stderr);
  assert.match(stdout, /NAME +DESIRED +CURRENT +READY +AGE\nreplicationcontroller\/web +2 +2 +2 /);
  assert.match(stdout, /NAME +ENDPOINTS +AGE\nendpoints\/web +[\d.]+:80,[\d.]+:80 /);
  assert.match(stderr, /^Warning: v1 Endpoints is deprecated in v1\.33\+; use discovery/m);
  const wide = await k('get rc -o wide');
  assert.match(wide.stdout, /CONTAINERS +IMAGES +SELECTOR\n.* main +nginx:1\.27 +app=web\n/);
});

visit('kubectl scale rc, and what describe tells of it', async () => {
  const scaled = await k('scale rc web --replicas=3');
  assert.is(scaled.stdout, 'replicationcontroller/web scaled\n', scaled.stderr);
  await k('wait --for=jsonpath={.status.readyReplicas}=3 rc/web --timeout=30s');
  const { stdout } = await k('describe rc web');
  assert.match(stdout, /Replicas: +3 current \/ 3 desired\nPods Status: +3 Running \/ 0 Waiting/);
  assert.match(
    stdout,
    /SuccessfulCreate +\S+ +(\([^)]*\) +)?replication-controller +Created pod: web-/,
  );
});

visit('kubectl autoscale rc, expose rc', async () => {
  const scaled = await k('autoscale rc web --min=3 --max=4');
  assert.match(scaled.stdout, /horizontalpodautoscaler.autoscaling\/web autoscaled/, scaled.stderr);
  const exposed = await k('expose rc web --port=8080 --name=more');
  assert.is(exposed.stdout, 'service/more exposed\n', exposed.stderr);
  assert.is((await k('delete hpa/web svc/more')).code, 0);
});

visit('kubectl delete rc: Pods go with it, or stay', async () => {
  const orphaned = await k('delete rc web --cascade=orphan');
  assert.match(orphaned.stdout, /^replicationcontroller "web" deleted/, orphaned.stderr);
  assert.is((await k('get pods -o name')).stdout.split('\n').length, 4);
  await k('apply -f -', manifest);
  await k('wait --for=jsonpath={.status.replicas}=2 rc/web --timeout=30s');
  assert.is((await k('delete rc web --cascade=foreground')).code, 0);
  assert.is((await k('wait --for=delete pod -l app=web --timeout=30s')).code, 0);
});

test.run();
