/** `kubestep describe`: one object in full, and the Events about it. */

import type { Event } from '../api/event.ts';
import { kindOf } from '../api/index.ts';
import { makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { findKey } from '../explain/find.ts';
import { columnsOf } from './columns.ts';
import type { Arguments, Command } from './command.ts';
import { print, table, yaml } from './output.ts';
import { subjectFlags, subjectOf } from './subject.ts';

export const describe: Command = {
  name: 'describe',
  usage: 'KIND/NAME -f LOG [--at @N]',
  about: 'Tells one object as it was at a cursor, and the Events about it.',
  example: 'kubestep describe deploy/nginx-deployment -f run.jsonl.gz',
  flags: subjectFlags('as of this cursor (@end)'),
  run: describeCommand,
};

function describeCommand(args: Arguments): number {
  const { history, cursor, reference } = subjectOf(
    args,
    'describe: what? Give pod/NAME or deploy/NAME',
  );
  const view = history.view(cursor);
  const name = reference.name ?? findKey(reference, history, cursor);
  const object = view.get(reference.kind, makeKey(reference.namespace, name));
  if (object === undefined) throw new UsageError(`no ${reference.kind} ${name} at @${cursor}`);
  const { kind, apiVersion, metadata, ...rest } = object;
  print(`Name:         ${metadata.name}`);
  if (metadata.namespace !== undefined) print(`Namespace:    ${metadata.namespace}`);
  print(`Kind:         ${kind} (${apiVersion})`);
  print(`Cursor:       @${cursor}, revision ${metadata.resourceVersion}`);
  print(yaml({ metadata, ...rest }));
  const events = view
    .list<Event>('Event')
    .filter(({ involvedObject }) => involvedObject.uid === metadata.uid);
  if (events.length === 0) {
    print('Events:       <none>');
    return 0;
  }
  const columns = columnsOf(kindOf('Event')!).filter(({ heading }) => heading !== 'OBJECT');
  const rows = events.map((event) =>
    columns.map(({ cell }) => cell(event, history.timeAt(cursor))),
  );
  print(
    `Events:\n${table(
      columns.map(({ heading }) => heading),
      rows,
    )}`,
  );
  return 0;
}
