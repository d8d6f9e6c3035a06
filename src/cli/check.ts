/** `kubestep check`: searches the ways a run can go for one that breaks a rule. */
import type { Found } from '../../properties/search.ts';
import { parseStaleness } from '../sim/scenario/parse.ts';
import { type Arguments, type Command, oneOf } from './command.ts';
import { readScenario } from './input.ts';
import { Progress, print, style } from './output.ts';
import { schedulerConfig, schedulerConfigFlag } from './schedulerconfig.ts';

export const check: Command = {
  name: 'check',
  usage: '[FILE…] [--runs N] [--seed N]',
  about:
    'Searches users’ actions, faults and schedules for one that breaks a rule, of the manifests given or of the built-in worlds; tells the smallest story.',
  example: 'kubestep check examples/deployment.yaml --runs 2000',
  flags: {
    runs: { type: 'string', value: 'N', about: 'how many ways to try (1000)' },
    seed: { type: 'string', value: 'N', about: 'seed of the search (1)' },
    staleness: {
      type: 'string',
      value: 'HOW',
      about: 'how controllers know old caches: consistency (1.36), or expectations (before)',
    },
    worlds: {
      type: 'string',
      value: 'FAMILY',
      about: 'which built-in worlds: deployment, statefulset, job … (all)',
    },
    ...schedulerConfigFlag,
    save: {
      type: 'string',
      value: 'FILE',
      about: 'where to write a counterexample (.kubestep/fail-….jsonl.gz)',
    },
  },
  run: checkCommand,
};

async function checkCommand(args: Arguments): Promise<number> {
  const { always, eventually, search } = await import('../../properties/index.ts');
  const { families, worlds, worldsOf } = await import('../../properties/worlds/index.ts');
  const names = Object.keys(families) as (keyof typeof families)[];
  const family = oneOf(args.text('worlds'), '--worlds', names);
  const runs = args.integer('runs', 1) ?? 1000;
  const seed = args.integer('seed') ?? 1;
  const bases =
    args.positionals.length === 0
      ? family === undefined
        ? worlds
        : worldsOf(family)
      : [{ scenario: readScenario(args.positionals, undefined), always, eventually }];
  const known = new Map<string, number>();
  const onKnown = (defect: string) => known.set(defect, (known.get(defect) ?? 0) + 1);
  const progress = new Progress();
  const staleness = parseStaleness(args.text('staleness'), '--staleness');
  const scheduler = schedulerConfig(args)?.options;
  const cluster = {
    ...(staleness === undefined ? {} : { staleness }),
    ...(scheduler === undefined ? {} : { scheduler }),
  };
  const watched = bases.map((base) => ({
    ...base,
    cluster: { ...base.cluster, ...cluster },
    onKnown,
  }));
  const found = search(watched, {
    runs,
    seed,
    onRun: (done) => progress.tick(() => `${done} of ${runs} runs`),
  });
  progress.done();
  if (found === undefined) {
    for (const [defect, times] of known) {
      print(style('yellow', `known defect of Kubernetes, met in ${times} runs: ${defect}`));
    }
    print(
      style(
        'green',
        `✓ ${runs} runs, ${always.length + eventually.length} rules, seed ${seed}: none broken`,
      ),
    );
    return 0;
  }
  await tellFound(found, seed, args.text('save'));
  return 1;
}

async function tellFound(found: Found, seed: number, save: string | undefined): Promise<void> {
  const { version } = await import('../version.ts');
  const { writeLog } = await import('../storage/file.ts');
  const { stateHash } = await import('../sim/statehash.ts');
  const { broken, trial, numbers, runs, shrunkFrom } = found;
  const { log } = trial.simulation;
  const file = save ?? `.kubestep/fail-${stateHash(trial.simulation).slice(0, 8)}.jsonl.gz`;
  writeLog(file, log.entries, version, undefined);
  print(
    style('red', `✗ [${broken.id}] ${broken.claim}`) +
      `  after ${runs} runs, shrunk ${shrunkFrom} → ${numbers.length}  seed ${seed}`,
  );
  trial.happenings.forEach(({ t, text }, i) => {
    print(`  ${i + 1}  t=${(t / 1000).toFixed(0)}s  ${text}`);
  });
  print(`  @${broken.n}  ${broken.problem}`);
  print(`  kubestep step ${file} --at @${broken.n}`);
}
