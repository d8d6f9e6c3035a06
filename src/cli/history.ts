/** `kubestep history`: every change of one object, oldest first. */
import { makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { parseCursor } from '../explain/cursor.ts';
import { findKey } from '../explain/find.ts';
import { parseReference } from '../explain/refs.ts';
import { beginningOf, lineOf } from '../explain/story.ts';
import type { Arguments, Command } from './command.ts';
import { open } from './input.ts';
import { print } from './output.ts';

export const history: Command = {
  name: 'history',
  usage: 'KIND/NAME -f LOG [--at @N]',
  about: 'Every change of one object up to a cursor, with its causes.',
  example: 'kubestep history deploy/nginx-deployment -f run.jsonl.gz',
  flags: {
    file: { type: 'string', short: 'f', value: 'LOG', about: 'a log, or a scenario to play' },
    at: { type: 'string', value: '@N', about: 'up to this cursor (@end)' },
    namespace: { type: 'string', short: 'n', value: 'NS', about: 'namespace (default)' },
  },
  run: historyCommand,
};

function historyCommand(args: Arguments): number {
  const [word, second] = args.positionals;
  if (word === undefined) throw new UsageError('history: of what? Give pod/NAME or deploy/NAME');
  const opened = open(args.text('file')).history;
  const reference = parseReference(
    second === undefined ? word : `${word}/${second}`,
    opened.view(),
    args.text('namespace'),
  );
  const cursor = parseCursor(args.text('at'), opened);
  const name = reference.name ?? findKey(reference, opened, cursor);
  const key = makeKey(reference.namespace, name);
  const writes = [...opened.store.history(reference.kind, key)]
    .filter(({ n }) => n <= cursor)
    .reverse();
  if (writes.length === 0) throw new UsageError(`no ${reference.kind} ${key} up to @${cursor}`);
  for (const write of writes) print(lineOf(write, beginningOf(opened.entries)).text);
  return 0;
}
