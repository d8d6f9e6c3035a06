/** No machine refuses what happens: neither those that follow the log, nor those that drive the kubelets. */
import { findingSentence } from '../src/explain/sentence.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import { Lifecycles } from '../src/sim/lifecycles.ts';
import { isFailedByOldCache } from './podgc/oldcache.ts';
import type { Always, Properties } from './rule.ts';

const followed: Always = {
  id: 'M-S1',
  claim: 'every change of an object is a transition of its lifecycle',
  types: ['write'],
  begin: () => {
    const lifecycles = new Lifecycles();
    return (entry, world) => {
      const [found] = lifecycles.observe(entry as WriteEntry);
      return found === undefined || isFailedByOldCache(entry as WriteEntry, world)
        ? undefined
        : findingSentence(found);
    };
  },
};

const driven: Always = {
  id: 'M-S2',
  claim: 'the machines that drive a kubelet refuse nothing that happens to it',
  begin:
    () =>
    (_entry, { simulation: { findings } }) =>
      findings.length === 0 ? undefined : findingSentence(findings[0]!),
};

export const lifecycle: Properties = { always: [followed, driven] };
