/** What `get`, `describe` and `history` are asked about: something in a log, at a cursor. */
import { UsageError } from '../errors.ts';
import { parseCursor } from '../explain/cursor.ts';
import { parseReference, type Reference } from '../explain/refs.ts';
import type { History } from '../replay/restore.ts';
import type { Arguments, Flags } from './command.ts';
import { open } from './input.ts';

export interface Subject {
  readonly history: History;
  /** The log's entry up to which it is looked at. */
  readonly cursor: number;
  readonly reference: Reference;
}

/** The flags by which it is named. `at` says what the cursor is good for. */
export const subjectFlags = (at: string): Flags => ({
  file: { type: 'string', short: 'f', value: 'LOG', about: 'a log, or a scenario to play' },
  at: { type: 'string', value: '@N', about: at },
  namespace: { type: 'string', short: 'n', value: 'NS', about: 'namespace (default)' },
});

/** @param missing the line for who names nothing. */
export function subjectOf(args: Arguments, missing: string): Subject {
  const [word, second] = args.positionals;
  if (word === undefined) throw new UsageError(missing);
  const { history } = open(args.text('file'));
  const reference = parseReference(
    second === undefined ? word : `${word}/${second}`,
    history.view(),
    args.text('namespace'),
  );
  return { history, cursor: parseCursor(args.text('at'), history), reference };
}
