/** Warning headers and tables, as clients without a library see them (api-02 §6, api-08). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Serving, serve } from '../../src/http/server.ts';
import { createCluster } from '../../src/sim/cluster.ts';

const test = suite('warnings and tables');

let serving: Serving;

test.before(async () => {
  const cluster = createCluster({ nodes: [] });
  const options = { port: 0, insecure: true, speed: 'max', paused: true, token: 'x' } as const;
  serving = await serve({ cluster, ...options });
});

test.after(() => serving.close());

const ask = async (method: string, path: string, body?: unknown, type = 'json', accept = '*/*') => {
  const response = await fetch(serving.url + path, {
    method,
    headers: { 'Content-Type': `application/${type}`, Accept: accept },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const warnings = (response.headers.get('warning') ?? '')
    .split(/, (?=299)/)
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text.replace(/^299 - /, '')) as string);
  return { code: response.status, warnings, body: (await response.json()) as never };
};

const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

const warnedOf = async (container: object, more: object = {}) => {
  const spec = { containers: [{ name: 'c', image: 'i', ...container }], ...more };
  const { code, warnings } = await ask('POST', `${pods}?dryRun=All`, {
    metadata: { name: 'p' },
    spec,
  });
  assert.is(code, 201);
  return warnings;
};

test('ports and variables that stand twice', async () => {
  const ports = [{ containerPort: 80 }, { containerPort: 80 }];
  assert.equal(await warnedOf({ ports }), [
    'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
  ]);
  assert.equal(await warnedOf({ ports: [{ containerPort: 80, hostPort: 8 }, ports[0]] }), [
    'spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
  ]);
  const env = (value: string) => [
    { name: 'A', value: '1' },
    { name: 'A', value },
  ];
  assert.equal(await warnedOf({ env: env('2') }), [
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
  ]);
  assert.equal(await warnedOf({ env: env('$(A) and more') }), []);
});

test('what is deprecated, or matches nothing', async () => {
  const { length } = await warnedOf({}, { nodeSelector: { 'kubernetes.io/os': 'linux' } });
  assert.is(length, 0);
  assert.equal(await warnedOf({}, { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }), [
    'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
  ]);
  const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' };
  assert.equal(await warnedOf({}, { topologySpreadConstraints: [constraint] }), [
    'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
  ]);
  assert.equal(await warnedOf({ resources: { requests: { memory: '100m' } } }), [
    'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
  ]);
  assert.equal(await warnedOf({}, { imagePullSecrets: [{}] }), [
    'spec.imagePullSecrets[0].name: invalid empty name ""',
  ]);
});

test('ports without a port of the host, with one name, and graces that are none', async () => {
  assert.equal(await warnedOf({ ports: [{ containerPort: 80, hostIP: '10.0.0.1' }] }), [
    'spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}',
  ]);
  const port = { name: 'http', containerPort: 80 };
  const sidecar = { name: 's', image: 'i', restartPolicy: 'Always', ports: [port] };
  const ports = [{ ...port, containerPort: 81 }];
  assert.equal(await warnedOf({ ports }, { initContainers: [sidecar] }), [
    'spec.containers[0].ports[0]: duplicate port name "http" with spec.initContainers[0].ports[0], services and probes that select ports by name will use spec.initContainers[0].ports[0]',
  ]);
  assert.equal(await warnedOf({}, { terminationGracePeriodSeconds: -1 }), [
    'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
  ]);
});

test('what is only preferred of nodes', async () => {
  const preferred = (expression: object) => {
    const operator = 'In';
    const preference = { matchExpressions: [{ operator, values: ['x'], ...expression }] };
    const term = { weight: 1, preference };
    const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [term] };
    return warnedOf({}, { affinity: { nodeAffinity } });
  };
  const field =
    'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0]';
  assert.equal(await preferred({ key: 'beta.kubernetes.io/os' }), [
    `${field}.key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead`,
  ]);
  const [warning] = await preferred({ key: 'foo', values: ['-1'] });
  assert.match(
    warning!,
    `${field}.values[0]: -1 is invalid, a valid label must be an empty string`,
  );
});

test('files of a volume that are in each other’s way', async () => {
  const items = [
    { key: 'a', path: 'dir' },
    { key: 'b', path: 'dir/file' },
    { key: 'c', path: 'dirty' },
  ];
  const volumes = [
    { name: 'v', configMap: { name: 'm', items } },
    {
      name: 'w',
      projected: {
        sources: [
          { secret: { name: 's', items: [{ key: 'a', path: 'token' }] } },
          { serviceAccountToken: { path: 'token' } },
        ],
      },
    },
    {
      name: 'e',
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '200m' } } },
        },
      },
    },
  ];
  assert.equal(await warnedOf({}, { serviceAccountName: 'default', volumes }), [
    'spec.volumes[2].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte value "200m" is invalid, must be an integer',
    'volume "v" (ConfigMap "m"): overlapping paths: "dir/file" with "dir"',
    'volume "w" (Projected): overlapping paths: "token" (ServiceAccountToken) with "token" (Secret "s")',
  ]);
});

test('profiles in annotations, of Pods and of templates', async () => {
  const seccomp = 'container.seccomp.security.alpha.kubernetes.io/c';
  const appArmor = 'container.apparmor.security.beta.kubernetes.io/c';
  const annotations = { [seccomp]: 'unconfined', [appArmor]: 'localhost/mine' };
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  const pod = { metadata: { name: 'profiled', annotations }, spec };
  const made = await ask('POST', `${pods}?dryRun=All`, pod);
  const unused = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  const old = 'deprecated since v1.30; use the "appArmorProfile" field instead';
  assert.equal(made.warnings, [
    `metadata.annotations[${appArmor}]: ${old}`,
    `metadata.annotations[${seccomp}]: ${unused}`,
  ]);
  const { securityContext } = (made.body as { spec: typeof spec }).spec.containers[0] as never;
  assert.equal(securityContext, {
    appArmorProfile: { type: 'Localhost', localhostProfile: 'mine' },
  });
  const template = { metadata: { labels: { a: 'b' }, annotations }, spec };
  const deployment = { selector: { matchLabels: { a: 'b' } }, template };
  const { warnings } = await ask('POST', `${deployments}?dryRun=All`, {
    metadata: { name: 'profiled' },
    spec: deployment,
  });
  assert.equal(warnings, [
    `spec.template.metadata.annotations[${seccomp}]: ${unused}`,
    `spec.template.metadata.annotations[${appArmor}]: ${old}`,
  ]);
});

test('a change of a Pod is not warned of', async () => {
  const ports = [{ containerPort: 80 }, { containerPort: 80 }];
  const spec = { containers: [{ name: 'c', image: 'i', ports }] };
  const made = await ask('POST', pods, { metadata: { name: 'changed' }, spec });
  assert.is(made.warnings.length, 1);
  const image = { spec: { containers: [{ name: 'c', image: 'j' }] } };
  const changed = await ask('PATCH', `${pods}/changed`, image, 'strategic-merge-patch+json');
  assert.is(changed.code, 200);
  assert.equal(changed.warnings, []);
});

test('a template is warned of when it is new, and not again', async () => {
  const ports = [{ containerPort: 80 }, { containerPort: 80 }];
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'i', ports }] },
  };
  const spec = { selector: { matchLabels: { a: 'b' } }, template };
  const made = await ask('POST', deployments, { metadata: { name: 'd' }, spec });
  const [warning] = made.warnings;
  assert.match(warning!, /^spec\.template\.spec\.containers\[0\]\.ports\[1\]: duplicate port/);
  const scaled = await ask('PATCH', `${deployments}/d`, { spec: { replicas: 3 } }, mergePatch);
  assert.equal(scaled.warnings, []);
});

const mergePatch = 'merge-patch+json';

test('a workload whose name is none for a host, or whose indexes are too many to follow', async () => {
  const jobs = '/apis/batch/v1/namespaces/default/jobs?dryRun=All';
  const template = {
    spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' },
  };
  const dotted = await ask('POST', jobs, { metadata: { name: 'a.b' }, spec: { template } });
  assert.equal(dotted.warnings, [
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
  ]);
  const large = { completionMode: 'Indexed', completions: 100_001, parallelism: 10_001 };
  const spec = { ...large, template };
  const { warnings } = await ask('POST', jobs, { metadata: { name: 'large' }, spec });
  assert.match(warnings[0]!, /^spec: In Indexed Jobs with a number of completions higher than 10/);
});

test('a StatefulSet may keep all of its revisions, and is warned of it', async () => {
  const sets = '/apis/apps/v1/namespaces/default/statefulsets?dryRun=All';
  const metadata = { labels: { a: 'b' } };
  const template = { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { selector: { matchLabels: { a: 'b' } }, template, revisionHistoryLimit: -1 };
  const { code, warnings } = await ask('POST', sets, { metadata: { name: 's' }, spec });
  assert.is(code, 201);
  assert.equal(warnings, [
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
  ]);
});

test('volumes, claims and classes that say what nobody should say any more', async () => {
  const annotations = { 'volume.beta.kubernetes.io/storage-class': 'x' };
  const beta =
    'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead';
  const volume = await ask('POST', '/api/v1/persistentvolumes?dryRun=All', {
    metadata: { name: 'v', annotations },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      hostPath: { path: '/tmp/v' },
      persistentVolumeReclaimPolicy: 'Recycle',
    },
  });
  assert.equal(volume.warnings, [
    beta,
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
  ]);
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims?dryRun=All';
  const claim = await ask('POST', claims, {
    metadata: { name: 'c', annotations },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } },
  });
  assert.equal(claim.warnings, [
    beta,
    'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
  ]);
});

test('what a strategic patch says about merging is no field', async () => {
  const containers = [{ name: 'c', image: 'j', $retainKeys: ['name', 'image'] }];
  const merging = { containers, '$setElementOrder/containers': [{ name: 'c' }] };
  const patch = { spec: { template: { spec: { ...merging, nope: 1 } } } };
  const { warnings } = await ask('PATCH', `${deployments}/d`, patch, 'strategic-merge-patch+json');
  assert.equal(
    warnings.filter((text) => text.startsWith('unknown')),
    ['unknown field "spec.template.spec.nope"'],
  );
});

test('a JSON patch is warned of by what it adds', async () => {
  const patch = [
    { op: 'test', path: '/spec/replicas', value: 3 },
    { op: 'add', path: '/spec/template/spec/containers/0/nope', value: 1 },
  ];
  const { code, warnings } = await ask('PATCH', `${deployments}/d`, patch, 'json-patch+json');
  assert.is(code, 200);
  assert.equal(warnings, ['unknown field "spec.template.spec.containers[0].nope"']);
});

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';

const shownOf = async (path: string) => {
  const { body } = await ask('GET', path, undefined, 'json', table);
  const { columnDefinitions, rows } = body as {
    columnDefinitions: { name: string }[];
    rows: { cells: unknown[] }[];
  };
  const names = columnDefinitions.map(({ name }) => name);
  return rows.map(({ cells }) =>
    Object.fromEntries(cells.map((cell, i) => [names[i]!, cell] as const)),
  );
};

test('tables of slices, requests for certificates, drivers and scales', async () => {
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  const endpoints = ['10.0.0.1', '10.0.0.2'].map((address) => ({ addresses: [address] }));
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  const slice = { metadata: { name: 's' }, addressType: 'IPv4', endpoints, ports };
  await ask('POST', slices, slice);
  const [{ Age: _age, ...shown } = {}] = await shownOf(slices);
  const columns = { AddressType: 'IPv4', Ports: '80', Endpoints: '10.0.0.1,10.0.0.2' };
  assert.equal(shown, { Name: 's', ...columns });
  const drivers = '/apis/storage.k8s.io/v1/csidrivers';
  await ask('POST', drivers, { metadata: { name: 'csi.x' }, spec: { attachRequired: false } });
  const [driver] = await shownOf(drivers);
  assert.equal([driver?.['AttachRequired'], driver?.['Modes']], [false, 'Persistent']);
  const [scale] = await shownOf(`${deployments}/d/scale`);
  assert.equal([scale?.['Name'], scale?.['Desired'], scale?.['Available']], ['d', 3, 0]);
});

test('a slice whose addresses are none is refused', async () => {
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?dryRun=All';
  const refusal = async (address: string) => {
    const endpoints = [{ addresses: [address] }];
    const slice = { metadata: { name: 's' }, addressType: 'IPv4', endpoints };
    const { body } = await ask('POST', slices, slice);
    return (body as { details: { causes: { field: string; message: string }[] } }).details.causes;
  };
  const field = 'endpoints[0].addresses[0]';
  const rule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  const reason = 'FieldValueInvalid';
  assert.equal(await refusal('x'), [{ reason, message: `Invalid value: "x": ${rule}`, field }]);
  const [loopback] = await refusal('127.0.0.1');
  assert.match(loopback!.message, /may not be in the loopback range/);
});

test('an update of a slice does not look again at endpoints that stay', async () => {
  const slice = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/s';
  const { body } = await ask('PATCH', slice, { addressType: 'IPv6' }, mergePatch);
  const { message } = body as { message: string };
  const why = 'addressType: Invalid value: "IPv6": field is immutable';
  assert.is(message, `EndpointSlice.discovery.k8s.io "s" is invalid: ${why}`);
});

test.run();
