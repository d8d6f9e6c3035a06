/** Histories of the scheduler that only Kubernetes' own ways explain. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inheritsPromise } from '../../properties/scheduler.ts';
import type { Any } from './judged.ts';

const test = suite('rules of the scheduler');

/** A Pod that was made in entry 5, and promised a node by a pass that these entries woke. */
function told(...causes: readonly number[]): string | undefined {
  const pod = (nominatedNodeName?: string): Any => ({
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid: 'second' },
    spec: { containers: [] },
    status: { nominatedNodeName },
  });
  const write = { type: 'write', kind: 'Pod', key: 'default/p' };
  const entries = [
    { ...write, n: 5, causes: [], after: pod() },
    { ...write, n: 6, causes, before: pod(), after: pod('n2') },
  ];
  const now = { list: () => [pod('n2')], by: () => [pod('n2')] };
  return inheritsPromise({ now, simulation: { log: { entries } } } as Any);
}

test('[SCH-S6] a promise that was meant for a Pod of that name before is known', () => {
  assert.match(told(2) ?? '', /gets the promise of the one before$/);
  assert.is(told(5), undefined);
});

test.run();
