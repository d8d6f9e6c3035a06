/**
 * Plays every scenario and has the referee compare each run with what a real control plane did.
 *
 *     npm run fidelity -- [SHARED] [-v] [PATTERN]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRecording } from '../../src/record/files.ts';
import { RunRecorder } from '../../src/record/recorder.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';

const verbose = process.argv.includes('-v');
const [shared = '../shared', pattern = ''] = process.argv.slice(2).filter((a) => a !== '-v');
if (!existsSync(join(shared, 'scenarios'))) {
  console.error(`fidelity: ${shared}/scenarios is not there; nothing was compared`);
  process.exit(2);
}

const runs = mkdtempSync(join(tmpdir(), 'fidelity-'));
for (const file of readdirSync(join(shared, 'scenarios')).sort()) {
  if (!file.endsWith('.yaml') || !new RegExp(pattern).test(file)) continue;
  try {
    const path = join(shared, 'scenarios', file);
    const scenario = parseScenario(readFileSync(path, 'utf8'), path);
    const run = new Run(
      planFor(scenario, { kubelet: 'standIn', heartbeats: true, horizonMs: 3_500 }),
    );
    const recorder = new RunRecorder(run.simulation);
    run.finish();
    writeRecording(join(runs, file.replace('.yaml', '')), recorder.recording());
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
const referee = spawnSync(
  process.execPath,
  [
    join(shared, 'tools/fidelity.mjs'),
    '--all',
    join(shared, 'recordings/real-1.36'),
    runs,
    ...(verbose ? ['-v'] : []),
  ],
  { encoding: 'utf8', maxBuffer: 1 << 28 },
);
const lines = referee.stdout.split('\n');
console.log(
  pattern === ''
    ? referee.stdout
    : lines.filter((l) => /^ {3}|passed/.test(l) || new RegExp(pattern).test(l)).join('\n'),
);
rmSync(runs, { recursive: true });
process.exitCode = referee.status ?? 1;
