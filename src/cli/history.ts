/** `kubestep history`: every change of one object, oldest first. */
import { makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { findKey } from '../explain/find.ts';
import { beginningOf, lineOf } from '../explain/story.ts';
import type { Arguments, Command } from './command.ts';
import { print } from './output.ts';
import { subjectFlags, subjectOf } from './subject.ts';

export const history: Command = {
  name: 'history',
  usage: 'KIND/NAME -f LOG [--at @N]',
  about: 'Every change of one object up to a cursor, with its causes.',
  example: 'kubestep history deploy/nginx-deployment -f run.jsonl.gz',
  flags: subjectFlags('up to this cursor (@end)'),
  run: historyCommand,
};

function historyCommand(args: Arguments): number {
  const {
    history: opened,
    cursor,
    reference,
  } = subjectOf(args, 'history: of what? Give pod/NAME or deploy/NAME');
  const name = reference.name ?? findKey(reference, opened, cursor);
  const key = makeKey(reference.namespace, name);
  const writes = [...opened.store.history(reference.kind, key)]
    .filter(({ n }) => n <= cursor)
    .reverse();
  if (writes.length === 0) throw new UsageError(`no ${reference.kind} ${key} up to @${cursor}`);
  for (const write of writes) print(lineOf(write, beginningOf(opened.entries)).text);
  return 0;
}
