/** Campaigns on threads and in shards: however they are divided, what comes of them is the same. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mutants } from '../../properties/mutants/index.ts';
import type { Report } from '../../src/cli/campaign/report.ts';
import { plant } from '../mutants/plant.ts';

const test = suite('campaign');
const directory = mkdtempSync(join(tmpdir(), 'kubestep-campaign-'));
test.after(() => rmSync(directory, { recursive: true }));

/** A program whose Deployments break a rule soon (D1), and whose Jobs are all right. */
let main: string;
test.before(async () => {
  main = await plant(mutants.find(({ id }) => id === 'D1')!, 'src/cli/main.ts', directory);
});

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args], { cwd: directory, encoding: 'utf8' });

const broken = ['check', '--worlds', 'deployment', '--runs', '300', '-o', 'json'];
const sound = ['check', '--worlds', 'job', '--runs', '40', '-o', 'json'];

/** The report as it was printed. */
function reported(args: readonly string[], code: number): string {
  const { status, stdout, stderr } = run(...args);
  assert.is(status, code, stderr);
  assert.is(stdout.split('\n').length, 2, 'one line');
  return stdout;
}

const parsed = (text: string) => JSON.parse(text) as Report;

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return name;
}

const wholes = new Map<readonly string[], string>();
const wholeOf = (args: readonly string[], code: number): string => {
  let text = wholes.get(args);
  if (text === undefined) {
    text = reported([...args, '--workers', '1'], code);
    wholes.set(args, text);
  }
  return text;
};

test('one worker and three report the same', () => {
  for (const [args, code] of [
    [broken, 1],
    [sound, 0],
  ] as const) {
    assert.is(reported([...args, '--workers', '3'], code), wholeOf(args, code));
  }
  const { found, passed } = parsed(wholeOf(broken, 1));
  assert.is(found?.id, 'D-S1');
  assert.is(passed, found!.run - 1);
  const report = parsed(wholeOf(sound, 0));
  assert.is(report.passed, 40);
  assert.ok('J-W1' in report.witnessed);
});

test('three shards, merged in any order, are the whole campaign', () => {
  for (const [args, code] of [
    [broken, 1],
    [sound, 0],
  ] as const) {
    const shards = [2, 0, 1].map((i) => {
      // Where the bug shows, each shard finds it, in a run of its own.
      const text = reported([...args, '--shard', `${i}/3`], code);
      return file(`${code}-${i}.json`, text);
    });
    assert.is(reported(['merge', ...shards, '-o', 'json'], code), wholeOf(args, code));
  }
});

test('reports of a whole Job come in one file, a line for each', () => {
  const shards = [0, 1].map((i) => reported([...sound, '--shard', `${i}/2`], 0));
  const { status, stdout } = run(
    'merge',
    file('logs.jsonl', shards.join('')),
    '--report',
    'm.json',
  );
  assert.is(status, 0);
  assert.match(stdout, /✓ 40 runs, \d+ rules, seed 1: none broken/);
  assert.is(run('merge', 'm.json', '-o', 'json').stdout, wholeOf(sound, 0), 'and again');
});

test('the run that found it can be played alone', () => {
  const { found } = parsed(wholeOf(broken, 1));
  const alone = reported([...broken, '--run', String(found!.run)], 1);
  assert.equal(parsed(alone).found, found);
  const { stdout } = run('merge', file('whole.json', wholeOf(broken, 1)));
  const command = `kubestep check --worlds deployment --runs 300 --seed 1 --run ${found!.run}`;
  assert.is(stdout.trim().split('\n').at(-1)!.trim(), command);
});

test('merge refuses what is no whole campaign', () => {
  const { found: _found, ...one } = parsed(wholeOf(sound, 0));
  const shard = (name: string, fields: Partial<Report>) =>
    file(name, `${JSON.stringify({ ...one, shard: { index: 0, of: 3 }, ...fields })}\n`);
  const first = shard('first', {});
  const refused = (args: readonly string[], why: RegExp) => {
    const { status, stdout, stderr } = run('merge', ...args);
    assert.is(status, 2, stderr);
    assert.is(stdout, '');
    assert.is(stderr.split('\n').length, 2, 'one line');
    assert.match(stderr, why);
  };
  refused([], /no report given/);
  refused([first], /no report of shard 1\/3, 2\/3; give all of them/);
  refused([first, first], /first: shard 0\/3 is in first already; give each shard once/);
  const seed = shard('seed', { shard: { index: 1, of: 3 }, seed: 7, digest: 'x' });
  refused([first, seed], /seed: of seed 7, not the campaign of first/);
  const division = shard('division', { shard: { index: 1, of: 2 } });
  refused([first, division], /division: one of 2 shards, but first is one of 3/);
  refused([file('text', 'hello\n')], /text:1: not a report of a campaign/);
  refused([shard('alone', { only: 1 })], /alone:1: not a report of a campaign/);
  refused(['nowhere'], /nowhere: no such file/);
});

test('a shard that does not exist is refused', () => {
  const { status, stderr } = run('check', '--shard', '3/3');
  assert.is(status, 2);
  assert.match(stderr, /--shard 3\/3: expected I\/N with I from 0 to N - 1, as 0\/4/);
});

test.run();
