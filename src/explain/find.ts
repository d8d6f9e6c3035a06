/** Finds the object that a reference without a name means: the only one, or the first. */
import { UsageError } from '../errors.ts';
import type { History } from '../replay/restore.ts';
import type { Reference } from './refs.ts';

export function findKey({ kind, namespace }: Reference, history: History, cursor: number): string {
  const found = history
    .view(cursor)
    .list(kind)
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ metadata: { name } }) => name)
    .sort();
  if (found[0] === undefined)
    throw new UsageError(`no ${kind} in ${namespace ?? 'the cluster'} at @${cursor}`);
  return found[0];
}
