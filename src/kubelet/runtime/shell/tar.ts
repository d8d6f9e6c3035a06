/** `tar` as busybox has it, uncompressed: what `kubectl cp` packs and unpacks with. */
import { type Member, pack, unpack } from './archive.ts';
import { type Files, pathOf } from './files.ts';
import { err, out, type Program } from './program.ts';
import type { Session } from './session.ts';

interface Wanted {
  readonly modes: string;
  /** Where the archive is; `-` and nothing: the standard streams. */
  readonly archive: string;
  readonly directory: string;
  readonly names: readonly string[];
  readonly verbose: boolean;
}

function* fail(text: string): Program {
  yield err(`tar: ${text}\n`);
  return 1;
}

export function* tar(args: readonly string[], session: Session): Program {
  const wanted = wantedOf(args, session.directory);
  if (wanted.modes.length !== 1) return yield* fail('must specify exactly one of -c, -x, -t');
  if (!session.world.files.isDirectory(wanted.directory)) {
    return yield* fail(
      `can't change directory to '${wanted.directory}': No such file or directory`,
    );
  }
  return yield* wanted.modes === 'c' ? create(wanted, session) : read(wanted, session);
}

/** `tar xmf - -C DIR`, `tar -cf FILE NAME…`; letters that change nothing here are passed over. */
function wantedOf([, ...given]: readonly string[], from: string): Wanted {
  const rest = [...given];
  const names: string[] = [];
  let [modes, archive, directory, verbose] = ['', '-', from, false];
  for (let first = true; rest.length > 0; first = false) {
    const arg = rest.shift()!;
    if (arg.startsWith('--')) continue;
    if (!first && (!arg.startsWith('-') || arg === '-')) {
      names.push(arg);
      continue;
    }
    for (const letter of arg.replace(/^-/, '')) {
      if ('cxt'.includes(letter)) modes += letter;
      else if (letter === 'v') verbose = true;
      else if (letter === 'f') archive = rest.shift() ?? '-';
      else if (letter === 'C') directory = pathOf(rest.shift() ?? '.', directory);
    }
  }
  return { modes, archive, directory, names, verbose };
}

function* create({ archive, directory, names, verbose }: Wanted, session: Session): Program {
  const { files, now } = session.world;
  let code = 0;
  const members: Member[] = [];
  for (const name of names) {
    if (name.startsWith('/')) yield err("tar: removing leading '/' from member names\n");
    const path = pathOf(name, directory);
    if (files.exists(path)) members.push(...membersOf(path, name.replace(/^\/+/, ''), files));
    else code = yield* fail(`${name}: No such file or directory`);
  }
  if (verbose) yield err(members.map(({ name }) => `${name}\n`).join(''));
  const text = pack(members, Math.floor(now() / 1000));
  if (archive === '-') yield out(text);
  else files.write(pathOf(archive, session.directory), text);
  if (code !== 0) yield err('tar: error exit delayed from previous errors\n');
  return code;
}

/** A directory comes before what is in it. */
function membersOf(path: string, name: string, files: Files): readonly Member[] {
  if (!files.isDirectory(path)) return [{ name, content: files.read(path) ?? '' }];
  const trimmed = name.replace(/\/+$/, '');
  const below = files
    .list(path)
    .flatMap((child) => membersOf(pathOf(child, path), `${trimmed}/${child}`, files));
  return [{ name: `${trimmed}/`, content: undefined }, ...below];
}

function* read({ modes, archive, directory, names, verbose }: Wanted, session: Session): Program {
  const { files } = session.world;
  const text =
    archive === '-' ? yield* session.input.all() : files.read(pathOf(archive, session.directory));
  if (text === undefined) return yield* fail(`can't open '${archive}': No such file or directory`);
  const members = unpack(text);
  if (members === undefined) return yield* fail('invalid tar magic');
  for (const { name, content } of members) {
    const inside = name
      .split('/')
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('/');
    const isWanted =
      names.length === 0 || names.some((one) => name === one || name.startsWith(`${one}/`));
    if (!isWanted) continue;
    if (modes === 't' || verbose) yield out(`${name}\n`);
    if (modes === 't') continue;
    const path = pathOf(inside, directory);
    files.provide(content === undefined ? path : pathOf('..', path));
    if (content === undefined) continue;
    if (!files.write(path, content)) return yield* fail(`can't open '${name}': Is a directory`);
  }
  return 0;
}
