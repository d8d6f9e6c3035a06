/**
 * Plants each published bug into a copy of the source and lets the rules search for it.
 *
 *     npm run mutants -- [ID…] [--runs N] [--seed N]
 *
 * Prints which rule saw which bug, after how many runs, and which faults it took. A bug that no rule
 * sees fails, and so does a patch that does not apply any more.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { mutants } from '../../properties/mutants/index.ts';
import type { Mutant } from '../../properties/mutants/mutant.ts';
import { plant } from './plant.ts';

interface Outcome {
  readonly killed: boolean;
  readonly rule?: string;
  readonly problem?: string;
  readonly runs?: number;
  readonly faults?: readonly string[];
  readonly story?: readonly string[];
}

const usage = 'npm run mutants -- [ID…] [--runs N] [--seed N] [-v]';

function refuse(what: string): never {
  console.error(`mutants: ${what}; usage: ${usage}`);
  process.exit(2);
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        seed: { type: 'string' },
        verbose: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    return refuse((error as Error).message.split('.')[0]!);
  }
}

const { values, positionals } = parsed();
const unknown = positionals.find((name) => mutants.every(({ id }) => id !== name));
if (unknown !== undefined) refuse(`there is no mutant ${unknown}`);
const run = promisify(execFile);

async function hunt(mutant: Mutant): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    const entry = mutant.family === 'canaries' ? 'harness' : 'search';
    const script = await plant(mutant, `test/mutants/${entry}.ts`, directory);
    const runs = values.runs ?? String(mutant.runs ?? 20_000);
    const { stdout } = await run(
      process.execPath,
      [
        script,
        runs,
        values.seed ?? String(mutant.seed ?? 1),
        mutant.family,
        ...(mutant.alone === true ? mutant.killedBy : []),
      ],
      {
        maxBuffer: 1 << 26,
      },
    );
    return JSON.parse(stdout) as Outcome;
  } catch (error) {
    return { killed: false, rule: 'FAILED', problem: (error as Error).message };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const chosen = mutants.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
let passed = 0;
console.log(
  `${'mutant'.padEnd(7)} ${'rule'.padEnd(11)} ${'runs'.padStart(6)}  needs                    published as`,
);
function tell(mutant: Mutant, outcome: Outcome): void {
  const { killed, rule = 'SURVIVED', runs = 0, faults = [], story = [], problem } = outcome;
  const expected = killed && mutant.killedBy.includes(rule);
  if (expected) passed += 1;
  const needs = killed ? (faults.length === 0 ? '–' : faults.join(' + ')) : '';
  const instead = killed && !expected ? ` (expected ${mutant.killedBy.join(' or ')})` : '';
  const why = !killed && problem !== undefined ? `: ${problem}` : '';
  console.log(
    `${mutant.id.padEnd(7)} ${rule.padEnd(11)} ${String(runs).padStart(6)}  ${needs.padEnd(24)} ${mutant.source}: ${mutant.about}${instead}${why}`,
  );
  if (values.verbose)
    for (const line of [...story, `→ ${problem}`]) console.log(`          ${line}`);
}

/** As many hunts at a time as there are cores; told in order, whoever ends first. */
let told: Promise<unknown> = Promise.resolve();
const free: Promise<unknown>[] = Array.from({ length: availableParallelism() }, () =>
  Promise.resolve(),
);
for (const [i, mutant] of chosen.entries()) {
  const lane = i < free.length ? i : await Promise.race(free.map((one, j) => one.then(() => j)));
  const outcome = hunt(mutant);
  told = Promise.all([told, outcome]).then(([, found]) => tell(mutant, found));
  free[lane] = outcome;
}
await told;
console.log(`${passed} passed, ${chosen.length - passed} failed`);
process.exitCode = passed === chosen.length ? 0 : 1;
