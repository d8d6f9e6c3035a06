/** What wakes a Pod that waits: each profile's own plugins are asked. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Hints } from '../../src/scheduler/clusterevents.ts';
import { profileOf } from '../../src/scheduler/profile.ts';
import { node, pod } from './objects.ts';

const test = suite('queueing hints');

test('a plugin is asked with the arguments that it has in the profile of the Pod', () => {
  const added = (zone: string) => ({
    addedAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] },
        ],
      },
    },
  });
  const hints = new Hints(
    ['a', 'b'].map((zone) =>
      profileOf({ schedulerName: `in-${zone}`, args: { NodeAffinity: added(zone) } }),
    ),
  );
  const event = { name: 'Node/Add', object: node('n', { labels: { zone: 'a' } }), n: 1 } as const;
  const helps = (schedulerName: string) =>
    hints.help(pod('p', { schedulerName }), event, ['NodeAffinity']);
  assert.equal([helps('in-a'), helps('in-b'), helps('elsewhere')], [true, false, false]);
});

test.run();
