/** LimitRanges: defaults and bounds of what Pods and claims ask for (api-07 §7). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Any, creation, pod, TestCluster, updating } from './cluster.ts';

const test = suite('limit ranger');

function cluster(...limits: object[]): TestCluster {
  const made = new TestCluster();
  made.create('LimitRange', { metadata: { name: 'l', namespace: 'default' }, spec: { limits } });
  return made;
}

const container = (resources: object, name = 'c') => ({ name, image: 'web:v1', resources });

const refusal = (limit: object, ...resources: object[]): string => {
  const containers = resources.map((one, i) => container(one, `c${i}`));
  return cluster(limit)
    .refused(creation('Pod', pod('p', { containers })))
    .message.replace('pods "p" is forbidden: ', '');
};

test('containers without resources get the defaults, and a note tells of it', () => {
  const made = cluster({
    type: 'Container',
    max: { cpu: '2' },
    default: { cpu: '1' },
    defaultRequest: { cpu: '500m', memory: '64Mi' },
  });
  const { metadata, spec, status } = made.create(
    'Pod',
    pod('p', {
      containers: [container({}), container({ limits: { cpu: '2' } }, 'd')],
      initContainers: [container({}, 'i')],
    }),
  );
  const [first, second] = spec.containers;
  const all = { limits: { cpu: '1' }, requests: { cpu: '500m', memory: '64Mi' } };
  assert.equal(first.resources, all);
  assert.equal(second.resources, {
    limits: { cpu: '2' },
    requests: { cpu: '2', memory: '64Mi' },
  });
  assert.equal(spec.initContainers[0].resources, all);
  assert.is(
    metadata.annotations['kubernetes.io/limit-ranger'],
    'LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c; memory request for container d; cpu, memory request for init container i; cpu limit for init container i',
  );
  assert.is(status.qosClass, 'Burstable');
});

test('what says everything itself is left alone', () => {
  const made = cluster({ type: 'Container', default: { cpu: '1' } });
  const given = { containers: [container({ limits: { cpu: '2' } })] };
  const { metadata } = made.create('Pod', pod('p', given));
  assert.is(metadata.annotations, undefined);
});

test('too much, too little, and nothing said', () => {
  const max = { type: 'Container', max: { cpu: '2' } };
  assert.is(
    refusal(max, { limits: { cpu: '100' } }),
    'maximum cpu usage per Container is 2, but limit is 100',
  );
  const min = { type: 'Container', min: { memory: '10Mi' } };
  assert.is(
    refusal(min, { requests: { memory: '1Mi' } }),
    'minimum memory usage per Container is 10Mi, but request is 1Mi',
  );
  const bare = { type: 'Pod', min: { memory: '10Mi' }, max: { cpu: '2' } };
  assert.is(
    refusal(bare, {}),
    '[minimum memory usage per Pod is 10Mi.  No request is specified, maximum cpu usage per Pod is 2.  No limit is specified]',
  );
});

test('the same complaint about two containers is told once', () => {
  const max = { type: 'Container', max: { cpu: '1' } };
  const much = { limits: { cpu: '3' } };
  assert.is(refusal(max, much, much), 'maximum cpu usage per Container is 1, but limit is 3');
});

test('limits may be so many times the requests', () => {
  const ratio = { type: 'Container', maxLimitRequestRatio: { cpu: '2' } };
  const about = 'cpu max limit to request ratio per Container is 2';
  assert.is(
    refusal(ratio, { limits: { cpu: '1' }, requests: { cpu: '300m' } }),
    `${about}, but provided ratio is 3.333333`,
  );
  assert.is(refusal(ratio, {}), `${about}, but no request is specified or request is 0`);
  assert.is(
    refusal(ratio, { requests: { cpu: '1' } }),
    `${about}, but no limit is specified or limit is 0`,
  );
  const fine = container({ limits: { cpu: '1' }, requests: { cpu: '500m' } });
  cluster(ratio).create('Pod', pod('p', { containers: [fine] }));
});

test('a Pod is judged by the sum of its containers', () => {
  const max = { type: 'Pod', max: { cpu: '1' } };
  const half = { limits: { cpu: '600m' } };
  assert.is(refusal(max, half, half), 'maximum cpu usage per Pod is 1, but limit is 1200m');
  cluster(max).create('Pod', pod('p', { containers: [container(half)] }));
});

test('Pods are not judged again, and no other namespace is', () => {
  const made = new TestCluster();
  const created = made.create('Pod', pod('p', { containers: [container({})] }));
  made.create('LimitRange', {
    metadata: { name: 'l', namespace: 'default' },
    spec: { limits: [{ type: 'Container', min: { cpu: '1' } }] },
  });
  made.update({ ...created, metadata: { ...created.metadata, labels: { a: 'b' } } });
  made.create('Namespace', { metadata: { name: 'other' } });
  made.create('Pod', { metadata: { name: 'p', namespace: 'other' }, spec: created.spec });
});

test('refusals come after validation, and name the Pod by its generated name', () => {
  const made = cluster({ type: 'Container', min: { cpu: '1' } });
  const metadata = { generateName: 'web-', namespace: 'default' };
  const generated = { metadata, spec: { containers: [container({ requests: { cpu: '1m' } })] } };
  assert.match(made.refused(creation('Pod', generated)).message, /^pods "web-[a-z0-9]{5}" is forb/);
  const broken = pod('p', { containers: [{ ...container({}), name: 'A' }] });
  assert.is(made.refused(creation('Pod', broken)).code, 422);
});

test('claims are judged when they are made, and when they grow', () => {
  const made = cluster({
    type: 'PersistentVolumeClaim',
    min: { storage: '1Gi' },
    max: { storage: '2Gi' },
  });
  const claim = (storage: string): Any => ({
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
  assert.is(
    made.refused(creation('PersistentVolumeClaim', claim('3Gi'))).message,
    'persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
  );
  assert.match(
    made.refused(creation('PersistentVolumeClaim', claim('1Mi'))).message,
    'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi',
  );
  made.create('StorageClass', {
    metadata: { name: 'fast' },
    provisioner: 'x.y/z',
    allowVolumeExpansion: true,
  });
  const fast = claim('1Gi');
  made.create('PersistentVolumeClaim', {
    ...fast,
    spec: { ...fast.spec, storageClassName: 'fast' },
  });
  const bound = made.merge(
    'PersistentVolumeClaim',
    'data',
    { status: { phase: 'Bound' } },
    'status',
  );
  const grown = (storage: string): Any => {
    const spec = { ...bound.spec, resources: { requests: { storage } } };
    return updating({ ...bound, spec });
  };
  assert.match(made.refused(grown('9Gi')).message, 'but request is 9Gi');
  made.ok(grown('2Gi'));
});

test.run();
