/** What a command of the command line is, and how its flags are read. */
import { parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';
import { nearest } from '../nearest.ts';

export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What the value is called in the help. */
  readonly value?: string;
  readonly about: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Command {
  readonly name: string;
  /** What follows the name: `FILE…`. */
  readonly usage: string;
  readonly about: string;
  readonly example: string;
  readonly flags: Flags;
  /** Returns the exit code. */
  run(args: Arguments): number | Promise<number>;
}

export interface Arguments {
  readonly positionals: readonly string[];
  text(flag: string): string | undefined;
  has(flag: string): boolean;
  /** A whole number of at least `least`. */
  integer(flag: string, least?: number): number | undefined;
}

export function readArguments(command: Command, argv: readonly string[]): Arguments {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw flagError(command, error as Error);
  }
  const { values, positionals } = parsed;
  const text = (flag: string) => values[flag] as string | undefined;
  return {
    positionals,
    text,
    has: (flag) => values[flag] === true,
    integer(flag, least = 0) {
      const value = text(flag);
      if (value === undefined) return undefined;
      if (!/^\d+$/.test(value) || Number(value) < least || !Number.isSafeInteger(Number(value))) {
        throw new UsageError(`--${flag} ${value}: expected a whole number of at least ${least}`);
      }
      return Number(value);
    },
  };
}

/** The value of a flag that allows only some. */
export function oneOf<T extends string>(
  value: string | undefined,
  flag: string,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined || (allowed as readonly string[]).includes(value)) {
    return value as T | undefined;
  }
  throw new UsageError(`${flag} ${value}: expected ${allowed.join(' or ')}`);
}

function flagError({ name, flags }: Command, error: Error): UsageError {
  const unknown = /Unknown option '(--?[^']+)'/.exec(error.message)?.[1];
  if (unknown === undefined) {
    return new UsageError(`${name}: ${error.message.split('.')[0]}; see kubestep ${name} --help`);
  }
  const meant = nearest(unknown.replace(/^-+/, ''), Object.keys(flags));
  const hint = meant === undefined ? '' : ` did you mean --${meant}?`;
  return new UsageError(`${name}: unknown flag ${unknown};${hint} see kubestep ${name} --help`);
}

export function helpOf({ name, usage, about, example, flags }: Command): string {
  const lines = Object.entries(flags).map(([flag, { short, value, about: what }]) => {
    const left = `${short === undefined ? '    ' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`;
    return `  ${left.padEnd(26)} ${what}`;
  });
  return [
    `${about}`,
    '',
    `Usage: kubestep ${name} ${usage}`,
    '',
    ...(lines.length === 0 ? [] : ['Flags:', ...lines, '']),
    `Example: ${example}`,
    '',
  ].join('\n');
}
