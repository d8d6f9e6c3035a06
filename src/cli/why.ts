/** `kubestep why`: the causes of an object, of a part of it, or of an entry. */
import { UsageError } from '../errors.ts';
import { parseCursor } from '../explain/cursor.ts';
import { entryOf } from '../explain/entryof.ts';
import { causeLines, mermaid, whyOf } from '../explain/why.ts';
import type { Arguments, Command } from './command.ts';
import { open } from './input.ts';
import { print } from './output.ts';
import { control, isUp } from './remote.ts';

export const why: Command = {
  name: 'why',
  usage: 'REF|#N [-f LOG] [--at @N]',
  about:
    'Why something is as it is: the writes that led to it, back to a user or a fault. Without -f, in the cluster that is up.',
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

async function whyCommand(args: Arguments): Promise<number> {
  const reference = args.positionals[0];
  if (args.text('file') === undefined && reference !== undefined && isUp()) {
    const namespace = args.text('namespace');
    print((await control('why', { reference, namespace })).trimEnd());
    return 0;
  }
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
