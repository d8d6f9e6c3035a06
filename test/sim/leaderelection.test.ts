/** Leader election with Leases: one acts, and it stops in time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lease } from '../../src/api/lease.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import type { LeaderElector } from '../../src/sim/leaderelection.ts';
import type { ManagerSpec } from '../../src/sim/manager.ts';
import { letPass } from '../../src/sim/passing.ts';
import { settle } from '../../src/sim/settle.ts';

const test = suite('leader election');

const manager: ManagerSpec = { name: 'operator', controllers: [], replicas: 2 };

const started = (spec: Partial<ManagerSpec> = {}): Cluster => {
  const cluster = createCluster({ events: false, managers: [{ ...manager, ...spec }] });
  while (cluster.simulation.calm());
  return cluster;
};

const leaders = ({ elections }: Cluster): readonly LeaderElector[] =>
  elections.flatMap(({ candidates }) => [...candidates].filter(({ acting }) => acting));

const lease = ({ simulation }: Cluster): Lease =>
  simulation.store.get<Lease>('Lease', 'kube-system/operator')!;

/** Lets time pass, and whoever is woken by its end move. */
function run(cluster: Cluster, ms: number): void {
  const { simulation } = cluster;
  letPass(simulation, ms);
  while (simulation.calm());
}

const processOf = ({ identity }: LeaderElector): string => identity.replace(/_\d+$/, '');

test('one of the candidates leads, and renews every two seconds', () => {
  const cluster = started();
  assert.is(leaders(cluster).length, 1);
  const [leader] = leaders(cluster);
  const first = lease(cluster);
  assert.equal(first.spec.holderIdentity, leader!.identity);
  assert.is(first.spec.leaseDurationSeconds, 15);
  assert.is(first.spec.leaseTransitions, 0);
  run(cluster, 20_000);
  const later = lease(cluster);
  assert.is(later.spec.acquireTime, first.spec.acquireTime);
  assert.is(later.spec.renewTime, '2026-01-01T00:00:20.000000Z');
  assert.equal(leaders(cluster), [leader]);
});

test('a cluster with a leader is at rest', () => {
  const cluster = started();
  assert.is(settle(cluster.simulation).type, 'rest');
});

test('when the leader dies another takes over, no sooner than the Lease ends', () => {
  const cluster = started();
  const [leader] = leaders(cluster);
  cluster.simulation.stop(processOf(leader!));
  run(cluster, 14_000);
  assert.is(leaders(cluster).length, 0);
  run(cluster, 6_000);
  assert.is(leaders(cluster).length, 1);
  assert.is.not(leaders(cluster)[0], leader);
  assert.is(lease(cluster).spec.leaseTransitions, 1);
});

test('a leader that starts again is another candidate', () => {
  const cluster = started();
  const [leader] = leaders(cluster);
  cluster.simulation.step({ type: 'crash', process: processOf(leader!) });
  assert.is(settle(cluster.simulation).type, 'rest');
  assert.is(leaders(cluster).length, 1);
  assert.is.not(lease(cluster).spec.holderIdentity, leader!.identity);
});

test('[L-S2] a leader that cannot renew ends its process when its deadline has come', () => {
  const cluster = started();
  const { simulation } = cluster;
  const [leader] = leaders(cluster);
  const process = simulation.process(processOf(leader!))!;
  // Its requests hang from now on.
  for (let at = 2_000; at <= 11_000; at += 1_000) {
    simulation.advance(at);
    for (const move of simulation.moves()) {
      if (move.type === 'begin' && move.process !== process.name) simulation.step(move);
    }
  }
  assert.ok(leader!.acting);
  simulation.advance(12_000);
  assert.not.ok(leader!.acting);
  assert.ok(process.stopped);
  assert.ok(simulation.process(process.name), 'and starts again');
});

test('[L-S1] a wall clock that is an hour ahead makes no second leader', () => {
  const cluster = started();
  const [leader] = leaders(cluster);
  const other = cluster.simulation.processes.find(
    ({ name, spec }) => spec.clocked === true && name !== processOf(leader!),
  )!;
  cluster.simulation.step({ type: 'skew', process: other.name });
  for (let i = 0; i < 60; i++) {
    run(cluster, 1_000);
    assert.equal(leaders(cluster), [leader]);
  }
});

test('[L-S1] clocks that run apart too fast break the assumption, and two lead', () => {
  const bound = started({ clockRates: [1, 1.15] });
  const beyond = started({ clockRates: [0.3, 3] });
  const most = (cluster: Cluster): number => {
    // The leader's renewals hang as long as they may.
    const [leader] = leaders(cluster);
    const { simulation } = cluster;
    let found = 0;
    for (let i = 0; i < 400; i++) {
      simulation.advance(simulation.now + 100);
      for (let moved = true; moved; ) {
        moved = false;
        for (const move of simulation.moves()) {
          if (!('process' in move) || move.process === processOf(leader!)) continue;
          simulation.step(move);
          moved = true;
          break;
        }
      }
      found = Math.max(found, leaders(cluster).length);
    }
    return found;
  };
  assert.is(most(bound), 1);
  assert.is(most(beyond), 2);
});

test.run();
