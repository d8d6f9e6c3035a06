/** What a kubelet that starts anew tells of Pods that have ended. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/pod/pod.ts';
import { create, quiet, until } from './lives.ts';

const test = suite('kubelet: Pods that have ended');

const stateIn = (pod: unknown) => (pod as Pod | undefined)?.status.containerStatuses?.[0]?.state;

test('a container that never ran and has ended with its Pod does not wait again', () => {
  const cluster = quiet([]);
  const { simulation } = cluster;
  const pod = () => simulation.store.get<Pod>('Pod', 'default/p');
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'web:1' }] },
  } as never);
  // Its image is there, and it is made.
  until(cluster, 1.6);
  simulation.submit({ verb: 'delete', kind: 'Pod', namespace: 'default', name: 'p' });
  // The last word on the Pod is said, and it is not removed yet.
  while (pod()!.status.phase !== 'Failed' && simulation.calm());
  assert.is(stateIn(pod())!.terminated!.reason, 'ContainerStatusUnknown');
  const said = simulation.log.length;
  simulation.step({ type: 'crash', process: 'kubelet/n1' });
  until(cluster, 60);
  assert.is(pod(), undefined);
  const again = simulation.log.entries
    .slice(said)
    .filter((entry) => entry.type === 'write' && stateIn(entry.after)?.waiting !== undefined);
  assert.equal(again, []);
});

test.run();
