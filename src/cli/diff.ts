/** `kubestep diff`: what differs between two cursors of a log. */
import { type KubeObject, keyOf, makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { parseCursor } from '../explain/cursor.ts';
import { type Change, changes } from '../explain/diff.ts';
import { parseReference } from '../explain/refs.ts';
import { nameOf } from '../explain/sentence.ts';
import { short } from '../explain/summary.ts';
import type { Arguments, Command } from './command.ts';
import { open } from './input.ts';
import { print } from './output.ts';

export const diff: Command = {
  name: 'diff',
  usage: 'LOG @A @B [KIND/NAME]',
  about: 'What differs between two cursors of a log; what every write changes is only counted.',
  example: 'kubestep diff run.jsonl.gz @40 @end',
  flags: {
    namespace: { type: 'string', short: 'n', value: 'NS', about: 'namespace (default)' },
    all: { type: 'boolean', about: 'show resource versions, generations and times too' },
  },
  run: diffCommand,
};

function diffCommand(args: Arguments): number {
  const [file, from, to, ref] = args.positionals;
  if (from === undefined || to === undefined) throw new UsageError('diff: give LOG @A @B');
  const { history } = open(file);
  const [a, b] = [parseCursor(from, history), parseCursor(to, history)];
  const [before, after] = [history.view(a), history.view(b)];
  const reference =
    ref === undefined ? undefined : parseReference(ref, after, args.text('namespace'));
  let hidden = 0;
  for (const kind of after.kinds) {
    if (reference !== undefined ? reference.kind !== kind : kind === 'Event' || kind === 'Lease')
      continue;
    const keys = new Set([...before.list(kind), ...after.list(kind)].map(keyOf));
    for (const key of [...keys].sort()) {
      if (reference?.name !== undefined && key !== makeKey(reference.namespace, reference.name))
        continue;
      hidden += tell(kind, key, before.get(kind, key), after.get(kind, key), args.has('all'));
    }
  }
  if (hidden > 0) print(`${hidden} fields that every write changes are not shown (--all)`);
  return 0;
}

/** Returns how many changes were not shown. */
function tell(
  kind: string,
  key: string,
  was: KubeObject | undefined,
  is: KubeObject | undefined,
  all: boolean,
): number {
  if (was === is) return 0;
  if (was === undefined) print(`+ ${nameOf(kind, key)}`);
  else if (is === undefined) print(`- ${nameOf(kind, key)}`);
  if (was === undefined || is === undefined) return 0;
  const found = changes(was, is);
  const shown = found.filter(({ noise }) => all || !noise);
  if (shown.length > 0) print(`  ${nameOf(kind, key)}\n${shown.map(changeLine).join('\n')}`);
  return found.length - shown.length;
}

export const changeLine = ({ path, was, is }: Change): string =>
  `    ${path}: ${short(was, 120)} → ${short(is, 120)}`;
