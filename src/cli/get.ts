/** `kubestep get`: objects as they were at a cursor, in kubectl's columns. */
import { kindIn } from '../api/custom/index.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { columnsOf } from './columns.ts';
import type { Arguments, Command } from './command.ts';
import { print, table, yaml } from './output.ts';
import { subjectFlags, subjectOf } from './subject.ts';

export const get: Command = {
  name: 'get',
  usage: 'KIND[/NAME] -f LOG [--at @N]',
  about: 'Lists objects as they were at a cursor of a log.',
  example: 'kubestep get pods -f run.jsonl.gz --at @60',
  flags: {
    ...subjectFlags('as of this cursor (@end)'),
    'all-namespaces': { type: 'boolean', short: 'A', about: 'of all namespaces' },
    output: { type: 'string', short: 'o', value: 'FORMAT', about: 'json, yaml, name or wide' },
  },
  run: getCommand,
};

function getCommand(args: Arguments): number {
  const { history, cursor, reference } = subjectOf(
    args,
    'get: what? Give a kind, as pods or deploy/web',
  );
  const view = history.view(cursor);
  const kind = kindIn(reference.kind, history.view())!;
  const everywhere = args.has('all-namespaces');
  const objects = view
    .list(reference.kind)
    .filter(
      ({ metadata }) =>
        everywhere || !kind.namespaced || metadata.namespace === reference.namespace,
    )
    .filter(({ metadata }) => reference.name === undefined || metadata.name === reference.name)
    .sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  if (reference.name !== undefined && objects.length === 0) {
    throw new UsageError(`${kind.resource} "${reference.name}" not found at @${cursor}`);
  }
  show(
    kind,
    objects,
    args.text('output'),
    everywhere,
    history.timeAt(cursor),
    reference.name !== undefined,
  );
  return 0;
}

const keyText = ({ metadata: { namespace = '', name } }: KubeObject): string =>
  `${namespace}/${name}`;

function show(
  kind: Kind,
  objects: readonly KubeObject[],
  format: string | undefined,
  everywhere: boolean,
  now: number,
  one: boolean,
): void {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  switch (format) {
    case 'json':
      return print(JSON.stringify(one ? objects[0] : list, null, 2));
    case 'yaml':
      return print(yaml(one ? objects[0] : list));
    case 'name':
      return print(
        objects.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`).join('\n'),
      );
    case undefined:
    case 'wide': {
      if (objects.length === 0) return print('No resources found');
      const columns = columnsOf(kind, format === 'wide');
      const headings = [
        ...(everywhere ? ['NAMESPACE'] : []),
        ...columns.map(({ heading }) => heading),
      ];
      const rows = objects.map((object) => [
        ...(everywhere ? [object.metadata.namespace ?? ''] : []),
        ...columns.map(({ cell }) => cell(object, now)),
      ]);
      return print(table(headings, rows));
    }
    default:
      throw new UsageError(`-o ${format}: expected json, yaml, name or wide`);
  }
}
