/** `kubestep run`: plays manifests or a scenario, and tells what happened. */

import { seconds } from '../explain/sentence.ts';
import { isTold, lineOf } from '../explain/story.ts';
import type { Entry } from '../log/entry.ts';
import { writeRecording } from '../record/files.ts';
import { RunRecorder } from '../record/recorder.ts';
import { Lifecycles } from '../sim/lifecycles.ts';
import { planFor, Run } from '../sim/run.ts';
import { duration } from '../sim/scenario/parse.ts';
import type { Scenario } from '../sim/scenario/types.ts';
import type { Settled } from '../sim/settle.ts';
import { writeLog } from '../storage/file.ts';
import { version } from '../version.ts';
import { clusterFlags, clusterWishes } from './clusterflags.ts';
import type { Arguments, Command } from './command.ts';
import { oneOf } from './command.ts';
import { unconverged } from './converged.ts';
import { tellFindings } from './findings.ts';
import { readScenario } from './input.ts';
import { Progress, print, style, tell } from './output.ts';

export const run: Command = {
  name: 'run',
  usage: 'FILE… [FLAGS]',
  about:
    'Plays manifests or a scenario, and tells the story: one sentence per step, with its causes.',
  example: 'kubestep run examples/deployment.yaml --log run.jsonl.gz',
  flags: {
    log: { type: 'string', value: 'FILE', about: 'write the event log (.jsonl or .jsonl.gz)' },
    record: {
      type: 'string',
      value: 'DIR',
      about: 'write watch.jsonl, writes.jsonl and final.json',
    },
    seed: { type: 'string', value: 'N', about: 'seed of names, ties and jitter (1)' },
    nodes: { type: 'string', value: 'N', about: 'number of machines (3, or the scenario’s)' },
    until: {
      type: 'string',
      value: 'TIME',
      about: 'how long to wait for timers: settled, 30s, 10m',
    },
    kubelet: { type: 'string', value: 'KIND', about: 'typical, or standIn as in the recordings' },
    ...clusterFlags,
    output: { type: 'string', short: 'o', value: 'FORMAT', about: 'story, json (entries) or none' },
  },
  run: runCommand,
};

function runCommand(args: Arguments): number {
  const scenario = readScenario(args.positionals, args.integer('nodes'));
  const record = args.text('record');
  const plan = planFor(scenario, optionsOf(args, scenario, record !== undefined));
  const played = new Run(plan);
  const recorder = record === undefined ? undefined : new RunRecorder(played.simulation);
  const format = oneOf(args.text('output'), '-o', ['story', 'json', 'none']) ?? 'story';
  let hidden = 0;
  const lifecycles = new Lifecycles();
  const tellEntry = (entry: Entry) => {
    if (entry.type === 'write') lifecycles.observe(entry);
    if (format === 'json') print(JSON.stringify(entry));
    else if (format !== 'story') return;
    else if (isTold(entry)) print(lineOf(entry, 0).text);
    else hidden += 1;
  };
  for (const entry of played.simulation.log.entries) tellEntry(entry);
  played.simulation.log.observe(tellEntry);
  const settled = finished(played);
  const { log } = played.simulation;
  const logFile = args.text('log');
  if (logFile !== undefined) writeLog(logFile, log.entries, version, plan);
  if (recorder !== undefined && record !== undefined) writeRecording(record, recorder.recording());
  const open = unconverged(played.simulation.store.view());
  if (format === 'story') {
    tellFindings([...lifecycles.findings, ...played.simulation.findings]);
    summary(played, settled, open, hidden);
  }
  if (logFile !== undefined) tell(`log: ${logFile} (kubestep step ${logFile})`);
  return settled.type === 'rest' && open.length === 0 ? 0 : 1;
}

/** Plays to the end, and says how far it is if that takes long and nobody hears the story. */
function finished(played: Run): Settled {
  const progress = new Progress();
  const { log } = played.simulation;
  const unobserve = log.observe(({ n, t }) => {
    if (n % 1024 === 0) progress.tick(() => `@${n}, ${seconds(t)}`);
  });
  const settled = played.finish();
  unobserve();
  progress.done();
  return settled;
}

function optionsOf(args: Arguments, scenario: Scenario, recording: boolean) {
  const seed = args.integer('seed');
  const until = args.text('until');
  const kind =
    oneOf(args.text('kubelet'), '--kubelet', ['typical', 'standIn'] as const) ??
    (recording || scenario.name !== undefined ? 'standIn' : 'typical');
  return {
    ...clusterWishes(args),
    ...(seed === undefined ? {} : { seed }),
    kubelet: kind,
    heartbeats: recording,
    ...(until === undefined || until === 'settled'
      ? { horizonMs: recording ? 3_500 : 60_000 }
      : { horizonMs: duration(until, '--until') }),
  };
}

function summary(played: Run, settled: Settled, open: readonly string[], hidden: number): void {
  const { log, now } = played.simulation;
  print('');
  if (settled.type === 'livelock') {
    print(
      style('red', `never rests: the state after @${settled.from} came back after @${settled.to}`),
    );
  } else if (settled.type === 'limit') {
    print(style('red', `still moving after ${settled.moves} moves`));
  } else if (open.length === 0) {
    print(style('green', `converged at ${seconds(now)}, @${log.length}`));
  } else {
    print(style('red', `at rest at ${seconds(now)}, @${log.length}, but not as desired:`));
    for (const line of open) print(`  ${line}`);
  }
  print(
    style('dim', `${log.length} entries, ${hidden} not told (reads, watch deliveries, passes)`),
  );
}
