/** A stream of `exec` or `attach` from its beginning to its end. */
import type { Context } from '../context.ts';
import { attach } from './attach.ts';
import { type Channels, failedToBegin } from './channels.ts';
import { exec } from './exec.ts';
import { type Place, runningIn } from './place.ts';
import type { Wishes } from './wishes.ts';

/** @param verb `exec` or `attach` */
export function stream(
  verb: string,
  place: Place,
  wishes: Wishes,
  channels: Channels,
  context: Context,
): void {
  const found = runningIn(place, verb, context);
  if (!found.ok) return channels.end(failedToBegin(found.why));
  if (!wishes.stdin && !wishes.stdout && !wishes.stderr) {
    const why = 'you must specify at least 1 of stdin, stdout, stderr';
    return channels.end(failedToBegin(`unable to upgrade connection: ${why}`));
  }
  (verb === 'exec' ? exec : attach)(place, found, wishes, channels, context);
}
