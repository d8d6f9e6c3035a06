/** The commands that simulated containers know, with the words of busybox. */
import { test } from './condition.ts';
import { parentOf, pathOf } from './files.ts';
import { err, out, type Program } from './program.ts';
import type { Session, Tool } from './session.ts';
import { tar } from './tar.ts';

function* print(text: string): Program {
  yield out(text);
  return 0;
}

function* fail(text: string, code = 1): Program {
  yield err(`${text}\n`);
  return code;
}

function* ends(code: number): Program {
  yield out('');
  return code;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  '\\': '\\',
  '0': '\0',
};

const unescaped = (text: string): string =>
  text.replace(/\\([ntra0\\])/g, (_all, letter: string) => escapes[letter]!);

/** Flags before the operands, as letters. */
function flagsOf(args: readonly string[]): { flags: string; rest: readonly string[] } {
  let at = 1;
  while (/^-[A-Za-z]+$/.test(args[at] ?? '')) at++;
  return {
    flags: args
      .slice(1, at)
      .map((flag) => flag.slice(1))
      .join(''),
    rest: args.slice(args[at] === '--' ? at + 1 : at),
  };
}

function* echo(args: readonly string[]): Program {
  let at = 1;
  while (/^-[neE]+$/.test(args[at] ?? '')) at++;
  const flags = args.slice(1, at).join('');
  const text = args.slice(at).join(' ');
  yield out(`${flags.includes('e') ? unescaped(text) : text}${flags.includes('n') ? '' : '\n'}`);
  return 0;
}

function* printf([, format = '', ...values]: readonly string[]): Program {
  let next = 0;
  const once = () => unescaped(format).replace(/%[sd]/g, () => values[next++] ?? '');
  let text = once();
  while (next > 0 && next < values.length) text += once();
  yield out(text);
  return 0;
}

function* cat(args: readonly string[], session: Session): Program {
  const { rest } = flagsOf(args);
  let code = 0;
  for (const name of rest.length === 0 ? ['-'] : rest) {
    if (name !== '-') {
      const { text, why } = fileOf(name, session);
      if (text !== undefined) yield out(text);
      else code = yield* fail(why === eisdir ? `cat: read error: ${why}` : cannotOpen('cat', name));
      continue;
    }
    for (let part = yield* session.input.some(); part !== ''; part = yield* session.input.some()) {
      yield out(part);
    }
  }
  return code;
}

const enoent = 'No such file or directory';
const eisdir = 'Is a directory';
const cannotOpen = (tool: string, name: string): string =>
  `${tool}: can't open '${name}': ${enoent}`;

function fileOf(name: string, { world: { files }, directory }: Session) {
  const path = pathOf(name, directory);
  return { text: files.read(path), why: files.isDirectory(path) ? eisdir : enoent };
}

/** All that a filter works on: its files, or what it reads. */
function* inputOf(tool: string, names: readonly string[], session: Session) {
  if (names.length === 0) return yield* session.input.all();
  let all = '';
  for (const name of names) {
    const { text, why } = fileOf(name, session);
    if (text === undefined) yield err(`${tool}: ${name}: ${why}\n`);
    all += text ?? '';
  }
  return all;
}

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\n$/, '').split('\n');

const unlined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** `head` and `tail`: so many lines, `-n N` or `-N`. */
const part =
  (tool: string, take: (lines: readonly string[], n: number) => readonly string[]): Tool =>
  (args, session) =>
    (function* () {
      const given = [...args.slice(1)];
      const at = given.findIndex((arg) => /^-(n|\d+)/.test(arg));
      let n = 10;
      if (at >= 0) {
        const [flag = ''] = given.splice(at, 1);
        n = Number(flag === '-n' ? given.splice(at, 1)[0] : flag.replace(/^-n?/, ''));
      }
      yield out(unlined(take(linesOf(yield* inputOf(tool, given, session)), n)));
      return 0;
    })();

function* grep(args: readonly string[], session: Session): Program {
  const { flags, rest } = flagsOf(args);
  const [pattern, ...names] = rest;
  if (pattern === undefined) return yield* fail('grep: no pattern', 2);
  const text = flags.includes('F') ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern;
  const expression = expressionOf(text, flags.includes('i') ? 'i' : '');
  if (expression === undefined) return yield* fail(`grep: bad regex '${pattern}'`, 2);
  const lines = linesOf(yield* inputOf('grep', names, session));
  const found = lines.filter((line) => expression.test(line) !== flags.includes('v'));
  if (flags.includes('c')) yield out(`${found.length}\n`);
  else if (!flags.includes('q')) yield out(unlined(found));
  return found.length > 0 ? 0 : 1;
}

function expressionOf(text: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(text, flags);
  } catch {
    return undefined;
  }
}

function* wc(args: readonly string[], session: Session): Program {
  const { flags, rest } = flagsOf(args);
  const text = yield* inputOf('wc', rest, session);
  const counts = {
    l: text.split('\n').length - 1,
    w: text.split(/\s+/).filter((word) => word !== '').length,
    c: text.length,
  };
  const shown = (['l', 'w', 'c'] as const).filter((one) => flags === '' || flags.includes(one));
  const name = rest[0] === undefined ? '' : ` ${rest[0]}`;
  const width = shown.length === 1 ? 0 : 9;
  yield out(`${shown.map((one) => String(counts[one]).padStart(width)).join(' ')}${name}\n`);
  return 0;
}

function* ls(args: readonly string[], session: Session): Program {
  const { flags, rest } = flagsOf(args);
  const { files } = session.world;
  const operands = rest.length === 0 ? ['.'] : rest;
  const parts: string[] = [];
  let code = 0;
  for (const name of operands) {
    const path = pathOf(name, session.directory);
    if (!files.exists(path)) {
      code = yield* fail(`ls: ${name}: ${enoent}`);
      continue;
    }
    const isDirectory = files.isDirectory(path) && !flags.includes('d');
    const hidden = flags.includes('a') ? ['.', '..'] : [];
    const names = isDirectory ? [...hidden, ...files.list(path)] : [name];
    const shown = flags.includes('l')
      ? names.map((one) => longLine(one, isDirectory ? pathOf(one, path) : path, session))
      : names;
    const title = isDirectory && operands.length > 1 ? [`${name}:`] : [];
    parts.push(unlined([...title, ...shown]));
  }
  yield out(parts.join(operands.length > 1 && parts.length > 1 ? '\n' : ''));
  return code;
}

function longLine(name: string, path: string, { world: { files } }: Session): string {
  const text = files.read(path);
  const mode = text === undefined ? 'drwxr-xr-x    2' : '-rw-r--r--    1';
  const size = String(text?.length ?? 4096).padStart(10);
  return `${mode} root     root ${size} Jan  1 00:00 ${name}`;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function* date([, ...given]: readonly string[], { world }: Session): Program {
  const format = given.find((arg) => arg.startsWith('+'))?.slice(1) ?? '%a %b %e %H:%M:%S UTC %Y';
  const now = world.now();
  // tidy: allow (the time is given)
  const at = new Date(now);
  const two = (n: number) => String(n).padStart(2, '0');
  const fields: Readonly<Record<string, () => string>> = {
    Y: () => String(at.getUTCFullYear()),
    m: () => two(at.getUTCMonth() + 1),
    d: () => two(at.getUTCDate()),
    e: () => String(at.getUTCDate()).padStart(2),
    H: () => two(at.getUTCHours()),
    M: () => two(at.getUTCMinutes()),
    S: () => two(at.getUTCSeconds()),
    s: () => String(Math.floor(now / 1000)),
    N: () => `${String(now % 1000).padStart(3, '0')}000000`,
    a: () => days[at.getUTCDay()]!,
    b: () => months[at.getUTCMonth()]!,
    F: () => at.toISOString().slice(0, 10),
    T: () => at.toISOString().slice(11, 19),
    Z: () => 'UTC',
    z: () => '+0000',
    '%': () => '%',
  };
  yield out(`${format.replace(/%(.)/g, (all, letter: string) => fields[letter]?.() ?? all)}\n`);
  return 0;
}

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };

function* sleep([, ...given]: readonly string[]): Program {
  let ms = 0;
  for (const one of given) {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(one) ?? [];
    if (number === undefined) return yield* fail(`sleep: invalid number '${one}'`);
    ms += Number(number) * units[unit]! * 1000;
  }
  yield { type: 'sleep', ms };
  return 0;
}

function* ps(args: readonly string[], { world, terminal }: Session): Program {
  const rows = [
    [1, world.mainCommand],
    ...(terminal === undefined ? [] : [[7, 'sh']]),
    [terminal === undefined ? 7 : 8, args.join(' ')],
  ] as const;
  const line = ([id, command]: readonly [number, string]) =>
    `${String(id).padStart(5)} root      0:00 ${command}`;
  yield out(unlined(['PID   USER     TIME  COMMAND', ...rows.map((row) => line(row as never))]));
  return 0;
}

function* env(_args: readonly string[], { variables, world }: Session): Program {
  const names = new Set([...world.env.keys(), ...variables.keys()]);
  yield out(unlined([...names].map((name) => `${name}=${variables.get(name) ?? ''}`)));
  return 0;
}

function* printenv(args: readonly string[], session: Session): Program {
  const [, ...names] = args;
  if (names.length === 0) return yield* env(args, session);
  const values = names.map((name) => session.variables.get(name));
  yield out(unlined(values.filter((value) => value !== undefined)));
  return values.includes(undefined) ? 1 : 0;
}

function* touch(args: readonly string[], session: Session): Program {
  for (const name of flagsOf(args).rest) {
    const path = pathOf(name, session.directory);
    const { files } = session.world;
    if (!files.exists(path) && !files.write(path, '')) {
      return yield* fail(`touch: ${name}: ${enoent}`);
    }
  }
  return 0;
}

function* mkdir(args: readonly string[], session: Session): Program {
  const { flags, rest } = flagsOf(args);
  const { files } = session.world;
  for (const name of rest) {
    const path = pathOf(name, session.directory);
    if (flags.includes('p')) makeAll(path, session);
    else if (!files.makeDirectory(path)) {
      const why = files.exists(path) ? 'File exists' : enoent;
      return yield* fail(`mkdir: can't create directory '${name}': ${why}`);
    }
  }
  return 0;
}

function makeAll(path: string, session: Session): void {
  if (path !== '/') makeAll(parentOf(path), session);
  session.world.files.makeDirectory(path);
}

function* rm(args: readonly string[], session: Session): Program {
  const { flags, rest } = flagsOf(args);
  const { files } = session.world;
  for (const name of rest) {
    const path = pathOf(name, session.directory);
    const isForced = flags.includes('f');
    if (!files.exists(path) && !isForced) {
      return yield* fail(`rm: can't remove '${name}': ${enoent}`);
    }
    if (files.isDirectory(path) && !/[rR]/.test(flags)) {
      return yield* fail(`rm: '${name}' is a directory`);
    }
    files.remove(path);
  }
  return 0;
}

function* tee(args: readonly string[], session: Session): Program {
  const { flags, rest } = flagsOf(args);
  const text = yield* session.input.all();
  for (const name of rest) {
    session.world.files.write(pathOf(name, session.directory), text, flags.includes('a'));
  }
  yield out(text);
  return 0;
}

function* stty([, what]: readonly string[], { terminal }: Session): Program {
  if (terminal === undefined) return yield* fail('stty: standard input: Not a tty');
  yield out(what === 'size' ? `${terminal.rows} ${terminal.columns}\n` : '');
  return 0;
}

export const tools: Readonly<Record<string, Tool>> = {
  '[': test,
  cat,
  date,
  echo,
  env: env,
  false: () => ends(1),
  grep,
  head: part('head', (lines, n) => lines.slice(0, n)),
  hostname: (_args, { world }) => print(`${world.hostname}\n`),
  id: () => print('uid=0(root) gid=0(root) groups=0(root)\n'),
  ls,
  mkdir,
  printenv,
  printf,
  ps,
  pwd: (_args, { directory }) => print(`${directory}\n`),
  rm,
  sleep,
  stty,
  tail: part('tail', (lines, n) => (n === 0 ? [] : lines.slice(-n))),
  tar,
  tee,
  test,
  touch,
  true: () => ends(0),
  uname: (args) => print(args[1] === '-a' ? 'Linux sim 6.1.0 x86_64 Linux\n' : 'Linux\n'),
  wc,
  whoami: () => print('root\n'),
};
