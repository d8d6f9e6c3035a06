/** What a kubelet's report makes of a Pod is what its patch would make of it. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { share } from '../../src/api/equal.ts';
import { strategicPatch } from '../../src/api/patch/strategic.ts';
import type { Pod, PodStatus } from '../../src/api/pod/pod.ts';
import { StatusReport } from '../../src/kubelet/status/statusreport.ts';

const test = suite('kubelet: status reports');

const word = fc.constantFrom('a', 'b', 'c');
const time = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z');
const some = { requiredKeys: [] as never[] };

const condition = fc.record(
  {
    type: fc.constantFrom('Ready', 'Initialized', 'PodScheduled', 'example.com/gate'),
    observedGeneration: fc.constantFrom(1, 2),
    status: fc.constantFrom('True', 'False'),
    lastProbeTime: fc.constant(null),
    lastTransitionTime: time,
    reason: word,
    message: word,
  },
  { requiredKeys: ['type', 'status', 'lastTransitionTime'] },
);
const conditions = fc.uniqueArray(condition, { selector: ({ type }) => type, maxLength: 4 });

const state = fc.oneof(
  fc.record({ waiting: fc.record({ reason: word }, some) }),
  fc.record({ running: fc.record({ startedAt: time }, some) }),
  fc.record({
    terminated: fc.record(
      { exitCode: fc.constantFrom(0, 1), startedAt: fc.option(time), message: word },
      { requiredKeys: ['exitCode'] },
    ),
  }),
);
const containers = fc.array(
  fc.record(
    { name: word, state, lastState: state, ready: fc.boolean(), containerID: word },
    { requiredKeys: ['name', 'state', 'ready'] },
  ),
  { maxLength: 2 },
);
const addresses = fc.uniqueArray(fc.record({ ip: fc.constantFrom('10.0.0.1', '10.0.0.2') }), {
  selector: ({ ip }) => ip,
  maxLength: 2,
});

const status = fc.record(
  {
    phase: fc.constantFrom('Pending', 'Running'),
    conditions,
    reason: word,
    podIP: word,
    podIPs: addresses,
    hostIPs: addresses,
    initContainerStatuses: containers,
    containerStatuses: containers,
    qosClass: fc.constant('BestEffort'),
  },
  some,
) as unknown as fc.Arbitrary<PodStatus>;

const podOf = (held: PodStatus): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: 'web', uid: 'u' },
    spec: { containers: [] },
    status: held,
  }) as unknown as Pod;

/** As the API server goes about a patch that it knows nothing of. */
function patched(pod: Pod, report: StatusReport): Pod {
  const { status: given } = strategicPatch(pod, report.patch, 'core.v1.Pod') as Pod;
  return { ...pod, status: share(pod.status, given) };
}

test('come to the same as their patch, field for field and in the same order', () => {
  let known = 0;
  fc.assert(
    fc.property(status, status, status, fc.nat(2), (before, after, other, whose) => {
      // Mostly the kubelet knows what is stored.
      const pod = podOf(whose === 0 ? other : before);
      const report = StatusReport.of(pod, before, { ...before, ...after });
      const applied = report?.apply(pod) as Pod | undefined;
      if (report === undefined || applied === undefined) return;
      known += 1;
      const expected = patched(pod, report);
      assert.is(JSON.stringify(applied), JSON.stringify(expected));
      for (const name of Object.keys(pod.status) as (keyof PodStatus)[]) {
        const isKept = expected.status[name] === pod.status[name];
        assert.is(applied.status[name] === pod.status[name], isKept, name);
      }
    }),
    { numRuns: 3_000, includeErrorInReport: true },
  );
  assert.ok(known > 200, `${known} were known without their patch`);
});

test('leave it to the patch where another Pod has the name', () => {
  const pod = podOf({ phase: 'Pending' });
  const report = StatusReport.of(pod, pod.status, { phase: 'Running' })!;
  const other = { ...pod, metadata: { ...pod.metadata, uid: 'another' } };
  assert.is(report.apply(other), undefined);
  assert.equal(report.patch, { metadata: { uid: 'u' }, status: { phase: 'Running' } });
});

test.run();
