/** The entry that a reference means. */
import { makeKey } from '../api/meta.ts';
import { UsageError } from '../errors.ts';
import type { History } from '../replay/restore.ts';
import { findKey } from './find.ts';
import { parseReference } from './refs.ts';
import { writeOfPath } from './why.ts';

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
