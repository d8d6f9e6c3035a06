/** `kubestep why`: the causes of an object, of a part of it, or of an entry. */
import { makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import { parseCursor } from '../explain/cursor.ts';
import { parseReference } from '../explain/refs.ts';
import { causeLines, mermaid, whyOf, writeOfPath } from '../explain/why.ts';
import type { History } from '../replay/restore.ts';
import type { Arguments, Command } from './command.ts';
import { findKey } from './find.ts';
import { open } from './input.ts';
import { print } from './output.ts';

export const why: Command = {
  name: 'why',
  usage: 'REF|#N -f LOG [--at @N]',
  about: 'Why something is as it is: the writes that led to it, back to a user or a fault.',
  example: 'kubestep why pod -f run.jsonl.gz --at @end',
  flags: {
    file: { type: 'string', short: 'f', value: 'LOG', about: 'a log, or a scenario to play' },
    at: { type: 'string', value: '@N', about: 'as of this cursor' },
    depth: { type: 'string', value: 'N', about: 'how far back (10)' },
    namespace: { type: 'string', short: 'n', value: 'NS', about: 'namespace (default)' },
    output: { type: 'string', short: 'o', value: 'FORMAT', about: 'tree, json or mermaid' },
  },
  run: whyCommand,
};

function whyCommand(args: Arguments): number {
  const { history } = open(args.text('file'));
  const cursor = parseCursor(args.text('at'), history);
  const n = entryOf(args.positionals[0], history, cursor, args.text('namespace'));
  const cause = whyOf(history, n, args.integer('depth') ?? 10);
  if (cause === undefined)
    throw new UsageError(`#${n}: no such entry; the log has ${history.length}`);
  const format = args.text('output') ?? 'tree';
  if (format === 'json') print(JSON.stringify(cause, null, 2));
  else if (format === 'mermaid') print(mermaid(cause));
  else for (const line of causeLines(cause)) print(line);
  return 0;
}

/** The entry that is meant: by number, or as the last write of a part of an object. */
export function entryOf(
  text: string | undefined,
  history: History,
  cursor: number,
  namespace: string | undefined,
): number {
  if (text === undefined)
    throw new UsageError('why: of what? Give pod/NAME, deploy/NAME.status or #N');
  const number = /^[#@](\d+)$/.exec(text)?.[1];
  if (number !== undefined) return Number(number);
  const reference = parseReference(text, history.view(), namespace);
  const { kind, path } = reference;
  const name = reference.name ?? findKey(reference, history, cursor);
  const key = makeKey(reference.namespace, name);
  const found = writeOfPath(history, kind, key, path, history.revisionAt(cursor));
  if (found === undefined) {
    throw new UsageError(
      `${text}: no ${kind} ${key} up to @${cursor}; see kubestep get ${kind.toLowerCase()}s`,
    );
  }
  return found.n;
}
