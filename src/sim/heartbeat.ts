/** Which writes only say that somebody is alive: they go on for ever, and a cluster rests all the same. */
import type { Node } from '../api/node.ts';
import type { WriteEntry } from '../log/entry.ts';

/** Leases, and Nodes whose spec and conditions stay as they are. */
export function isHeartbeat({ kind, before, after }: WriteEntry): boolean {
  if (kind === 'Lease') return true;
  if (kind !== 'Node' || before === undefined || after === undefined) return false;
  if (before.spec !== after.spec) return false;
  return conditionsOf(before as Node) === conditionsOf(after as Node);
}

const conditionsOf = ({ status: { conditions = [] } }: Node): string =>
  conditions.map(({ type, status }) => `${type}=${status}`).join();
