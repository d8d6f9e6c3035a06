/** What the scheduler remembers from one cycle to the next decides nothing: it only saves asking again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { bestOf } from '../../src/scheduler/best.ts';
import { SchedulerCache } from '../../src/scheduler/cache.ts';
import { type Decision, schedule } from '../../src/scheduler/cycle.ts';
import { Nominator } from '../../src/scheduler/nominator.ts';
import { profileOf } from '../../src/scheduler/profile.ts';
import { recordOf } from '../../src/scheduler/record.ts';
import { Verdicts } from '../../src/scheduler/verdicts.ts';
import { chance } from '../../src/sim/chance.ts';
import { viewOf } from '../cases/topics/schedulerobjects.ts';
import { nodeOf, sortsOf, zone } from './churn.ts';
import { pod } from './objects.ts';

const test = suite('remembered verdicts');

function told(decision: Decision) {
  const { nodes, whys } = decision.rejections;
  return {
    ...recordOf(decision, { attempt: 1, ties: 'heap' }),
    totals: decision.totals,
    examined: decision.examined,
    rejected: nodes.map(({ name }, i) => [name, whys[i]]),
  };
}

for (const [seed, nodesMax] of [
  [1, 12],
  [2, 40],
  [3, 160],
] as const) {
  test(`whatever comes, goes and changes among ${nodesMax} nodes, Pods are told what they would be told by who asks anew`, () => {
    const any = (below: number, ...what: readonly (string | number)[]) =>
      Math.floor(chance(seed, what.map(String)) * below);
    const cache = new SchedulerCache();
    const nominator = new Nominator();
    const view = viewOf([]);
    const profiles = [profileOf(), profileOf({ percentageOfNodesToScore: 30 })];
    const verdicts = new Verdicts();
    const sorts = sortsOf(24, any);
    const placed: Pod[] = [];
    let startIndex = 0;
    let chosen = 0;
    let scored = 0;
    for (let i = 0; i < 1_500; i++) {
      const what = any(100, i, 'what');
      const name = `n${any(nodesMax, i, 'node')}`;
      const drawn = (below: number, of: string) => any(below, i, of);
      if (i < nodesMax || what < 3) cache.setNode(nodeOf(name, drawn));
      else if (what < 4) cache.removeNode(name);
      else if (what < 7) {
        // A change that nobody cares about, as of a heartbeat, and one of labels alone.
        const known = cache.node(name)?.node;
        if (known === undefined) continue;
        cache.setNode({ ...known, status: { ...known.status, conditions: [] } } as Node);
        const labels = { ...known.metadata.labels, disk: 'ssd' };
        const allocatable = { ...known.status.allocatable, cpu: '6' };
        if (what === 5) cache.setNode({ ...known, metadata: { ...known.metadata, labels } });
        else cache.setNode({ ...known, status: { ...known.status, allocatable } } as Node);
      } else if (what < 25 && placed.length > 0) {
        const at = any(placed.length, i, 'which');
        const [gone] = placed.splice(at, 1);
        if (what > 10) cache.removePod(gone!.metadata.uid);
        else {
          const labels = { app: `a${any(3, i, 'app')}` };
          const changed = { ...gone!, metadata: { ...gone!.metadata, labels } };
          cache.setPod(changed);
          placed.push(changed);
        }
      }
      const sort = sorts[any(sorts.length, i >> 3, 'sort')]!;
      const labels = { app: `a${any(3, i >> 3, 'app')}` };
      const waiting = pod(`p${i}`, { ...sort }, { metadata: { labels } });
      if (what > 96) nominator.nominate(pod(`promised${i % 5}`, { ...sort }), name);
      const profile = profiles[any(2, i >> 4, 'profile')]!;
      const asked = { cache, view, profile, nominator, choose: bestOf, startIndex };
      const decision = schedule(waiting, { ...asked, verdicts });
      assert.equal(told(decision), told(schedule(waiting, asked)));
      for (const key of [zone, 'disk']) {
        const domains = cache.domainsOf(key);
        for (const info of cache.nodes) {
          assert.is(domains.values[domains.of(info)], info.labels[key]);
          assert.is(domains.lacks(info), info.labels[key] === undefined);
        }
      }
      const { nodes, examined, chosen: best } = decision;
      if (nodes > 0) startIndex = (startIndex + examined) % nodes;
      if (best === undefined) continue;
      chosen += 1;
      if (decision.scores.length > 0) scored += 1;
      cache.assume(waiting, best);
      const bound = { ...waiting, spec: { ...waiting.spec, nodeName: best } };
      if (what % 2 === 0) cache.setPod(bound);
      placed.push(bound);
    }
    assert.ok(chosen > 200, `${chosen} found a node`);
    assert.ok(scored > 50, `of ${scored} there was more than one`);
  });
}

/** container/heap as Go has it: Init, of which the top is asked. */
function heapTop(totals: readonly number[]): number {
  const heap = totals.map((_, i) => i);
  const isBetter = (a: number, b: number) => totals[heap[a]!]! > totals[heap[b]!]!;
  for (let root = Math.floor(heap.length / 2) - 1; root >= 0; root--) {
    let at = root;
    for (let left = 2 * at + 1; left < heap.length; left = 2 * at + 1) {
      const right = left + 1;
      const child = right < heap.length && isBetter(right, left) ? right : left;
      if (!isBetter(child, at)) break;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  }
  return heap[0]!;
}

test('the node that is chosen is the one that a heap of all totals would bring up', () => {
  for (let i = 0; i < 5_000; i++) {
    const any = (below: number, ...what: readonly (string | number)[]) =>
      Math.floor(chance(5, [i, ...what].map(String)) * below);
    const different = 1 + any(6, 'different');
    const totals = Array.from({ length: 1 + any(60, 'length') }, (_, at) => any(different, at));
    assert.is(bestOf(totals), heapTop(totals), totals.join());
  }
});

test.run();
