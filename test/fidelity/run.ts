/**
 * Plays every scenario and has the referee compare each run with what a real control plane did.
 *
 *     npm run fidelity -- [SHARED] [-v] [--http] [PATTERN]
 *
 * With `--http` the steps are requests to a cluster that is up, and the run is recorded by its watches.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { writeRecording } from '../../src/record/files.ts';
import { type Recording, RunRecorder } from '../../src/record/recorder.ts';
import { planFor, Run } from '../../src/sim/run.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import type { Scenario } from '../../src/sim/scenario/types.ts';
import { playOverHttp } from './http.ts';

const verbose = process.argv.includes('-v');
const isOverHttp = process.argv.includes('--http');
const [shared = '../shared', pattern = ''] = process.argv
  .slice(2)
  .filter((one) => one !== '-v' && one !== '--http');
const scenarios = join(shared, 'scenarios');
const recordings = resolve(shared, 'recordings/real-1.36');
if (!existsSync(scenarios)) {
  console.error(`fidelity: ${scenarios} is not there; nothing was compared`);
  process.exit(2);
}
const matching = new RegExp(pattern);

const work = mkdtempSync(join(tmpdir(), 'fidelity-'));
const runs = join(work, 'runs');
const recorded = join(work, 'recorded');
mkdirSync(runs);
mkdirSync(recorded);
// The referee counts every recording that it finds: it is shown those that were asked for.
for (const name of readdirSync(recordings)) {
  const isScenario = statSync(join(recordings, name)).isDirectory();
  if (!isScenario || matching.test(name)) symlinkSync(join(recordings, name), join(recorded, name));
}
for (const file of readdirSync(scenarios).sort()) {
  const name = basename(file, '.yaml');
  if (name === file || !matching.test(name)) continue;
  try {
    const path = join(scenarios, file);
    const scenario = parseScenario(readFileSync(path, 'utf8'), path);
    const recording = isOverHttp ? (await playOverHttp(scenario)).recording : inProcess(scenario);
    writeRecording(join(runs, name), recording);
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function inProcess(scenario: Scenario): Recording {
  const run = new Run(
    planFor(scenario, { kubelet: 'standIn', heartbeats: true, horizonMs: 3_500 }),
  );
  const recorder = new RunRecorder(run.simulation);
  run.finish();
  return recorder.recording();
}

const referee = spawnSync(
  process.execPath,
  [join(shared, 'tools/fidelity.mjs'), '--all', recorded, runs, ...(verbose ? ['-v'] : [])],
  { encoding: 'utf8', maxBuffer: 1 << 28 },
);
process.stdout.write(referee.stdout);
rmSync(work, { recursive: true });
process.exitCode = referee.status ?? 1;
