/** What a process in a container has around it. */
import type { Files } from './files.ts';
import type { Input, Program } from './program.ts';

/** The container, as its processes see it. */
export interface World {
  readonly hostname: string;
  readonly env: ReadonlyMap<string, string>;
  readonly files: Files;
  readonly workingDirectory: string;
  /** The command line of process 1. */
  readonly mainCommand: string;
  /** Whether the image has this program; which `sh` it is, is part of the question. */
  readonly has: (program: string) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The size of a terminal, in characters; it changes when a window does. */
export interface Screen {
  rows: number;
  columns: number;
}

export interface Session {
  readonly world: World;
  readonly variables: Map<string, string>;
  directory: string;
  readonly input: Input;
  /** What it reads from, if that is one: a shell prompts then. */
  readonly terminal: Screen | undefined;
  /** Of the last command. */
  code: number;
  /** `exit` was said. */
  ended: boolean;
}

/** One command of ours; `args` begins with its name. */
export type Tool = (args: readonly string[], session: Session) => Program;

/** The same around it, but for what it reads. */
export const reading = (session: Session, input: Input): Session => ({
  ...session,
  input,
  terminal: undefined,
});
