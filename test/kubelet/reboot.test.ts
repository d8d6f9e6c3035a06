/** A machine that was off and is on again: new sandboxes, and a node that says so (kubelet-04). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event } from '../../src/api/event.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { create, quiet, until } from './lives.ts';

const test = suite('reboot');

test('Pods start anew, init containers and all, but for those that never restart', () => {
  const cluster = quiet([{ image: 'init:1', exit: 0, exitAfter: '1s' }]);
  for (const restartPolicy of ['Always', 'Never']) {
    const metadata = { name: restartPolicy.toLowerCase() };
    const spec = {
      restartPolicy,
      initContainers: [{ name: 'i', image: 'init:1' }],
      containers: [{ name: 'c', image: 'web:1' }],
    };
    create(cluster, { apiVersion: 'v1', kind: 'Pod', metadata, spec } as never);
  }
  const { simulation } = cluster;
  const statusOf = (name: string) => simulation.store.get<Pod>('Pod', `default/${name}`)!.status;
  until(cluster, 30);
  const { podIP } = statusOf('always');
  cluster.crashNode('n1');
  until(cluster, 40);
  cluster.recoverNode('n1');
  until(cluster, 80);
  const { phase, podIP: newIP, containerStatuses } = statusOf('always');
  assert.equal([phase, containerStatuses![0]!.restartCount], ['Running', 1]);
  assert.is.not(newIP, podIP);
  assert.is(statusOf('never').phase, 'Failed');
  const starts = simulation.log.entries.filter(
    (entry) => entry.type === 'runtime' && entry.event === 'container started',
  );
  assert.equal(
    starts.map((entry) => entry.type === 'runtime' && entry.container),
    ['i', 'i', 'c', 'c', 'i', 'c'],
  );
  const told = simulation.store
    .view()
    .list<Event>('Event')
    .filter(({ reason }) => reason === 'Rebooted' || reason === 'SandboxChanged')
    .map(({ involvedObject, reason, message }) => [involvedObject.name, reason, message]);
  assert.equal(told, [
    ['n1', 'Rebooted', 'Node n1 has been rebooted, boot id: n1-2'],
    ['always', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.'],
  ]);
});

test.run();
