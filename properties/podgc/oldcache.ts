/**
 * The Pod garbage collector tells that a Pod failed by what its cache shows of it, just before it deletes it, as
 * upstream's does: with an old cache even of a Pod that has succeeded meanwhile.
 */
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodTerminal } from '../../src/api/pod/podstatus.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import type { World } from '../rule.ts';

export function isFailedByOldCache(
  { by, kind, key }: WriteEntry,
  { seen, acting }: World,
): boolean {
  if (by !== 'pod-garbage-collector' || kind !== 'Pod' || acting === undefined) return false;
  const known = seen.get<Pod>('Pod', key);
  return known !== undefined && !isPodTerminal(known);
}
