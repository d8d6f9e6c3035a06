/** What a Pod asks for as a whole when it says so in part (KEP-2837, defaultPodRequests). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultPodSpec } from '../../src/api/pod/poddefaults.ts';
import type { PodSpec, ResourceRequirements } from '../../src/api/pod/podspec.ts';
import { type Any, TestCluster } from '../apiserver/cluster.ts';

const test = suite('resources of Pods as a whole');

const whole = (
  resources: ResourceRequirements,
  ...containers: ResourceRequirements[]
): ResourceRequirements | undefined => {
  const list = containers.map((one, i) => ({ name: `c${i}`, image: 'i', resources: one }));
  return defaultPodSpec({ resources, containers: list } as unknown as PodSpec).resources;
};

const none = {};

for (const [what, found, expected] of [
  ['limits alone are requests, too', whole({ limits: { cpu: '1' } }, none), { cpu: '1' }],
  [
    'containers that ask are added up, and what none asks for is the limit',
    whole(
      { limits: { cpu: '2', memory: '1Gi' } },
      { requests: { cpu: '300m' } },
      { limits: { cpu: '800m' } },
    ),
    { cpu: '1100m', memory: '1Gi' },
  ],
  [
    'containers that ask for what has no limit are added up all the same',
    whole({ limits: { cpu: '2' } }, { requests: { memory: '64Mi' } }),
    { memory: '64Mi', cpu: '2' },
  ],
  [
    'what is said stays',
    whole({ limits: { cpu: '2' }, requests: { cpu: '1' } }, { requests: { cpu: '300m' } }),
    { cpu: '1' },
  ],
  [
    'requests alone are all that is asked for',
    whole({ requests: { cpu: '1' } }, { requests: { memory: '64Mi' } }),
    { cpu: '1' },
  ],
  [
    'nothing of a disk is asked for as a whole',
    whole({ limits: { cpu: '2' } }, { requests: { 'ephemeral-storage': '1Gi' } }),
    { cpu: '2' },
  ],
] as [string, ResourceRequirements | undefined, Any][]) {
  test(`[api-05] ${what}`, () => {
    assert.equal(found?.requests, expected);
  });
}

test('[api-05] huge pages of containers are limits of the Pod, and then its requests', () => {
  const pages = { 'hugepages-2Mi': '4Mi' };
  const container = { limits: { cpu: '1', ...pages }, requests: pages };
  const found = whole({ requests: { cpu: '2' } }, container, container);
  assert.equal(found?.limits, { 'hugepages-2Mi': '8Mi' });
  assert.equal(found?.requests, { cpu: '2', 'hugepages-2Mi': '8Mi' });
});

test('a template stays as it is: only Pods are filled in', () => {
  const cluster = new TestCluster();
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { resources: { limits: { cpu: '1' } }, containers: [{ name: 'c', image: 'i' }] },
  };
  const spec = { selector: { matchLabels: { a: 'b' } }, template };
  const made = cluster.create('ReplicaSet', { metadata: { name: 'r' }, spec } as Any) as Any;
  assert.equal(made.spec.template.spec.resources, { limits: { cpu: '1' } });
});

test('containers together ask for no more than the Pod', () => {
  const cluster = new TestCluster();
  const spec = {
    resources: { limits: { cpu: '1' }, requests: { cpu: '500m' } },
    containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '700m' } } }],
  };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' } };
  const { message } = cluster.refused({
    verb: 'create',
    kind: 'Pod',
    object: { ...object, spec },
  } as Any);
  assert.match(
    message,
    'spec.resources.requests[cpu]: Invalid value: "500m": must be greater than or equal to aggregate container requests of 700m',
  );
});

test.run();
