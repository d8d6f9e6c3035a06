/** Cursors as people type them: `@12`, `@0`, `@end`, `@cmd:2`. */
import { UsageError } from '../errors.ts';
import type { History } from '../replay/restore.ts';

export function parseCursor(text: string | undefined, history: History): number {
  if (text === undefined) return history.length;
  const word = text.startsWith('@') ? text.slice(1) : text;
  if (word === 'end') return history.length;
  const command = /^cmd:(\d+)$/.exec(word)?.[1];
  if (command !== undefined) {
    const commands = history.entries.filter(
      ({ by, type }) => by.startsWith('user') && type === 'write',
    );
    const found = commands[Number(command) - 1];
    if (found !== undefined) return found.n;
    throw new UsageError(
      `${text}: there are ${commands.length} writes by users; choose one of them`,
    );
  }
  if (!/^\d+$/.test(word)) {
    throw new UsageError(`${text}: no cursor; write @12, @0, @end or @cmd:1`);
  }
  const n = Number(word);
  if (n > history.length) {
    throw new UsageError(`${text}: the log ends at @${history.length}; choose a cursor in it`);
  }
  if (n < history.oldest) {
    throw new UsageError(
      `${text}: what was before @${history.oldest} is not kept in memory; look in the log file (up --log)`,
    );
  }
  return n;
}
