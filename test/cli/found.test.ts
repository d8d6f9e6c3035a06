/** `check` against a controller with a published bug: found, told in a few lines, saved, opened. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mutants } from '../../properties/mutants/index.ts';
import { plant } from '../mutants/plant.ts';

const test = suite('what check finds');
const directory = mkdtempSync(join(tmpdir(), 'kubestep-found-'));
test.after(() => rmSync(directory, { recursive: true }));

test('k/k#129795: a slow watch, expired expectations, one Pod too many', async () => {
  const mutant = mutants.find(({ id }) => id === 'R1')!;
  const main = await plant(mutant, 'src/cli/main.ts', directory);
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [main, ...args], { cwd: directory, encoding: 'utf8' });
  const { status, stdout } = run('check', '--runs', '20000');
  assert.is(status, 1, stdout);
  const lines = stdout.trim().split('\n');
  assert.ok(lines.length <= 7, stdout);
  assert.match(lines[0]!, /^✗ \[R-S1\] no more active Pods than were wanted/);
  assert.match(stdout, /hold back Pod changes/, 'the watch is slow');
  assert.match(stdout, /wait 301 s/, 'the expectations expire');
  assert.match(stdout, /has \d+ active Pods, at most \d+ were wanted/);
  const [, file, at] = /kubestep step (\S+) --at (@\d+)$/.exec(lines.at(-1)!)!;
  const opened = spawnSync(process.execPath, [main, 'step', file!, '--at', at!], {
    cwd: directory,
    encoding: 'utf8',
    input: 'why\nq\n',
  });
  assert.is(opened.status, 0, opened.stderr);
  assert.match(opened.stdout, /replicaset-controller created Pod/);
});

test.run();
