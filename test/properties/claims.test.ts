/** [S-L1] Where a StatefulSet stands still because a claim has gone: nobody tells it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isClaimGone } from '../../properties/statefulset/converges.ts';
import type { Any } from './judged.ts';

const test = suite('sets whose claims have gone');

const set: Any = {
  metadata: { name: 'db', namespace: 'default', uid: 's' },
  spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
};
const kind = 'PersistentVolumeClaim';
const gone = { type: 'write', kind, key: 'default/data-db-0', n: 5 };
const looked = { type: 'reconciled', by: 'statefulset-controller', key: 'default/db' };

const standsStill = (nodeName: string | undefined, lookedAt: number): boolean =>
  isClaimGone(
    set,
    { ordinal: 0, pod: { spec: { nodeName } } } as Any,
    {
      now: { get: () => undefined },
      simulation: { log: { entries: [gone, { ...looked, n: lookedAt }] } },
    } as Any,
  );

test('[S-L1] a Pod waits for a claim that went after the set was looked at last', () => {
  assert.is(standsStill(undefined, 3), true);
});

test('[S-L1] a set that was looked at since should have made it again', () => {
  assert.is(standsStill(undefined, 7), false);
  assert.is(standsStill('n1', 3), false, 'it runs with its claim');
});

test.run();
