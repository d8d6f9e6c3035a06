/** Promises to Pods that preempt (sched-02, Nominator): who minds them is tried again when they end. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/pod.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';

const test = suite('promises');

/** A cluster whose scheduler never tries again what nothing wakes. */
function started(): Cluster {
  const nodes = [{ name: 'n1', cpu: '2' }];
  const cluster = createCluster({ nodes, scheduler: { flushes: false } });
  settle(cluster.simulation, { horizonMs: 1_000 });
  return cluster;
}

const submit = ({ simulation }: Cluster, object: object): void => {
  const made = simulation.submit({
    verb: 'create',
    kind: 'Pod',
    namespace: 'default',
    object: object as never,
  });
  assert.ok(made.ok);
};

const pod = (name: string, cpu: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [{ name: 'c', image: 'web', resources: { requests: { cpu } } }],
  },
});

test('a Pod that minded a promise is tried when the promise is taken back', () => {
  const cluster = started();
  const { simulation } = cluster;
  const named = (name: string) => ({ kind: 'Pod', namespace: 'default', name }) as const;
  submit(cluster, pod('promised', '4'));
  settle(simulation, { horizonMs: 20_000 });
  const promise = (node: string | null) =>
    simulation.submit({
      verb: 'patch',
      ...named('promised'),
      subresource: 'status',
      patchType: 'merge',
      patch: { status: { nominatedNodeName: node } },
    });
  assert.ok(promise('n1').ok);
  settle(simulation, { horizonMs: 20_000 });
  submit(cluster, pod('small', '1'));
  settle(simulation, { horizonMs: 20_000 });
  const placeOf = (name: string) =>
    simulation.store.get<Pod>('Pod', `default/${name}`)?.spec.nodeName;
  assert.is(placeOf('small'), undefined, 'all of the node is promised');
  assert.ok(promise(null).ok);
  settle(simulation, { horizonMs: 20_000 });
  assert.is(placeOf('small'), 'n1');
});

test.run();
