/** `kubestep check`: searches the ways a run can go for one that breaks a rule. */

import { randomInt } from 'node:crypto';
import type { Found } from '../../properties/search.ts';
import { UsageError } from '../errors.ts';
import type { Campaign } from './campaign/campaign.ts';
import { formatOf, reportFlags } from './campaign/tell.ts';
import { clusterFlags, clusterWishes } from './clusterflags.ts';
import { type Arguments, type Command, oneOf } from './command.ts';
import { readScenario } from './input.ts';
import { Progress } from './output.ts';

export const check: Command = {
  name: 'check',
  usage: '[FILE…] [--runs N] [--seed N]',
  about:
    'Searches users’ actions, faults and schedules for one that breaks a rule, of the manifests given or of the built-in worlds; tells the smallest story.',
  example: 'kubestep check examples/deployment.yaml --runs 2000',
  flags: {
    runs: { type: 'string', value: 'N', about: 'how many ways to try (1000)' },
    seed: { type: 'string', value: 'N', about: 'seed of the search (1), or random' },
    run: { type: 'string', value: 'N', about: 'only run N of them, to see what it does' },
    workers: { type: 'string', value: 'N', about: 'threads; the outcome is the same (all cores)' },
    shard: {
      type: 'string',
      value: 'I/N',
      about: 'part I (from 0) of N, to divide runs over machines; see kubestep merge',
    },
    nodes: { type: 'string', value: 'N', about: 'how many machines a manifest gets (3)' },
    worlds: {
      type: 'string',
      value: 'FAMILY',
      about: 'which built-in worlds: deployment, statefulset, job … (all)',
    },
    ...clusterFlags,
    ...reportFlags,
    save: {
      type: 'string',
      value: 'FILE',
      about: 'where to write a counterexample (.kubestep/fail-….jsonl.gz)',
    },
  },
  run: checkCommand,
};

async function checkCommand(args: Arguments): Promise<number> {
  const { basesOf, parseShard } = await import('./campaign/campaign.ts');
  const { playOnThreads } = await import('./campaign/threads.ts');
  const { reportOf } = await import('./campaign/report.ts');
  const { commandOf, tellReport } = await import('./campaign/tell.ts');
  const { shrunk } = await import('../../properties/search.ts');
  const isForPrograms = formatOf(args) === 'json';
  const campaign = await campaignOf(args);
  const shard = parseShard(args.text('shard'));
  const only = args.integer('run', 1);
  if ((only ?? 1) > campaign.runs) {
    throw new UsageError(`--run ${only}: there are ${campaign.runs} runs; set --runs, too`);
  }
  if (only !== undefined && shard.of > 1) {
    throw new UsageError('--run plays one run, which is no shard; leave out --shard');
  }
  const threads = args.integer('workers', 1);
  const progress = new Progress();
  const task = { campaign, shard, ...(only === undefined ? {} : { only }) };
  const played = await playOnThreads(task, threads, (done) =>
    progress.tick(() => `${done} of ${campaign.runs} runs`),
  );
  progress.done();
  const { broke } = played;
  const found = broke === undefined ? undefined : shrunk(basesOf(campaign), campaign, broke.run);
  const report = reportOf(task, whatOf(args), played, found);
  if (found === undefined) return tellReport(args, report, '');
  const save = args.text('save');
  // What a program reads the report of may run where nothing can be written.
  if (isForPrograms && save === undefined) return tellReport(args, report, commandOf(report));
  const file = await saved(found, save);
  return tellReport(args, report, `kubestep step ${file} --at @${found.broken.n}`);
}

async function campaignOf(args: Arguments): Promise<Campaign> {
  const { families } = await import('../../properties/worlds/index.ts');
  const { runsMax } = await import('./campaign/claims.ts');
  const names = Object.keys(families) as (keyof typeof families)[];
  const worlds = oneOf(args.text('worlds'), '--worlds', names);
  const runs = args.integer('runs', 1) ?? 1000;
  if (runs >= runsMax) throw new UsageError(`--runs ${runs}: expected less than ${runsMax}`);
  const { positionals: files } = args;
  return {
    runs,
    seed: args.text('seed') === 'random' ? randomInt(2 ** 31) : (args.integer('seed') ?? 1),
    ...(files.length === 0 ? {} : { scenario: readScenario(files, args.integer('nodes', 1)) }),
    ...(worlds === undefined ? {} : { worlds }),
    ...clusterWishes(args),
  };
}

/** What is searched, as the command says it. */
const whatOf = (args: Arguments): string =>
  [
    ...args.positionals,
    ...['nodes', 'worlds', 'staleness', 'first-list', 'scheduler-config'].flatMap((flag) => {
      const value = args.text(flag);
      return value === undefined ? [] : [`--${flag} ${value}`];
    }),
  ].join(' ');

async function saved({ trial }: Found, save: string | undefined): Promise<string> {
  const { version } = await import('../version.ts');
  const { writeLog } = await import('../storage/file.ts');
  const { stateHash } = await import('../sim/statehash.ts');
  const { log } = trial.simulation;
  const file = save ?? `.kubestep/fail-${stateHash(trial.simulation).slice(0, 8)}.jsonl.gz`;
  writeLog(file, log.entries, version, undefined);
  return file;
}
