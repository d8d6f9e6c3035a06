/**
 * What `kubectl exec` finds in a simulated container: a few commands, and a small shell that runs
 * them one after the other.
 */

import { expand } from './shell/expand.ts';
import { pathOf } from './shell/files.ts';
import { type Command, parse, type Redirect } from './shell/parse.ts';
import {
  err,
  Input,
  Interrupted,
  interruptedCode,
  out,
  type Program,
  through,
} from './shell/program.ts';
import { reading, type Screen, type Session, type Tool, type World } from './shell/session.ts';
import { tools } from './shell/tools.ts';

const notFoundCode = 127;
const notExecutableCode = 126;

export type Begun =
  | { readonly ok: true; readonly program: Program }
  /** What the container runtime says. */
  | { readonly ok: false; readonly why: string };

/** A command as a container runtime begins it in a container. */
export function begin(
  command: readonly string[],
  world: World,
  terminal: Screen | undefined,
): Begun {
  const session: Session = {
    world,
    variables: new Map(world.env),
    directory: world.workingDirectory,
    input: new Input(),
    terminal,
    code: 0,
    ended: false,
  };
  const [name = ''] = command;
  const tool = toolOf(name, session);
  return typeof tool === 'function'
    ? { ok: true, program: interruptible(tool(command, session)) }
    : { ok: false, why: runtimeError(name, tool) };
}

/** Without a shell around it, an interrupt ends it. */
function* interruptible(program: Program): Program {
  try {
    return yield* program;
  } catch (error) {
    if (error instanceof Interrupted) return interruptedCode;
    throw error;
  }
}

/** As runc says it, and containerd passes it on. */
function runtimeError(name: string, problem: Problem): string {
  const why =
    problem === 'not executable'
      ? 'permission denied'
      : name.includes('/')
        ? `stat ${name}: no such file or directory`
        : 'executable file not found in $PATH';
  return `OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${why}: unknown`;
}

type Problem = 'not found' | 'not executable';

const path = /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]+)$/;
const shells = new Set(['sh', 'bash', 'ash', 'dash']);

/** By name, or by the path of a directory for programs. */
function toolOf(name: string, { world, directory }: Session): Tool | Problem {
  const [, inPath] = path.exec(name) ?? [];
  const program = inPath ?? name;
  if (shells.has(program) || Object.hasOwn(tools, program)) {
    if (world.has(program)) return tools[program] ?? shell;
  }
  if (!name.includes('/')) return 'not found';
  return world.files.exists(pathOf(name, directory)) ? 'not executable' : 'not found';
}

/** `sh -c SCRIPT`, or what it reads. */
function* shell(args: readonly string[], session: Session): Program {
  const at = args.findIndex((arg, i) => i > 0 && /^-[a-z]*c$/.test(arg));
  const inner: Session = { ...session, variables: new Map(session.variables) };
  if (at > 0) {
    const script = args[at + 1];
    if (script !== undefined) return yield* run(script, inner);
    yield err(`${args[0]}: -c requires an argument\n`);
    return 2;
  }
  const file = args.slice(1).find((arg) => !arg.startsWith('-'));
  if (file === undefined) return yield* lines(inner);
  const text = session.world.files.read(pathOf(file, session.directory));
  if (text !== undefined) return yield* run(text, inner);
  yield err(`${args[0]}: can't open '${file}': No such file or directory\n`);
  return 2;
}

/** Line by line, from a person or from a pipe. */
function* lines(session: Session): Program {
  while (!session.ended) {
    try {
      if (session.terminal !== undefined) yield out(`${session.directory} # `);
      const line = yield* session.input.line();
      if (line === undefined) break;
      yield* run(line, session);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      session.code = interruptedCode;
      yield out('\n');
    }
  }
  return session.code;
}

function* run(script: string, session: Session): Program {
  const steps = parse(script);
  if (typeof steps === 'string') {
    yield err(`sh: ${steps}\n`);
    session.code = 2;
    return 2;
  }
  for (const { when, pipeline } of steps) {
    if (session.ended) break;
    if (when !== 'always' && (session.code === 0) !== (when === 'success')) continue;
    session.code = yield* piped(pipeline, session);
  }
  return session.code;
}

/** Each command but the last is done before the next one reads what it printed. */
function* piped(pipeline: readonly Command[], session: Session): Program {
  let input = session.input;
  for (const command of pipeline.slice(0, -1)) {
    const { text } = yield* captured(one(command, reading(session, input)));
    input = new Input(text);
  }
  const last = pipeline.at(-1)!;
  return yield* one(last, input === session.input ? session : reading(session, input));
}

function* captured(program: Program) {
  let text = '';
  const code = yield* through(program, (ask) => {
    if (ask.type !== 'out') return ask;
    text += ask.text;
    return undefined;
  });
  return { code, text };
}

const assignment = /^(\w+)=(.*)$/s;

function* one({ words, redirects }: Command, session: Session): Program {
  const args: string[] = [];
  for (const word of words) args.push(...(yield* expand(word, session, substitute)));
  const streams = yield* streamsOf(redirects, session);
  if (typeof streams === 'string') {
    yield err(`sh: ${streams}\n`);
    return 1;
  }
  const { input } = streams;
  const within = input === undefined ? session : reading(session, input);
  return yield* redirected(simple(args, within), streams, session);
}

/** Assignments before a command are for that command alone. */
function* simple(given: readonly string[], session: Session): Program {
  const at = given.findIndex((arg) => !assignment.test(arg));
  const args = at < 0 ? [] : given.slice(at);
  const own = args.length === 0 ? session.variables : new Map(session.variables);
  for (const arg of at < 0 ? given : given.slice(0, at)) {
    const [, name, value] = assignment.exec(arg)!;
    own.set(name!, value!);
  }
  const [name] = args;
  if (name === undefined) return 0;
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  return yield* builtin === undefined ? outside(args, session, own) : builtin(args, session);
}

function* outside(args: readonly string[], session: Session, own: Map<string, string>): Program {
  const [name = ''] = args;
  const tool = toolOf(name, session);
  if (typeof tool === 'function') return yield* tool(args, { ...session, variables: own });
  yield err(`sh: ${name}: ${tool === 'not executable' ? 'Permission denied' : 'not found'}\n`);
  return tool === 'not executable' ? notExecutableCode : notFoundCode;
}

/** What must happen within the shell itself. */
const builtins: Readonly<Record<string, Tool>> = {
  exit,
  cd,
  export: exportTo,
  ':': tools['true']!,
};

function* exit([, given]: readonly string[], session: Session): Program {
  yield out('');
  session.ended = true;
  return given === undefined ? session.code : Number(given) & 0xff;
}

function* cd([, given]: readonly string[], session: Session): Program {
  const target = given ?? session.variables.get('HOME') ?? '/';
  const path = pathOf(target, session.directory);
  if (session.world.files.isDirectory(path)) {
    session.directory = path;
    return 0;
  }
  yield err(`sh: cd: can't cd to ${target}: No such file or directory\n`);
  return 2;
}

function* exportTo([, ...args]: readonly string[], { variables }: Session): Program {
  yield out('');
  for (const arg of args) {
    const [, name, value] = assignment.exec(arg) ?? [];
    if (name !== undefined) variables.set(name, value!);
  }
  return 0;
}

/** Where the three streams of a command go. */
interface Streams {
  readonly out: string;
  readonly err: string;
  /** What it reads instead. */
  readonly input: Input | undefined;
}

/** Files are emptied before the command begins; a text says why one cannot be had. */
function* streamsOf(redirects: readonly Redirect[], session: Session) {
  const { files } = session.world;
  let streams: Streams = { out: 'out', err: 'err', input: undefined };
  for (const { from, to, append } of redirects) {
    const stream = from === 1 ? 'out' : 'err';
    if (to === 1 || to === 2) {
      streams = { ...streams, [stream]: to === 1 ? streams.out : streams.err };
      continue;
    }
    const name = (yield* expand(to, session, substitute)).join(' ');
    const path = pathOf(name, session.directory);
    const isNull = path === '/dev/null';
    if (from === 0) {
      const text = isNull ? '' : files.read(path);
      if (text === undefined) return `can't open ${name}: no such file`;
      streams = { ...streams, input: new Input(text) };
      continue;
    }
    if (!isNull && !files.write(path, '', append)) {
      return `can't create ${name}: ${files.isDirectory(path) ? 'Is a directory' : 'nonexistent directory'}`;
    }
    streams = { ...streams, [stream]: path };
  }
  return streams;
}

function* redirected(program: Program, streams: Streams, { world: { files } }: Session): Program {
  return yield* through(program, (ask) => {
    if (ask.type !== 'out' && ask.type !== 'err') return ask;
    const target = streams[ask.type];
    if (target === 'out' || target === 'err') return { ...ask, type: target };
    if (target !== '/dev/null') files.write(target, ask.text, true);
    return undefined;
  });
}

/** What stands in `$(…)` runs in a shell of its own. */
function* substitute(script: string, session: Session) {
  const inner = { ...session, variables: new Map(session.variables) };
  return (yield* captured(run(script, inner))).text;
}
