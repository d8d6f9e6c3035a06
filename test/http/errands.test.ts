/** More of what people type: maintenance of nodes, metrics, generators, and the smaller commands. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kubectlPath, type Ran, type Tour, tour } from './kubectl.ts';

const test = suite('kubectl errands');
const kubectl = kubectlPath();
let k: Tour;

const visit = (name: string, body: () => Promise<void>) => {
  if (kubectl !== undefined) test(name, body);
};

const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata:
      labels: { app: web }
      annotations: { kubestep.dev/behaviour: '{cpu: 250m, memory: 64Mi}' }
    spec: { containers: [{ name: main, image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: main, image: agent }] }
`;

test.before(async () => {
  if (kubectl === undefined) return;
  k = await tour(kubectl);
  await k('apply -f -', workload);
  assert.is((await k('rollout status deploy/web --timeout=30s')).code, 0);
  assert.is((await k('rollout status ds/agent --timeout=30s')).code, 0);
});

test.after(() => k?.end());

function said({ code, stdout, stderr }: Ran, text: string): void {
  assert.is(code, 0, stderr);
  assert.is(stdout, text);
}

function saidLike({ code, stdout, stderr }: Ran, pattern: RegExp): void {
  assert.is(code, 0, stderr);
  assert.match(stdout, pattern);
}

visit('top shows what is used, and the metrics are an API of their own', async () => {
  await new Promise((go) => setTimeout(go, 1_000));
  saidLike(
    await k('top pods -l app=web'),
    /^NAME +CPU\(cores\) +MEMORY\(bytes\) +\nweb-\S+ +250m +64Mi/,
  );
  saidLike(await k('top pods --containers --no-headers'), /web-\S+ +main +250m +64Mi/);
  saidLike(
    await k('top nodes'),
    /^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) +\nn1 +\d+m +\d+%/,
  );
  const available = "{.status.conditions[?(@.type=='Available')].status}";
  said(
    await k(['get', 'apiservice', 'v1beta1.metrics.k8s.io', '-o', `jsonpath=${available}`]),
    'True',
  );
  saidLike(
    await k('api-resources --api-group=metrics.k8s.io'),
    /pods +metrics\.k8s\.io\/v1beta1 +true +PodMetrics/,
  );
  const { code, stderr } = await k('get pods.metrics.k8s.io nope');
  assert.is(code, 1);
  assert.is(
    stderr,
    'Error from server (NotFound): podmetrics.metrics.k8s.io "default/nope" not found\n',
  );
});

visit('drain evicts by the budget, and leaves what a DaemonSet put there', async () => {
  const refused = await k('drain n1');
  assert.is(refused.code, 1);
  assert.match(
    refused.stderr,
    /cannot delete DaemonSet-managed Pods \(use --ignore-daemonsets to ignore\): default\/agent-/,
  );
  const drained = await k('drain n1 --ignore-daemonsets --timeout=60s');
  assert.is(drained.code, 0, drained.stderr);
  assert.match(drained.stderr, /Warning: ignoring DaemonSet-managed Pods: default\/agent-/);
  assert.match(drained.stdout, /evicting pod default\/web-[\s\S]*node\/n1 drained\n$/);
  said(await k('get pods -l app=web --field-selector spec.nodeName=n1 -o name'), '');
  const stuck = await k('drain n2 --ignore-daemonsets --timeout=1s');
  assert.is(stuck.code, 1);
  assert.match(stuck.stderr, /Cannot evict pod as it would violate the pod's disruption budget\./);
  said(await k('uncordon n1 n2'), 'node/n1 uncordoned\nnode/n2 uncordoned\n');
  assert.is((await k('rollout status deploy/web --timeout=30s')).code, 0);
});

visit('expose and autoscale', async () => {
  said(await k('expose deploy web --port=80 --target-port=80'), 'service/web exposed\n');
  saidLike(await k('wait --for=jsonpath={.spec.ports[0].port}=80 svc/web'), /condition met/);
  said(
    await k('autoscale deploy web --min=2 --max=5 --cpu-percent=80'),
    'horizontalpodautoscaler.autoscaling/web autoscaled\n',
  );
  saidLike(await k('get hpa web'), /Deployment\/web +cpu: .*\/80% +2 +5/);
});

visit('create has a generator for many kinds', async () => {
  writeFileSync(join(k.home, 'file.txt'), 'text');
  const all: readonly (readonly [string, string])[] = [
    [
      'clusterrole reader --verb=get,list --resource=pods',
      'clusterrole.rbac.authorization.k8s.io/reader',
    ],
    [
      'clusterrolebinding readers --clusterrole=reader --user=ann',
      'clusterrolebinding.rbac.authorization.k8s.io/readers',
    ],
    ['cronjob tick --image=busybox --schedule=0/5+*+*+*+* -- date', 'cronjob.batch/tick'],
    ['deployment made --image=nginx --replicas=1 --port=80', 'deployment.apps/made'],
    ['ingress front --rule=example.org/*=web:80', 'ingress.networking.k8s.io/front'],
    [
      'poddisruptionbudget made --min-available=1 --selector=app=made',
      'poddisruptionbudget.policy/made',
    ],
    ['priorityclass high --value=1000', 'priorityclass.scheduling.k8s.io/high'],
    ['quota few --hard=pods=100', 'resourcequota/few'],
    ['service clusterip inner --tcp=80:8080', 'service/inner'],
    ['service nodeport outer --tcp=80', 'service/outer'],
    ['service loadbalancer wide --tcp=80', 'service/wide'],
    ['service externalname away --external-name=example.org', 'service/away'],
    [`configmap files --from-file=${join(k.home, 'file.txt')}`, 'configmap/files'],
    ['secret docker-registry pull --docker-username=a --docker-password=b', 'secret/pull'],
    ['job once --from=cronjob/tick', 'job.batch/once'],
  ];
  for (const [words, created] of all) {
    const args = words.split(' ').map((word) => word.replaceAll('+', ' '));
    said(await k(['create', ...args]), `${created} created\n`);
  }
});

visit('auth tells and reconciles', async () => {
  saidLike(
    await k('auth can-i --list'),
    /^Resources +Non-Resource URLs +Resource Names +Verbs[\s\S]*\*\.\*/,
  );
  said(await k('auth can-i list pods --as ann'), 'yes\n');
  const no = await k('auth can-i delete pods --as ann');
  assert.equal([no.code, no.stdout], [1, 'no\n']);
  const role =
    '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r","namespace":"default"},"rules":[]}';
  saidLike(
    await k('auth reconcile -f -', role),
    /role\.rbac\.authorization\.k8s\.io\/r reconciled/,
  );
});

visit(
  'kustomize builds, diff finds nothing new, server-side apply yields to force only',
  async () => {
    const directory = join(k.home, 'site');
    mkdirSync(directory);
    writeFileSync(
      join(directory, 'kustomization.yaml'),
      'configMapGenerator: [{name: g, literals: [a=b]}]\n',
    );
    saidLike(await k(`kustomize ${directory}`), /name: g-\w{10}/);
    saidLike(await k(`apply -k ${directory}`), /^configmap\/g-\w{10} created\n$/);
    assert.equal(await k(`diff -k ${directory}`), { code: 0, stdout: '', stderr: '' });
    const apply = 'apply --server-side -f -';
    const map = (value: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {a: '${value}'}\n`;
    said(await k(`${apply} --field-manager=one`, map('1')), 'configmap/own serverside-applied\n');
    const conflict = await k(`${apply} --field-manager=two`, map('2'));
    assert.is(conflict.code, 1);
    assert.match(conflict.stderr, /Apply failed with 1 conflict: conflict with "one": \.data\.a/);
  },
);

visit('set, replace, edit, get of events and explain', async () => {
  said(await k('set env deploy/made A=b'), 'deployment.apps/made env updated\n');
  said(
    await k('set resources deploy/made --requests=cpu=10m'),
    'deployment.apps/made resource requirements updated\n',
  );
  said(
    await k('set serviceaccount deploy/made robot'),
    'deployment.apps/made serviceaccount updated\n',
  );
  said(
    await k(
      'replace -f -',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {b: c}\n',
    ),
    'configmap/own replaced\n',
  );
  assert.match((await k('edit configmap own')).stderr, /Edit cancelled, no changes made/);
  saidLike(await k('events --types=Normal'), /ScalingReplicaSet +Deployment\/web/);
  saidLike(await k('get events --sort-by=.lastTimestamp'), /SuccessfulCreate/);
  saidLike(
    await k('explain pod.spec.containers.ports --recursive'),
    /containerPort\t<integer> -required-/,
  );
  saidLike(await k('rollout history ds/agent'), /REVISION +CHANGE-CAUSE\n1 +<none>/);
});

visit('run waits for what it started, and cleans up', async () => {
  const ran = await k('run brief --image=nginx --restart=Never --command -- sleep 1');
  said(ran, 'pod/brief created\n');
  assert.is((await k('wait --for=condition=Ready pod/brief --timeout=20s')).code, 0);
  said(await k('delete pod brief'), 'pod "brief" deleted\n');
  saidLike(await k('wait --for=delete pod/brief --timeout=20s'), /^$/);
});

test.run();
