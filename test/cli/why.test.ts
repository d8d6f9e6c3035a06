/** `kubestep why` of Pods: the scheduling cycle that placed them, or what each node has against them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cli } from './cli.ts';

const test = suite('why');
const cli = new Cli();
test.after(() => cli.end());

const pod = (name: string, cpu: string, more = ''): string => `
  - create: |
      apiVersion: v1
      kind: Pod
      metadata: {name: ${name}}
      spec: {${more} containers: [{name: c, image: "i:1", resources: {requests: {cpu: "${cpu}"}}}]}`;

const scenario = `nodes:
  - {name: n1, cpu: "4"}
  - {name: n2, cpu: "4"}
  - {name: n3, cpu: "1"}
  - {name: n4, cpu: "8", taints: [{key: only, value: gpu, effect: NoSchedule}]}
steps:
  - create: |
      apiVersion: scheduling.k8s.io/v1
      kind: PriorityClass
      metadata: {name: high}
      value: 1000${pod('low', '2')}
  - settle${pod('low2', '2')}
  - settle${pod('gated', '1', 'schedulingGates: [{name: example.com/quota}],')}${pod('huge', '64')}${pod('urgent', '3', 'priorityClassName: high,')}
`;

const log = 'why.jsonl.gz';
test.before(() => {
  cli.run(['run', cli.file('why.yaml', scenario), '--log', log, '-o', 'none']);
});

const lineWith = (text: string, part: string): string =>
  text.split('\n').find((line) => line.includes(part)) ?? '';

test('a Pod: who led to it, then the table of the cycle that placed it', () => {
  const text = cli.ok('why', 'pod/low', log);
  assert.match(text, /user created Pod low/);
  assert.match(
    text,
    /^Pod default\/low: n1 \(attempt 1 of default-scheduler, #\d+ at [\d.]+ s\)$/m,
  );
  assert.match(lineWith(text, 'Success'), /^ +n1, n2 +Success$/);
  assert.match(
    lineWith(text, 'Insufficient'),
    /n3 +UnschedulableAndUnresolvable +NodeResourcesFit: Insufficient cpu$/,
  );
  assert.match(
    lineWith(text, 'untolerated'),
    /n4 +UnschedulableAndUnresolvable +TaintToleration: node\(s\) had untolerated taint\(s\)$/,
  );
  assert.match(text, /plugin +weight +n1 +n2$/m);
  assert.match(lineWith(text, '×3'), /TaintToleration +×3 +0 → 100 \(300\) +0 → 100 \(300\)$/);
  assert.match(text, /2 nodes have the best total; n1 is the one that the heap/);
});

test('the totals of the table are the sums of its weighted scores, and the best one wins', () => {
  const { scheduling } = JSON.parse(cli.ok('why', 'pod/low2', log, '-o', 'json'));
  const { feasible, scores, chosen } = scheduling;
  const text = cli.ok('why', 'pod/low2', log, '-o', 'table');
  const of = (values: number | number[], i: number) =>
    Array.isArray(values) ? values[i]! : values;
  const totals = feasible.map((_: string, i: number) =>
    scores.reduce(
      (sum: number, { weight, normalized }: { weight: number; normalized: number | number[] }) =>
        sum + weight * of(normalized, i),
      0,
    ),
  ) as number[];
  assert.is(feasible[totals.indexOf(Math.max(...totals))], chosen);
  assert.is(chosen, 'n2', 'the emptier one');
  const shown = lineWith(text, 'total ').trim().split(/ +/).slice(1).map(Number);
  assert.equal(
    shown,
    [...totals].sort((a, b) => b - a),
  );
});

test('a Pod that displaced another: where it was promised room, and who had to go', () => {
  const placed = cli.ok('why', 'pod/urgent', log, '-o', 'table');
  const [, node] = /it had been promised (n\d), which was looked at first/.exec(placed)!;
  assert.match(placed, new RegExp(`^Pod default/urgent: ${node} \\(attempt 2 `));
  const n = Number(/attempt 2 of default-scheduler, #(\d+)/.exec(placed)![1]);
  const before = cli.ok('why', 'pod/urgent', log, '--at', `@${n - 20}`, '-o', 'table');
  assert.match(before, /^Pod default\/urgent: no node \(attempt 1 /);
  assert.match(before, new RegExp(`${node} is promised to it; default/low2? must go`));
});

test('--pending: a block for each Pod without a node', () => {
  const blocks = cli.ok('why', '--pending', log).trim().split('\n\n');
  assert.is(blocks.length, 2, blocks.join('\n\n'));
  assert.is(
    blocks[0],
    'Pod default/gated: not tried, its scheduling gates are closed: example.com/quota',
  );
  assert.match(blocks[1]!, /^Pod default\/huge: no node \(attempt \d+ of default-scheduler/);
  assert.match(blocks[1]!, /0\/4 nodes are available: .*3 Insufficient cpu/);
  assert.match(lineWith(blocks[1]!, ' NodeResourcesFit:'), /n1, n2, n3|n1.*Unresolvable/);
  assert.match(cli.ok('why', '--pending', log, '--at', '@0'), /^no Pod waits for a node at @0/);
});

test('mistakes are one line', () => {
  assert.match(cli.refused('why', 'pod/nobody', log), /no Pod default\/nobody/);
  assert.match(cli.refused('why', 'node/n1', log, '-o', 'table'), /only of a Pod/);
  assert.match(
    cli.refused('why', 'pod/low', log, '-o', 'yaml'),
    /expected tree or json or mermaid or table/,
  );
});

test.run();
