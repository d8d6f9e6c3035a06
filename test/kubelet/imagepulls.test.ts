/** Images that do not come, or late: who waits for whom, and what is said (kubelet-01). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import { withDefaultTag } from '../../src/kubelet/runtime/imagename.ts';
import type { Cluster } from '../../src/sim/cluster.ts';
import type { BehaviourSpec } from '../../src/sim/scenario/types.ts';
import { done, events, podOf, quiet, start, stateOf, until } from './lives.ts';

const test = suite('kubelet: image pulls');

function run(spec: Partial<PodSpec>, behaviour: readonly BehaviourSpec[]): Cluster {
  const cluster = quiet(behaviour);
  start(cluster, 'p', spec);
  return cluster;
}

test('an image that comes at last starts its container', () => {
  const cluster = run({}, [{ image: 'web:1', pullError: 'not found', pullErrors: 2, pull: '1s' }]);
  until(cluster, 8);
  const { waiting } = stateOf(podOf(cluster))!.state!;
  assert.is(waiting!.reason, 'ImagePullBackOff');
  assert.is(waiting!.message, 'Back-off pulling image "web:1": ErrImagePull: not found');
  until(cluster, 120);
  assert.is(podOf(cluster)!.status.phase, 'Running');
  assert.ok(events(cluster, 'Failed').includes('Failed: Error: ErrImagePull (2)'));
});

test('[kubelet-01] containers of one Pod that want one image wait for it together', () => {
  const containers = ['a', 'b'].map((name) => ({ name, image: 'web:1' }));
  const cluster = run({ containers }, [{ image: 'web:1', pullError: 'not found', pull: '1s' }]);
  until(cluster, 5);
  assert.is(events(cluster, 'Pulling').length, 1);
  assert.match(events(cluster, 'BackOff').join(), /^BackOff: Back-off pulling image "web:1"/);
  const reasons = () =>
    containers.map(({ name }) => stateOf(podOf(cluster), name)?.state?.waiting?.reason);
  assert.equal(reasons(), ['ImagePullBackOff', 'ImagePullBackOff']);
  until(cluster, 60);
  const times = done(cluster, 'image not pulled').map((line) => Number(line.split(' ')[0]));
  assert.is(times.length, 3);
  assert.ok(times[1]! - times[0]! >= 10 && times[2]! - times[1]! >= 20, times.join());
});

test('[kubelet-01] a registry that is not there is told in its own words, and waited for', () => {
  const said = 'RegistryUnavailable: dial tcp: i/o timeout';
  const cluster = run({}, [{ image: 'web:1', pullError: said, pull: '1s' }]);
  until(cluster, 2);
  const failed = events(cluster, 'Failed');
  assert.is(failed[0], `Failed: Failed to pull image "web:1": ${said}`);
  assert.is(failed[1], 'Failed: Error: RegistryUnavailable');
});

test('[kubelet-01] names of images: what has a tag or a digest stays, what is none is told', () => {
  const hex = (n: number) => 'a'.repeat(n);
  assert.is(withDefaultTag('root'), 'root:latest');
  assert.is(withDefaultTag('host:5000/a/b'), 'host:5000/a/b:latest');
  assert.is(withDefaultTag(`root:tag@sha256:${hex(64)}`), `root:tag@sha256:${hex(64)}`);
  const none = [
    '',
    ':tag',
    'Root',
    'a/B',
    'a b',
    hex(64),
    `a@sha256:${hex(40)}`,
    `a@md5:${hex(32)}`,
  ];
  for (const name of none) assert.is(withDefaultTag(name), undefined, name);
});

test.run();
