#!/usr/bin/env node
/** The command `kubestep`: finds the command that is meant, and tells mistakes in one line. */
import { isMainThread } from 'node:worker_threads';
import { UsageError } from '../errors.ts';
import { version } from '../version.ts';
import type { Command } from './command.ts';

/** Loaded when asked for: help must not wait for the simulator. */
const commands: Readonly<Record<string, readonly [string, () => Promise<Command>]>> = {
  run: [
    'play a manifest or a scenario and tell its story',
    async () => (await import('./run.ts')).run,
  ],
  step: ['go through a run step by step, both ways', async () => (await import('./step.ts')).step],
  replay: ['play a log again, and verify it', async () => (await import('./replay.ts')).replay],
  check: [
    'search the ways a run can go for one that breaks a rule',
    async () => (await import('./check.ts')).check,
  ],
  merge: [
    'join the reports of a search that was divided over machines',
    async () => (await import('./merge.ts')).merge,
  ],
  up: ['start a cluster that kubectl can talk to', async () => (await import('./up.ts')).up],
  pause: ['stop time in the cluster that is up', async () => (await import('./control.ts')).pause],
  resume: ['let it go on', async () => (await import('./control.ts')).resume],
  play: ['play steps of a scenario in it', async () => (await import('./control.ts')).play],
  inject: ['make something go wrong in it', async () => (await import('./control.ts')).inject],
  log: ['tell what has happened in it', async () => (await import('./control.ts')).log],
  why: [
    'why something is as it is, back to its causes',
    async () => (await import('./why.ts')).why,
  ],
  get: ['list objects as they were at a cursor', async () => (await import('./get.ts')).get],
  describe: [
    'tell one object and its events',
    async () => (await import('./describe.ts')).describe,
  ],
  history: ['every change of one object', async () => (await import('./history.ts')).history],
  diff: ['what differs between two cursors', async () => (await import('./diff.ts')).diff],
};

function usage(): string {
  const lines = Object.entries(commands).map(([name, [about]]) => `  ${name.padEnd(10)} ${about}`);
  return [
    'kubestep: the Kubernetes control plane as an event-sourced state machine simulator',
    '',
    'Usage: kubestep COMMAND [FLAGS]',
    '',
    'Commands:',
    ...lines,
    '',
    'Example: kubestep run examples/deployment.yaml',
    'More:    kubestep COMMAND --help',
    '',
  ].join('\n');
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`kubestep ${version}\n`);
    return 0;
  }
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const { helpOf, readArguments } = await import('./command.ts');
  if (found === undefined) {
    const { nearest } = await import('../nearest.ts');
    const meant = nearest(name, Object.keys(commands));
    const hint = meant === undefined ? '' : ` did you mean ${meant}?`;
    throw new UsageError(`unknown command ${JSON.stringify(name)};${hint} see kubestep --help`);
  }
  const command = await found[1]();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  return await command.run(readArguments(command, rest));
}

/** A reader that has seen enough, as `head` does, ends us quietly. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** A mistake of ours is told in one line too; where it happened, on request. */
function bug(error: unknown): string {
  if (!(error instanceof Error)) return `bug: ${String(error)}`;
  if (process.env['DEBUG']) return `bug: ${error.stack}`;
  const what = error.message.split('\n')[0];
  return `bug: ${what}; please report it with the input and what DEBUG=1 prints`;
}

/** A thread of a campaign is the same program. */
async function start(): Promise<number> {
  if (isMainThread) return await main(process.argv.slice(2));
  (await import('./campaign/worker.ts')).work();
  return 0;
}

start().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`kubestep: ${error instanceof UsageError ? error.message : bug(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 70;
  },
);
