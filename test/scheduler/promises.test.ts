/** Promises to Pods that preempt (sched-02, Nominator): who minds them is tried again when they end. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../src/api/pod/pod.ts';
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

const pod = (name: string, cpu: string, priorityClassName?: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [{ name: 'c', image: 'web', resources: { requests: { cpu } } }],
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
  },
});

const named = (name: string) => ({ kind: 'Pod', namespace: 'default', name }) as const;

function promise({ simulation }: Cluster, name: string, node: string | null): void {
  const promised = simulation.submit({
    verb: 'patch',
    ...named(name),
    subresource: 'status',
    patchType: 'merge',
    patch: { status: { nominatedNodeName: node } },
  });
  assert.ok(promised.ok);
}

test('a Pod that minded a promise is tried when the promise is taken back', () => {
  const cluster = started();
  const { simulation } = cluster;
  submit(cluster, pod('promised', '4'));
  settle(simulation, { horizonMs: 20_000 });
  promise(cluster, 'promised', 'n1');
  settle(simulation, { horizonMs: 20_000 });
  submit(cluster, pod('small', '1'));
  settle(simulation, { horizonMs: 20_000 });
  const placeOf = (name: string) =>
    simulation.store.get<Pod>('Pod', `default/${name}`)?.spec.nodeName;
  assert.is(placeOf('small'), undefined, 'all of the node is promised');
  promise(cluster, 'promised', null);
  settle(simulation, { horizonMs: 20_000 });
  assert.is(placeOf('small'), 'n1');
});

test('[sched-02] a Pod that is more important did not mind the promise, and is not woken', () => {
  const cluster = started();
  const { simulation } = cluster;
  const vip = { kind: 'PriorityClass', metadata: { name: 'vip' }, value: 10 };
  const apiVersion = 'scheduling.k8s.io/v1';
  const request = { verb: 'create', kind: vip.kind, object: { apiVersion, ...vip } } as const;
  assert.ok(simulation.submit(request as never).ok);
  submit(cluster, pod('promised', '4'));
  submit(cluster, pod('more', '4', 'vip'));
  submit(cluster, pod('equal', '4'));
  settle(simulation, { horizonMs: 20_000 });
  const attempts = (name: string) =>
    simulation.log.entries.filter(
      (entry) =>
        entry.type === 'reconciled' &&
        entry.process === 'kube-scheduler' &&
        entry.key === `default/${name}`,
    ).length;
  const tried = () => [attempts('more'), attempts('equal')];
  promise(cluster, 'promised', 'n1');
  settle(simulation, { horizonMs: 20_000 });
  const [more, equal] = tried();
  assert.ok(simulation.submit({ verb: 'delete', ...named('promised') }).ok);
  settle(simulation, { horizonMs: 20_000 });
  assert.equal(tried(), [more, equal! + 1]);
});

test.run();
