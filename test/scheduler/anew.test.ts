/** What the scheduler counts as Pods and nodes come and go, against a scheduler that has just been started. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Node } from '../../src/api/node.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';
import { SchedulerCache } from '../../src/scheduler/cache.ts';
import { addPod, filter, preFilter, removePod } from '../../src/scheduler/filtering.ts';
import { type Cycle, supposing } from '../../src/scheduler/framework.ts';
import { profileOf } from '../../src/scheduler/profile.ts';
import { scoreAll } from '../../src/scheduler/scoring.ts';
import { chance } from '../../src/sim/chance.ts';
import { viewOf } from '../cases/topics/schedulerobjects.ts';
import { nodeOf, sortsOf } from './churn.ts';
import { node, pod } from './objects.ts';

const test = suite('counting as it goes');

const view = viewOf([]);
const profile = profileOf();

/** The same nodes and Pods, told of now; without one of the Pods. */
function anew(cache: SchedulerCache, without?: Pod): SchedulerCache {
  const fresh = new SchedulerCache();
  for (const { node, name, pods } of cache.nodes) {
    fresh.setNode(node);
    for (const one of pods.values()) {
      if (one.metadata.uid === without?.metadata.uid) continue;
      fresh.setPod({ ...one, spec: { ...one.spec, nodeName: name } });
    }
  }
  return fresh;
}

const cycleOf = (waiting: Pod, cache: SchedulerCache): Cycle => ({
  pod: waiting,
  cache,
  view,
  state: new Map(),
});

/** What every node is told, and the scores of all of them, in the order of these names. */
function told(waiting: Pod, cache: SchedulerCache, names: readonly string[]) {
  const cycle = cycleOf(waiting, cache);
  const { filters, rejected } = preFilter(cycle, profile.filters);
  const nodes = names.map((name) => cache.node(name)!);
  return {
    filters: filters.map(({ name }) => name),
    rejected,
    rejections: nodes.map((node) => filter(cycle, node, filters)),
    scores: scoreAll(cycle, nodes, profile.scores),
  };
}

/** What every node would be told if one of the Pods were gone. */
function toldWithout(gone: Pod, home: string, waiting: Pod, cache: SchedulerCache) {
  const cycle = cycleOf(waiting, cache);
  const { filters } = preFilter(cycle, profile.filters);
  const supposed = supposing(cycle);
  const copy = cache.node(home)!.copy();
  const onAll = (one: Cycle) =>
    cache.nodes.map((node) =>
      filter(one, one === cycle || node.name !== home ? node : copy, filters),
    );
  removePod(supposed, gone, { node: copy, filters });
  onAll(supposed);
  addPod(supposed, gone, { node: copy, filters });
  assert.equal(onAll(supposed), onAll(cycle), 'there and back is nothing');
  removePod(supposed, gone, { node: copy, filters });
  return onAll(supposed);
}

test('Pods are told what a scheduler would tell them that begins now, and suppositions come true', () => {
  const any = (below: number, ...what: readonly (string | number)[]) =>
    Math.floor(chance(11, what.map(String)) * below);
  const cache = new SchedulerCache();
  const sorts = sortsOf(30, any);
  const placed: Pod[] = [];
  const heard = new Set<string>();
  for (let i = 0; i < 2_000; i++) {
    const what = any(100, i, 'what');
    // At times there are few.
    const most = [6, 90][Math.floor(i / 500) % 2]!;
    const name = `n${any(14, i, 'node')}`;
    const drawn = (below: number, of: string) => any(below, i, of);
    if (i < 14 || what < 4) cache.setNode(nodeOf(name, drawn));
    else if (what < 6) cache.removeNode(name);
    else if (placed.length > 0 && what < (placed.length > most ? 85 : 30)) {
      const [gone] = placed.splice(any(placed.length, i, 'which'), 1);
      cache.removePod(gone!.metadata.uid);
    } else {
      const labels = { app: `a${any(3, i, 'app')}` };
      const spec = { ...sorts[any(sorts.length, i, 'sort')]!, nodeName: name };
      placed.push(pod(`p${i}`, spec, { metadata: { labels } }));
      cache.setPod(placed.at(-1)!);
    }
    if (i % 4 !== 0 || cache.nodes.length === 0) continue;
    const labels = { app: `a${any(3, i, 'own app')}` };
    const waiting = pod('waiting', sorts[any(sorts.length, i, 'own')]!, { metadata: { labels } });
    const names = cache.nodes.map((one) => one.name);
    const said = told(waiting, cache, names);
    assert.equal(said, told(waiting, anew(cache), names));
    for (const rejection of said.rejections) {
      for (const reason of rejection?.why.reasons ?? ['none']) heard.add(reason);
    }
    const gone = placed[any(Math.max(1, placed.length), i, 'gone')];
    const home = gone && (cache.node(gone.spec.nodeName!) as { node: Node } | undefined);
    if (gone === undefined || home === undefined) continue;
    const { name: node } = home.node.metadata;
    const fresh = anew(cache, gone);
    const cycle = cycleOf(waiting, fresh);
    const { filters } = preFilter(cycle, profile.filters);
    assert.equal(
      toldWithout(gone, node, waiting, cache),
      names.map((name) => filter(cycle, fresh.node(name)!, filters)),
      `without ${gone.metadata.name}`,
    );
  }
  for (const reason of [
    'none',
    "node(s) didn't match pod topology spread constraints",
    "node(s) didn't match pod affinity rules",
    "node(s) didn't match pod anti-affinity rules",
    "node(s) didn't satisfy existing pods anti-affinity rules",
  ]) {
    assert.ok(heard.has(reason), reason);
  }
});

/** What the first node is told while a Pod of the second goes and comes back, in supposition. */
function asItGoes(spec: Partial<PodSpec>): readonly boolean[] {
  const cache = new SchedulerCache();
  const labels = { app: 'web' };
  const there = ['n1', 'n2'].map((name) => {
    cache.setNode(node(name, { labels: { 'kubernetes.io/hostname': name } }));
    return pod(`on-${name}`, { nodeName: name }, { metadata: { labels } });
  });
  const isSpread = spec.topologySpreadConstraints !== undefined;
  for (const one of isSpread ? there : there.slice(1)) cache.setPod(one);
  const cycle = cycleOf(pod('waiting', spec, { metadata: { labels } }), cache);
  const { filters } = preFilter(cycle, profile.filters);
  const supposed = supposing(cycle);
  const copy = cache.node('n2')!.copy();
  const fits = () => filter(supposed, cache.node('n1')!, filters) === undefined;
  const said = [fits()];
  removePod(supposed, there[1]!, { node: copy, filters });
  said.push(fits());
  addPod(supposed, there[1]!, { node: copy, filters });
  return [...said, fits()];
}

const selection = {
  topologyKey: 'kubernetes.io/hostname',
  labelSelector: { matchLabels: { app: 'web' } },
};

test('without a Pod of the other domain there would be too many in this one', () => {
  const constraint = { ...selection, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
  assert.equal(asItGoes({ topologySpreadConstraints: [constraint] }), [true, false, true]);
});

test('without the others the first of a group could begin anywhere', () => {
  const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [selection] };
  assert.equal(asItGoes({ affinity: { podAffinity } }), [false, true, false]);
});

test.run();
