/** How fast ReplicaSets may try when creations fail (properties §3, bugs R12; ctl-01 §5). */
import type { Always, Judged } from '../rule.ts';

const authors = new Set(['replicaset-controller', 'replication-controller']);

/** The batch of the n-th creation of a pass, from 1: they are of 1, 2, 4 … */
const batchOf = (n: number): number => Math.floor(Math.log2(n));

const isCreation = ({ verb, kind }: { readonly verb: string; readonly kind: string }): boolean =>
  verb === 'create' && kind === 'Pod';

/** A namespace that goes refuses everything, and upstream takes that for no failure. */
const isOfGoing = ({ message }: { readonly message: string }): boolean =>
  message.includes('because it is being terminated');

export const slowStart: Always = {
  id: 'R-S5',
  claim:
    'a pass creates 1, 2, 4 … Pods at a time, and no more after a batch in which one was refused',
  begin() {
    let pass: unknown;
    let tried = 0;
    let refusedIn: number | undefined;
    return (entry, { acting }): Judged => {
      if (acting === undefined || !authors.has(acting.slot.component.actor)) return undefined;
      if (acting.pass !== pass) {
        pass = acting.pass;
        tried = 0;
        refusedIn = undefined;
      }
      const isCreated =
        entry.type === 'write' && entry.kind === 'Pod' && entry.before === undefined;
      const isRefused =
        entry.type === 'fault'
          ? entry.fault === 'conflict' && isCreation(acting.request)
          : entry.type === 'rejected' && isCreation(entry) && !isOfGoing(entry);
      if (!isCreated && !isRefused) return undefined;
      tried += 1;
      if (refusedIn !== undefined && batchOf(tried) > refusedIn) {
        return `${acting.pass.key} tries a Pod more after one was refused in the batch before`;
      }
      if (isRefused) refusedIn ??= batchOf(tried);
      return undefined;
    };
  },
};
