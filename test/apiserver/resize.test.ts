/** `pods/resize`: what a resize may change, and who else has a say in it (ValidatePodResize, PodResize, quotas). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, TestCluster } from './cluster.ts';

const test = suite('resizing Pods');

const guaranteed = { cpu: '500m', memory: '64Mi' };
const burstable = {
  requests: { cpu: '100m', memory: '64Mi' },
  limits: { cpu: '200m', memory: '64Mi' },
};

const containers = (resources: Any, name = 'c') => [{ name, image: 'i', resources }];

function clusterWith(spec: Any, metadata: Any = {}): TestCluster {
  const cluster = new TestCluster();
  cluster.create('Pod', { metadata: { name: 'p', ...metadata }, spec });
  return cluster;
}

const resizing = (patch: Any): Any => ({
  verb: 'patch',
  kind: 'Pod',
  namespace: 'default',
  name: 'p',
  subresource: 'resize',
  patchType: 'strategic',
  patch,
  fieldValidation: 'Ignore',
});

const resized = (resources: Any, name = 'c') =>
  resizing({ spec: { containers: [{ name, resources }] } });

/** Why a resize of a burstable Pod is refused. */
const refusal = (patch: Any, spec: Any = { containers: containers(burstable) }): string =>
  clusterWith(spec)
    .refused(resizing({ spec: patch }))
    .message.replace('Pod "p" is invalid: ', '');

test('CPU and memory of a container change, and make a generation', () => {
  const cluster = clusterWith({ containers: containers(burstable) });
  const { metadata, spec } = cluster.ok(resized({ requests: { cpu: '150m' } }));
  assert.is(metadata.generation, 2);
  assert.equal(spec.containers[0].resources, {
    limits: { cpu: '200m', memory: '64Mi' },
    requests: { cpu: '150m', memory: '64Mi' },
  });
  const again = cluster.ok(resized({ requests: { cpu: '150m' } }));
  assert.is(again.metadata.resourceVersion, metadata.resourceVersion, 'nothing changed');
});

test('whatever else a body says is left out', () => {
  const cluster = clusterWith({ containers: containers(burstable) });
  const patch = {
    metadata: { labels: { a: 'b' } },
    spec: {
      activeDeadlineSeconds: 5,
      containers: [{ name: 'c', image: 'other', resources: { limits: { cpu: '300m' } } }],
    },
  };
  const { metadata, spec } = cluster.ok(resizing(patch));
  assert.is(metadata.labels, undefined);
  assert.is(spec.activeDeadlineSeconds, undefined);
  assert.is(spec.containers[0].image, 'i');
  assert.is(spec.containers[0].resources.limits.cpu, '300m');
});

test('without the subresource resources do not change', () => {
  const cluster = clusterWith({ containers: containers(burstable) });
  const request = resized({ requests: { cpu: '150m' } });
  const { subresource: _none, ...plain } = request;
  assert.match(cluster.refused(plain).message, /pod updates may not change fields other than/);
});

const withInit = {
  initContainers: containers(burstable, 'init'),
  containers: containers(burstable),
};

for (const [what, patch, expected, spec] of [
  [
    'the class of the Pod',
    { containers: [{ name: 'c', resources: { requests: { cpu: '200m' } } }] },
    'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
  ],
  [
    'a request that is removed',
    { containers: [{ name: 'c', resources: { requests: { memory: null } } }] },
    'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    { containers: containers({ requests: { cpu: '100m', memory: '64Mi' } }) },
  ],
  [
    'a limit that is removed',
    { containers: [{ name: 'c', resources: { limits: { cpu: null } } }] },
    'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
  ],
  [
    'other resources',
    { containers: [{ name: 'c', resources: { limits: { 'ephemeral-storage': '1Gi' } } }] },
    'spec: Forbidden: only cpu and memory resources are mutable',
  ],
  [
    'the policy of a container',
    {
      containers: [
        { name: 'c', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] },
      ],
    },
    'spec: Forbidden: only cpu and memory resources are mutable',
  ],
  [
    'a request above its limit',
    { containers: [{ name: 'c', resources: { requests: { cpu: '2' } } }] },
    'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 200m',
  ],
  [
    'a container more',
    { containers: [{ name: 'd', image: 'i' }] },
    'spec.containers: Forbidden: containers may not be added or removed on resize',
  ],
  [
    'another resource of an init container',
    { initContainers: [{ name: 'init', resources: { limits: { 'ephemeral-storage': '1Gi' } } }] },
    'spec.initContainers[0]: Forbidden: only cpu and memory resources for init or sidecar containers are mutable',
    withInit,
  ],
] as [string, Any, string, Any][]) {
  test(`refuses ${what}`, () => {
    assert.is(refusal(patch, spec), expected);
  });
}

test('refuses containers that changed places', () => {
  const both = [...containers(burstable, 'a'), ...containers(burstable, 'b')];
  const cluster = clusterWith({ containers: both });
  const object = cluster.get('Pod', 'p');
  const turned = {
    ...object,
    spec: { ...object.spec, containers: [...object.spec.containers].reverse() },
  };
  const { message } = cluster.refused({
    verb: 'update',
    kind: 'Pod',
    object: turned,
    subresource: 'resize',
  });
  const why = (i: number) =>
    `spec.containers[${i}].name: Forbidden: containers may not be renamed or reordered on resize`;
  assert.is(message, `Pod "p" is invalid: [${why(0)}, ${why(1)}]`);
});

test('refuses static Pods, and what runs where nobody could resize it', () => {
  const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  const fixed = clusterWith({ nodeName: 'n1', containers: containers(burstable) }, mirror);
  assert.match(
    fixed.refused(resized({ requests: { cpu: '150m' } })).message,
    /Forbidden: static pods cannot be resized$/,
  );
  const cluster = clusterWith({ containers: containers(burstable) });
  const status = (more: Any) =>
    cluster.merge(
      'Pod',
      'p',
      {
        status: {
          containerStatuses: [
            {
              name: 'c',
              state: { running: {} },
              ready: true,
              restartCount: 0,
              image: 'i',
              imageID: '',
              ...more,
            },
          ],
        },
      },
      'status',
    );
  status({});
  assert.is(
    cluster.refused(resized({ requests: { cpu: '150m' } })).message,
    'Pod "p" is invalid: spec: Forbidden: Pod running on node without support for resize',
  );
  status({ resources: burstable });
  cluster.ok(resized({ requests: { cpu: '150m' } }));
});

test('refuses more than the node has at all', () => {
  const cluster = clusterWith({ nodeName: 'n1', containers: containers(burstable) });
  cluster.create('Node', { metadata: { name: 'n1' } });
  cluster.merge('Node', 'n1', { status: { allocatable: { cpu: '2', memory: '1Gi' } } }, 'status');
  const huge = { cpu: '8', memory: '4Gi' };
  const { message, reason } = cluster.refused(
    resized({ requests: { cpu: '4', memory: '2Gi' }, limits: huge }),
  );
  assert.is(reason, 'Forbidden');
  assert.is(
    message,
    'pods "p" is forbidden: node didn\'t have enough allocatable resources: cpu, requested: 4000, allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824',
  );
});

test('a resize is charged to quotas, and judged by limit ranges', () => {
  const cluster = clusterWith({ containers: containers(burstable) });
  cluster.create('ResourceQuota', {
    metadata: { name: 'q' },
    spec: { hard: { 'requests.cpu': '1' } },
  });
  const counted = { status: { hard: { 'requests.cpu': '1' }, used: { 'requests.cpu': '100m' } } };
  cluster.merge('ResourceQuota', 'q', counted, 'status');
  const much = resized({ requests: { cpu: '1100m' }, limits: { cpu: '2' } });
  assert.match(
    cluster.refused(much).message,
    /exceeded quota: q, requested: requests.cpu=1, used: requests.cpu=100m, limited: requests.cpu=1$/,
  );
  cluster.ok(resized({ requests: { cpu: '150m' } }));
  assert.is(cluster.get('ResourceQuota', 'q').status.used['requests.cpu'], '150m');
  cluster.create('LimitRange', {
    metadata: { name: 'l' },
    spec: { limits: [{ type: 'Container', max: { cpu: '300m' } }] },
  });
  assert.match(
    cluster.refused(resized({ limits: { cpu: '400m' } })).message,
    /maximum cpu usage per Container is 300m, but limit is 400m$/,
  );
});

test('a Pod that has all it may use goes on having it', () => {
  const both = { requests: guaranteed, limits: guaranteed };
  const cluster = clusterWith({ containers: containers(both) });
  const more = { ...guaranteed, cpu: '700m' };
  cluster.ok(resized({ requests: more, limits: more }));
  assert.is(cluster.get('Pod', 'p').status.qosClass, 'Guaranteed');
});

test.run();
