/** U-S7: what is outside of the cluster is only made when somebody is sure to take it away again. */
import type { WriteEntry } from '../../src/log/entry.ts';
import type { Always } from '../rule.ts';
import type { OperatorUnderTest } from './undertest.ts';

export const held = ({ process, kind, external }: OperatorUnderTest): Always => ({
  id: 'U-S7',
  claim: 'what is outside of the cluster is made when its resource has a finalizer and its name',
  types: ['write'],
  begin:
    () =>
    (entry, { acting, now }) => {
      const { verb, key, after, kind: made } = entry as WriteEntry;
      if (acting === undefined || acting.slot.process.name !== process) return undefined;
      if (verb !== 'create' || after === undefined || external?.(after) !== true) return undefined;
      const about = acting.pass.key;
      const resource = now.get(kind, about);
      if ((resource?.metadata.finalizers ?? []).length === 0) {
        return `${made} ${key} was made before ${kind} ${about} had a finalizer`;
      }
      const { name } = after.metadata;
      // A name that follows from the resource's own need not be written down.
      const known =
        name.startsWith(resource!.metadata.name) || JSON.stringify(resource).includes(name);
      return known ? undefined : `${made} ${key} was made before its name was written down`;
    },
});
