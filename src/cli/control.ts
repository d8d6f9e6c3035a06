/** Commands to a cluster that runs: `pause`, `resume`, `play`, `inject`, `log`. */
import { UsageError } from '../errors.ts';
import { seconds } from '../explain/sentence.ts';
import type { Arguments, Command } from './command.ts';
import { print } from './output.ts';
import { control } from './remote.ts';

interface State {
  readonly paused: boolean;
  readonly t: number;
  readonly n: number;
  readonly told?: readonly string[];
  readonly injected?: string;
  readonly faults?: readonly string[];
}

const ask = async (command: string, query?: Readonly<Record<string, string | undefined>>) =>
  JSON.parse(await control(command, query)) as State;

function tellState({ paused, t, n }: State): number {
  print(`${paused ? 'paused' : 'running'} at ${seconds(t)}, @${n}`);
  return 0;
}

export const pause: Command = {
  name: 'pause',
  usage: '',
  about: 'Stops time in the cluster that is up: nothing moves, and everything can be looked at.',
  example: 'kubestep pause',
  flags: {},
  run: async () => tellState(await ask('pause')),
};

export const resume: Command = {
  name: 'resume',
  usage: '',
  about: 'Lets the cluster that is up go on.',
  example: 'kubestep resume',
  flags: {},
  run: async () => tellState(await ask('resume')),
};

export const inject: Command = {
  name: 'inject',
  usage: '[FAULT|N]',
  about: 'Lists what could go wrong now in the cluster that is up, or makes one of it go wrong.',
  example: 'kubestep inject "crash kube-controller-manager"',
  flags: {},
  async run({ positionals }: Arguments) {
    const fault = positionals.length === 0 ? undefined : positionals.join(' ');
    const { faults, injected, ...state } = await ask('inject', { fault });
    if (faults !== undefined) {
      print(faults.map((text, i) => `${String(i).padStart(3)}  ${text}`).join('\n'));
      return 0;
    }
    print(`injected: ${injected}`);
    return tellState(state);
  },
};

export const play: Command = {
  name: 'play',
  usage: 'STEP…',
  about:
    'Plays steps of a scenario in the cluster that is up: machines that come and go, what is measured, time that passes. Ends when the last step is over.',
  example: "kubestep play 'crashNode: n1' 'wait: 50s'",
  flags: {},
  async run({ positionals }: Arguments) {
    if (positionals.length === 0) throw new UsageError('play: expected a step, such as settle');
    const steps = positionals.map((step) => `- ${step.replaceAll('\n', '\n  ')}`).join('\n');
    return tellState(JSON.parse(await control('play', {}, steps)) as State);
  },
};

export const log: Command = {
  name: 'log',
  usage: '[--since @N]',
  about: 'Tells what has happened in the cluster that is up, a line for each entry.',
  example: 'kubestep log --since @120',
  flags: { since: { type: 'string', value: '@N', about: 'only what came after this cursor' } },
  async run(args: Arguments) {
    const since = args.text('since')?.replace(/^@/, '');
    print((await control('log', { since })).trimEnd());
    return 0;
  },
};

/** `kubestep step` without a file: so many moves of the cluster that is up. */
export async function stepRunning(moves: number): Promise<number> {
  const { told = [], ...state } = await ask('step', { moves: String(moves) });
  for (const line of told) print(line);
  return tellState(state);
}
