/**
 * Convergence runs: 3 nodes, a Deployment of 3, an image change, a scale, two faults and moves that
 * chance chooses between them; then faults end and it must converge.
 *
 *     convergence.ts RUNS none|safety|all
 */
import { numberOf } from '../properties/actions/act.ts';
import { Trial, type TrialBase } from '../properties/trial.ts';
import { worlds } from '../properties/worlds/index.ts';
import { chance } from '../src/sim/chance.ts';
import { cpuSeconds } from './harness.ts';

const [runsText = '2000', ruleSet = 'all'] = process.argv.slice(2);
const runs = Number(runsText);
const warmUps = 1_500;

/** Which rules are judged. */
const sets: Readonly<Record<string, Partial<TrialBase>>> = {
  none: { always: [], eventually: [] },
  safety: { eventually: [] },
  all: {},
};
const world: TrialBase = { ...worlds[0]!, ...sets[ruleSet] };

/** A run of the standard shape; `seed` fills in the rest. */
function numbersOf(seed: number): readonly number[] {
  let drawn = 0;
  const any = (below: number) => Math.floor(chance(seed, [String(drawn++)]) * below);
  const act = (name: string) => numberOf(name, any(120), world.acts!);
  const moves = (count: number) => Array.from({ length: count }, () => act('choose'));
  const fault = () => act(['crash', 'request fault', 'hold', 'drop'][any(4)]!);
  return [
    numberOf('calm to the end', 0, world.acts!),
    act('set image'),
    ...moves(8),
    fault(),
    ...moves(8),
    act('scale'),
    ...moves(8),
    fault(),
    ...moves(8),
  ];
}

let entries = 0;
function play(seed: number): void {
  const trial = new Trial(world);
  const broken = trial.run(numbersOf(seed));
  if (broken !== undefined) throw new Error(`[${broken.id}] ${broken.problem}`);
  entries += trial.simulation.log.length;
}

// A search is long: what counts is how fast it is once its code is optimized.
for (let seed = 0; seed < warmUps; seed++) play(seed);
entries = 0;
const since = process.cpuUsage();
for (let seed = warmUps; seed < warmUps + runs; seed++) play(seed);
const seconds = cpuSeconds(since);
console.log(
  JSON.stringify({
    runs,
    rules: world.always.length + world.eventually.length,
    entriesPerRun: entries / runs,
    msPerRun: (seconds * 1000) / runs,
    runsPerSecond: runs / seconds,
    stepsPerSecond: entries / seconds,
  }),
);
