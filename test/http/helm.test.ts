/** Helm's requests, as helm 3 and helm 4 make them: releases in Secrets, patches, waiting, hooks and uninstalling. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, patchTypes, Wire } from './wire.ts';

const test = suite('helm');

let wire: Wire;
test.before(async () => {
  wire = await Wire.up({
    behaviour: [{ image: 'busybox', exit: 0, exitAfter: '1s' }],
    serviceAccounts: { rootCertificate: '' },
  });
});
test.after(() => wire.end());

const core = '/api/v1/namespaces/default';
const apps = '/apis/apps/v1/namespaces/default';
const batch = '/apis/batch/v1/namespaces/default';
const manager = 'fieldManager=helm';

const labels = { 'app.kubernetes.io/managed-by': 'Helm', app: 'web' };
const annotations = {
  'meta.helm.sh/release-name': 'web',
  'meta.helm.sh/release-namespace': 'default',
};

const deployment = (image: string, replicas = 2) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', labels, annotations },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 80 }] }] },
    },
  },
});

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', labels, annotations },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 80 }] },
};

const release = (version: number, status: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: `sh.helm.release.v1.web.v${version}`,
    namespace: 'default',
    labels: { name: 'web', owner: 'helm', status, version: String(version), modifiedAt: '1' },
  },
  type: 'helm.sh/release.v1',
  data: { release: Buffer.from(`release ${version}, gzipped`).toString('base64') },
});

const releases = (selector: string) =>
  wire.names(`${core}/secrets?labelSelector=${encodeURIComponent(selector)}`);

test('looks at the version and at what is served, before anything else', async () => {
  const { minor, gitVersion } = await wire.get('/version');
  assert.is(minor, '36');
  assert.match(gitVersion, /^v1\.36\./);
  const accept =
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  for (const path of ['/api', '/apis']) {
    assert.is((await wire.ok('GET', path, { accept })).kind, 'APIGroupDiscoveryList');
  }
  // Served as text, as Go's file server takes it.
  const { paths } = JSON.parse(await wire.get('/openapi/v3'));
  const url = paths['apis/apps/v1'].serverRelativeURL as string;
  const { components } = await wire.get(url);
  assert.ok(components.schemas['io.k8s.api.apps.v1.Deployment']);
});

test('install: nothing is there, the release is noted, objects are made, the release is deployed', async () => {
  assert.equal(await releases('name=web,owner=helm'), []);
  await wire.ok('GET', `${apps}/deployments/web`, {}, 404);
  await wire.ok('GET', `${core}/services/web`, {}, 404);
  const noted = await wire.post(`${core}/secrets?${manager}`, release(1, 'pending-install'));
  assert.is(noted.type, 'helm.sh/release.v1');
  await wire.post(`${core}/services?${manager}`, service);
  const made = await wire.post(`${apps}/deployments?${manager}`, deployment('nginx:1'));
  assert.is(made.metadata.managedFields[0].manager, 'helm');
  const path = `${core}/secrets/sh.helm.release.v1.web.v1`;
  await wire.ok('PUT', path, { body: release(1, 'deployed') });
  assert.equal(await releases('name=web,owner=helm,status=deployed'), [
    'sh.helm.release.v1.web.v1',
  ]);
  const found = await wire.get(path);
  assert.is(
    found.data.release,
    release(1, '').data.release,
    'the release itself is kept as it was',
  );
});

test('--wait: Deployments by their new ReplicaSet, Services by their address, Pods by their conditions', async () => {
  const { metadata, spec, status } = await wire.get(`${apps}/deployments/web`);
  assert.is(status.observedGeneration, metadata.generation);
  const selector = encodeURIComponent('app=web');
  const { items: sets } = await wire.get(`${apps}/replicasets?labelSelector=${selector}`);
  const [set] = (sets as Any[]).filter(({ metadata: { ownerReferences } }) =>
    ownerReferences.some(({ uid }: Any) => uid === metadata.uid),
  );
  assert.is(set.status.readyReplicas, spec.replicas);
  assert.ok((await wire.get(`${core}/services/web`)).spec.clusterIP);
  const { items: pods } = await wire.get(`${core}/pods?labelSelector=${selector}`);
  assert.is(pods.length, spec.replicas);
  for (const pod of pods as Any[]) {
    const ready = pod.status.conditions.find(({ type }: Any) => type === 'Ready');
    assert.is(ready.status, 'True');
  }
});

test('upgrade of helm 3: a strategic patch between old manifest, new manifest and what is there', async () => {
  await wire.post(`${core}/secrets?${manager}`, release(2, 'pending-upgrade'));
  const body = {
    spec: {
      replicas: 3,
      template: {
        spec: {
          $setElementOrder: undefined,
          '$setElementOrder/containers': [{ name: 'web' }],
          containers: [{ name: 'web', image: 'nginx:2' }],
        },
      },
    },
  };
  const type = patchTypes.strategic;
  const patched = await wire.ok('PATCH', `${apps}/deployments/web?${manager}`, { body, type });
  const [container] = patched.spec.template.spec.containers;
  assert.is(container.image, 'nginx:2');
  assert.equal(container.ports, [{ containerPort: 80, protocol: 'TCP' }]);
  assert.is((await wire.get(`${apps}/deployments/web`)).status.updatedReplicas, 3);
  const same = await wire.ok('PATCH', `${core}/services/web?${manager}`, { body: {}, type });
  const { resourceVersion } = (await wire.get(`${core}/services/web`)).metadata;
  assert.is(same.metadata.resourceVersion, resourceVersion, 'an empty patch changes nothing');
  await wire.ok('PUT', `${core}/secrets/sh.helm.release.v1.web.v1`, {
    body: release(1, 'superseded'),
  });
  await wire.ok('PUT', `${core}/secrets/sh.helm.release.v1.web.v2`, {
    body: release(2, 'deployed'),
  });
  assert.is((await releases('name=web,owner=helm')).length, 2);
  assert.equal(await releases('owner=helm,status notin (superseded)'), [
    'sh.helm.release.v1.web.v2',
  ]);
});

test('upgrade of helm 4: server-side apply, tried first, and told of the conflict with helm 3', async () => {
  const apply = (query: string, image: string) => ({
    path: `${apps}/deployments/web?fieldManager=helm4&fieldValidation=Strict${query}`,
    asked: { type: patchTypes.apply, body: deployment(image) },
  });
  const tried = apply('&force=false&dryRun=All', 'nginx:3');
  const conflict = await wire.ask('PATCH', tried.path, tried.asked);
  assert.is(conflict.code, 409);
  assert.match(conflict.body.message, /^Apply failed with \d+ conflicts?: conflicts? with "helm"/);
  const forced = apply('&force=true', 'nginx:3');
  const applied = await wire.ok('PATCH', forced.path, forced.asked);
  assert.is(applied.spec.template.spec.containers[0].image, 'nginx:3');
  const own = applied.metadata.managedFields.find(({ manager }: Any) => manager === 'helm4');
  assert.is(own.operation, 'Apply');
  const unknown = { ...deployment('nginx:3'), spec: { ...deployment('nginx:3').spec, replica: 1 } };
  const strict = await wire.ask('PATCH', forced.path, { type: patchTypes.apply, body: unknown });
  assert.is(strict.code, 500);
  assert.match(strict.body.message, /field not declared in schema/);
});

test('hooks: a Job is made, watched until it is complete, and deleted by its policy', async () => {
  const hook = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'migrate',
      namespace: 'default',
      annotations: {
        'helm.sh/hook': 'pre-upgrade',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
      },
    },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] },
      },
    },
  };
  const before = await wire.ask('DELETE', `${batch}/jobs/migrate`, {
    body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
  });
  assert.is(before.code, 404);
  const selector = encodeURIComponent('metadata.name=migrate');
  const { metadata } = await wire.get(`${batch}/jobs?fieldSelector=${selector}&limit=500`);
  const query = `fieldSelector=${selector}&allowWatchBookmarks=true&timeoutSeconds=30&watch=true`;
  const isComplete = ({ object }: Any) =>
    object.status?.conditions?.some(
      ({ type, status }: Any) => type === 'Complete' && status === 'True',
    );
  const events = await wire.watch(
    `${batch}/jobs?${query}&resourceVersion=${metadata.resourceVersion}`,
    (seen) => seen.some(isComplete),
    () => wire.post(`${batch}/jobs?${manager}`, hook),
  );
  assert.is(events[0].type, 'ADDED');
  const body = { propagationPolicy: 'Background' };
  await wire.ok('DELETE', `${batch}/jobs/migrate`, { body });
  await wire.ok('GET', `${batch}/jobs/migrate`, {}, 404);
  assert.equal(await wire.names(`${core}/pods?labelSelector=job-name%3Dmigrate`), []);
});

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'sites.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'sites', singular: 'site', kind: 'Site', listKind: 'SiteList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { url: { type: 'string' } } } },
          },
        },
      },
    ],
  },
};

test('definitions of a chart come first, and their objects once they are established', async () => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await wire.post(`${path}?${manager}`, crd);
  const { status } = await wire.get(`${path}/sites.example.com`);
  const established = status.conditions.find(({ type }: Any) => type === 'Established');
  assert.is(established.status, 'True');
  const { groups } = await wire.get('/apis');
  assert.ok((groups as Any[]).some(({ name }) => name === 'example.com'));
  const sites = '/apis/example.com/v1/namespaces/default/sites';
  const site = {
    apiVersion: 'example.com/v1',
    kind: 'Site',
    metadata: { name: 'web' },
    spec: { url: 'http://a' },
  };
  await wire.post(`${sites}?${manager}`, site);
  // Of what it does not know the type helm makes a merge patch.
  const body = { spec: { url: 'http://b' } };
  const { spec } = await wire.ok('PATCH', `${sites}/web?${manager}`, {
    body,
    type: patchTypes.merge,
  });
  assert.equal(spec, body.spec);
});

test('uninstall: objects go with what they own, and the releases with them', async () => {
  const body = { propagationPolicy: 'Background' };
  await wire.ok('DELETE', `${core}/services/web`, { body });
  await wire.ok('DELETE', `${apps}/deployments/web`, { body });
  for (const version of [1, 2]) {
    await wire.ok('DELETE', `${core}/secrets/sh.helm.release.v1.web.v${version}`);
  }
  assert.equal(await releases('owner=helm'), []);
  assert.equal(await wire.names(`${apps}/replicasets?labelSelector=app%3Dweb`), []);
  // --wait waits for Pods that end.
  const { items } = await wire.get(`${core}/pods?labelSelector=app%3Dweb`);
  for (const { metadata } of items as Any[]) assert.ok(metadata.deletionTimestamp);
});

test.run();
