/** What the log keeps of scheduling cycles, and that nothing else depends on it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answer, pendingText, replyLines } from '../../src/explain/answer.ts';
import type { Entry } from '../../src/log/entry.ts';
import { History } from '../../src/replay/restore.ts';
import { createCluster } from '../../src/sim/cluster.ts';
import { settle } from '../../src/sim/settle.ts';

const test = suite('decisions');

function played(decisions?: boolean): readonly Entry[] {
  const { simulation } = createCluster({
    nodes: [{ name: 'n1' }, { name: 'n2' }],
    ...(decisions === undefined ? {} : { scheduler: { decisions } }),
  });
  settle(simulation);
  for (const [name, cpu] of [
    ['a', '1'],
    ['b', '900'],
  ] as const) {
    const containers = [{ name: 'c', image: 'i:1', resources: { requests: { cpu } } }];
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers } };
    simulation.submit({ verb: 'create', kind: 'Pod', namespace: 'default', object }, 'user');
    settle(simulation);
  }
  return simulation.log.entries;
}

const without = (entry: Entry): unknown => {
  if (entry.type !== 'reconciled') return entry;
  const { decision: _decision, ...result } = entry.result;
  return { ...entry, result };
};

test('a log without decisions is the same log otherwise', () => {
  const [kept, not] = [played(), played(false)];
  assert.equal(kept.map(without), not);
  assert.ok(
    kept.some(
      ({ type, ...rest }) =>
        type === 'reconciled' && 'decision' in (rest as { result: object }).result,
    ),
  );
});

test('objects know nothing of decisions', () => {
  for (const entry of played()) {
    if (entry.type !== 'write') continue;
    assert.not.match(JSON.stringify(entry.after ?? {}), /NodeResourcesFit|rejections/);
  }
});

test('a history answers at any cursor, before the pass ends too', () => {
  const history = new History(played());
  const bound = history.entries.find(
    (entry) => entry.type === 'write' && entry.subresource === 'binding',
  )!;
  const ask = (n: number) =>
    replyLines(answer(history, { reference: 'pod/a', namespace: undefined, at: `@${n}` })).join(
      '\n',
    );
  assert.match(ask(bound.n), /^Pod default\/a: n1 \(attempt 1 /m);
  assert.match(ask(bound.n - 1), /^Pod default\/a: no scheduler has tried it yet$/m);
  assert.match(
    pendingText(history, undefined),
    /^Pod default\/b: no node[\s\S]*2 Insufficient cpu/,
  );
});

test('a log without decisions says that it has none', () => {
  const history = new History(played(false));
  const text = replyLines(
    answer(history, { reference: 'pod/a', namespace: undefined, at: undefined }),
  );
  assert.match(text.at(-1)!, /^Pod default\/a: on node n1; the log has no scheduling cycle/);
});

test.run();
