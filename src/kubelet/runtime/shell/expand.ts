/** From the words of a script to the arguments of a command. */
import type { Part, Word } from './parse.ts';
import type { Ask } from './program.ts';
import type { Session } from './session.ts';

/** What a script prints. */
export type Substitute = (script: string, session: Session) => Generator<Ask, string, string>;

/** One argument; several, or none, where a variable stands without quotes and holds blanks or nothing. */
export function* expand(
  word: Word,
  session: Session,
  substitute: Substitute,
): Generator<Ask, readonly string[], string> {
  const args: string[] = [];
  let current: string | undefined;
  for (const part of word) {
    const value = yield* textOf(part, session, substitute);
    if (part.quoted || part.kind === 'text') {
      current = (current ?? '') + value;
      continue;
    }
    const [first = '', ...rest] = value.split(/[ \t\n]+/);
    if (value !== '') current = (current ?? '') + first;
    for (const piece of rest) {
      if (current !== undefined && current !== '') args.push(current);
      current = piece;
    }
    if (current === '') current = undefined;
  }
  if (current !== undefined) args.push(current);
  return args;
}

function* textOf({ kind, text }: Part, session: Session, substitute: Substitute) {
  if (kind === 'text') return text;
  if (kind === 'command') return (yield* substitute(text, session)).replace(/\n+$/, '');
  if (text === '?') return String(session.code);
  if (text === '$') return '7';
  return session.variables.get(text) ?? '';
}
