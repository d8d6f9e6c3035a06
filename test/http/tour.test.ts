/** A tour with real kubectl: what people type, and what they get. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kubectlPath, type Ran, type Tour, tour } from './kubectl.ts';

const test = suite('kubectl');
const kubectl = kubectlPath();

let k: Tour;

if (kubectl === undefined) {
  console.log('SKIPPED: no kubectl on PATH and none in KUBECTL: the tour is not made');
}

const visit = (name: string, body: () => Promise<void>) => {
  if (kubectl !== undefined) test(name, body);
};

test.before(async () => {
  if (kubectl !== undefined) k = await tour(kubectl);
});

test.after(() => k?.end());

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: 'nginx:1.14.2' }] }
`;

/** It worked, and said exactly this. */
function said({ code, stdout, stderr }: Ran, text: string): void {
  assert.is(code, 0, stderr);
  assert.is(stdout, text);
}

/** It worked, and said something like this. */
function saidLike({ code, stdout, stderr }: Ran, pattern: RegExp): void {
  assert.is(code, 0, stderr);
  assert.match(stdout, pattern);
}

function refused({ code, stderr }: Ran, pattern: RegExp): void {
  assert.is(code, 1);
  assert.match(stderr, pattern);
}

visit('apply creates, configures, and leaves alone', async () => {
  said(await k('apply -f -', deployment), 'deployment.apps/web created\n');
  said(await k('apply -f -', deployment), 'deployment.apps/web unchanged\n');
  const more = deployment.replace('replicas: 2', 'replicas: 3');
  said(await k('apply -f -', more), 'deployment.apps/web configured\n');
});

visit('rollout status waits for what the controllers do', async () => {
  saidLike(
    await k('rollout status deployment/web --timeout=30s'),
    /deployment "web" successfully rolled out\n$/,
  );
});

visit('get prints tables, wide ones, names, JSON, YAML, paths and columns', async () => {
  saidLike(await k('get deploy'), /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +3\/3 +3 +3 +\d/);
  saidLike(
    await k('get deploy web -o wide'),
    /CONTAINERS +IMAGES +SELECTOR\n.*nginx:1\.14\.2 +app=web/,
  );
  said(await k('get deploy -o name'), 'deployment.apps/web\n');
  const json = JSON.parse((await k('get deploy web -o json')).stdout) as { kind: string };
  assert.is(json.kind, 'Deployment');
  saidLike(await k('get deploy web -o yaml'), /^apiVersion: apps\/v1\nkind: Deployment\n/);
  said(await k('get deploy web -o jsonpath={.status.readyReplicas}'), '3');
  said(await k('get deploy web -o custom-columns=N:.metadata.name --no-headers'), 'web\n');
  saidLike(await k('get pods -l app=web --show-labels'), /app=web,pod-template-hash=/);
  saidLike(await k('get pods --field-selector status.phase=Running'), /Running/);
  saidLike(await k('get ns,nodes'), /namespace\/default +Active[\s\S]*node\/n1 +Ready/);
  refused(await k('get pod nope'), /^Error from server \(NotFound\): pods "nope" not found\n$/);
  refused(await k('get foos'), /^error: the server doesn't have a resource type "foos"\n$/);
});

visit('describe and events tell what happened', async () => {
  saidLike(await k('describe deployment web'), /Scaled up replica set web-\w+ from 0 to 2/);
  saidLike(await k('events --for deployment/web'), /ScalingReplicaSet/);
  saidLike(await k('describe node n1'), /Ready +True/);
});

visit('scale, set image, label, annotate and patch change it', async () => {
  said(await k('scale deploy web --replicas=2'), 'deployment.apps/web scaled\n');
  said(await k('set image deploy/web nginx=nginx:1.16.1'), 'deployment.apps/web image updated\n');
  saidLike(await k('rollout status deploy/web --timeout=30s'), /successfully rolled out/);
  said(await k('label deploy web tier=front'), 'deployment.apps/web labeled\n');
  said(await k('annotate deploy web who=me'), 'deployment.apps/web annotated\n');
  const patch = '{"spec":{"minReadySeconds":1}}';
  said(await k(`patch deploy web -p ${patch}`), 'deployment.apps/web patched\n');
  said(
    await k(`patch deploy web --type merge -p ${patch}`),
    'deployment.apps/web patched (no change)\n',
  );
  const json = '[{"op":"remove","path":"/spec/minReadySeconds"}]';
  said(await k(`patch deploy web --type json -p ${json}`), 'deployment.apps/web patched\n');
});

visit('history, undo, pause, resume and restart', async () => {
  saidLike(await k('rollout history deploy/web'), /REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/);
  said(await k('rollout undo deploy/web'), 'deployment.apps/web rolled back\n');
  saidLike(await k('rollout status deploy/web --timeout=30s'), /successfully rolled out/);
  said(await k('rollout pause deploy/web'), 'deployment.apps/web paused\n');
  said(await k('rollout resume deploy/web'), 'deployment.apps/web resumed\n');
  said(await k('rollout restart deploy/web'), 'deployment.apps/web restarted\n');
  saidLike(await k('rollout status deploy/web --timeout=30s'), /successfully rolled out/);
});

visit('diff shows what apply would change, and says so by its exit code', async () => {
  const { code, stdout } = await k('diff -f -', deployment.replace('replicas: 2', 'replicas: 5'));
  assert.is(code, 1);
  assert.match(stdout, /\+ {2}replicas: 5/);
});

visit('apply on the server conflicts with who owns the field', async () => {
  const map = (value: string) =>
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"shared"},"data":{"a":"${value}"}}`;
  const apply = 'apply --server-side -f - --field-manager';
  said(await k(`${apply}=one`, map('1')), 'configmap/shared serverside-applied\n');
  refused(
    await k(`${apply}=two`, map('2')),
    /Apply failed with 1 conflict: conflict with "one": \.data\.a/,
  );
  said(
    await k(`${apply}=two --force-conflicts`, map('2')),
    'configmap/shared serverside-applied\n',
  );
});

visit('mistakes are told as a real server tells them', async () => {
  const bad = deployment.replace('image:', 'imagee:');
  refused(
    await k('create -f -', bad),
    /strict decoding error: unknown field "spec\.template\.spec\.containers\[0\]\.imagee"/,
  );
  const invalid = deployment
    .replace('replicas: 2', 'replicas: -1')
    .replace('name: web', 'name: w2');
  refused(
    await k('create -f -', invalid),
    /The Deployment "w2" is invalid: spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
  );
});

visit('create makes what has a generator', async () => {
  said(await k('create namespace team'), 'namespace/team created\n');
  said(await k('create configmap c --from-literal=a=b -n team'), 'configmap/c created\n');
  said(await k('create secret generic s --from-literal=a=b -n team'), 'secret/s created\n');
  said(await k('create serviceaccount robot -n team'), 'serviceaccount/robot created\n');
  said(
    await k('create role r --verb=get --resource=pods -n team'),
    'role.rbac.authorization.k8s.io/r created\n',
  );
  said(
    await k('create rolebinding rb --role=r --serviceaccount=team:robot -n team'),
    'rolebinding.rbac.authorization.k8s.io/rb created\n',
  );
  said(await k('create job j --image=busybox -n team'), 'job.batch/j created\n');
  saidLike(await k('create token robot -n team'), /^\w+\.\w+/);
});

visit('who may do what', async () => {
  said(await k('auth can-i create pods'), 'yes\n');
  saidLike(await k('auth whoami'), /Username +kubernetes-admin/);
  const { code, stdout } = await k(
    'auth can-i delete pods --as system:serviceaccount:team:robot -n team',
  );
  assert.is(code, 1);
  assert.match(stdout, /^no/);
});

visit('explain and api-resources know the structure', async () => {
  saidLike(await k('explain deployment.spec.replicas'), /FIELD: replicas <integer>/);
  saidLike(
    await k('api-resources --api-group=apps'),
    /deployments +deploy +apps\/v1 +true +Deployment/,
  );
  saidLike(await k('api-versions'), /^apps\/v1$/m);
});

visit('cordon, taint and uncordon', async () => {
  said(await k('cordon n2'), 'node/n2 cordoned\n');
  saidLike(await k('get node n2'), /Ready,SchedulingDisabled/);
  said(await k('taint nodes n2 a=b:NoSchedule'), 'node/n2 tainted\n');
  said(await k('taint nodes n2 a-'), 'node/n2 untainted\n');
  said(await k('uncordon n2'), 'node/n2 uncordoned\n');
});

visit('wait and watch see changes as they happen', async () => {
  const watching = k.start('get pods -w -o name --request-timeout=6s');
  let seen = '';
  watching.stdout!.on('data', (part: Buffer) => {
    seen += part.toString();
  });
  said(await k('run solo --image=nginx'), 'pod/solo created\n');
  saidLike(await k('wait --for=condition=Ready pod/solo --timeout=20s'), /pod\/solo condition met/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  watching.kill();
  assert.match(seen, /pod\/solo/);
  said(await k('delete pod solo'), 'pod "solo" deleted\n');
});

visit('kustomize and apply a directory', async () => {
  writeFileSync(join(k.home, 'cm.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: k}\n');
  writeFileSync(join(k.home, 'kustomization.yaml'), 'resources: [cm.yaml]\nnamePrefix: my-\n');
  said(await k(`apply -k ${k.home}`), 'configmap/my-k created\n');
});

visit('delete orphans, cascades, and waits', async () => {
  said(await k('delete deploy web --cascade=orphan'), 'deployment.apps "web" deleted\n');
  saidLike(await k('get rs -l app=web -o name'), /replicaset\.apps\/web-/);
  saidLike(
    await k('delete rs -l app=web --wait=true --timeout=30s'),
    /replicaset\.apps "web-\w+" deleted/,
  );
  saidLike(await k('delete pods -l app=web --timeout=30s'), /^(pod "web-.*" deleted\n)*/);
  refused(await k('get deploy web'), /deployments\.apps "web" not found/);
});

test.run();
