/** What one sync does: rows that the worked examples do not have (kubelet-01). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Container, PodSpec } from '../../src/api/pod/podspec.ts';
import type { ProbeResult } from '../../src/kubelet/probes/probe.ts';
import type { ContainerRecord, PodRecords } from '../../src/kubelet/runtime/cri.ts';
import { podActions } from '../../src/kubelet/sync/podactions.ts';

const test = suite('kubelet: what one sync does');

const container = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: 'web:1',
  ...more,
});

const record = (name: string, more: Partial<ContainerRecord> = {}): ContainerRecord => ({
  name,
  id: `sim://${name}`,
  state: 'running',
  ...more,
});

type Results = Readonly<Record<string, ProbeResult>>;

function actions(
  spec: PodSpec,
  containers: readonly ContainerRecord[],
  {
    isDead = false,
    startup = {},
    liveness = {},
  }: { isDead?: boolean; startup?: Results; liveness?: Results } = {},
) {
  const state = isDead ? 'NotReady' : 'Ready';
  const records: PodRecords = {
    sandboxes: [{ id: 's', state, attempt: 0, ip: '10.0.0.1' }],
    containers,
  };
  const of = (results: Results) => (id: string) => results[id.slice('sim://'.length)];
  return podActions(spec, false, records, { startup: of(startup), liveness: of(liveness) });
}

test('[kubelet-01] in a new sandbox a container that succeeded stays out by its own policy, not by its Pod’s', () => {
  const containers = [
    container('a'),
    container('b', { restartPolicy: 'OnFailure' }),
    container('c', { restartPolicy: 'Always' }),
  ];
  const done = containers.map(({ name }) => record(name, { state: 'exited', exitCode: 0 }));
  const { toStart } = actions({ restartPolicy: 'Always', containers }, done, { isDead: true });
  assert.equal(toStart, [0, 2]);
  const other = actions({ restartPolicy: 'OnFailure', containers }, done, { isDead: true });
  assert.equal(other.toStart, [2]);
});

const side = container('side', { restartPolicy: 'Always', startupProbe: {}, livenessProbe: {} });
const withSidecar: PodSpec = { initContainers: [side], containers: [container('web')] };
const both = [record('side'), record('web')];

/** The message of the one kill. */
const said = (...args: Parameters<typeof actions>): string | undefined =>
  actions(...args).toKill[0]?.message;

test('[kubelet-01] a sidecar is killed as an init container, for its startup probe before all', () => {
  const failed = { side: 'Failure' } as const;
  const passed = { side: 'Success' } as const;
  assert.is(
    said(withSidecar, both, { startup: failed, liveness: failed }),
    'Init container side failed startup probe',
  );
  assert.is(
    said(withSidecar, both, { startup: passed, liveness: failed }),
    'Init container side failed liveness probe',
  );
  const changed = [record('side', { specChanged: true }), record('web')];
  assert.is(
    said(withSidecar, changed, { startup: passed, liveness: failed }),
    'Init container side definition changed',
  );
  const unknown = [record('side', { state: 'unknown' }), record('web')];
  assert.is(
    said(withSidecar, unknown),
    'Init container is in "unknown" state, try killing it before restart',
  );
});

test('[kubelet-01] what a probe kills is restarted by its own policy, and no rule of exit codes counts', () => {
  const rule = { action: 'Restart', exitCodes: { operator: 'In', values: [137] } } as const;
  const containers = [
    container('never', { restartPolicy: 'Never', restartPolicyRules: [rule] }),
    container('always', { restartPolicy: 'Always' }),
  ];
  const records = [record('never'), record('always')];
  const liveness = { never: 'Failure', always: 'Failure' } as const;
  const { toStart, toKill } = actions({ restartPolicy: 'Never', containers }, records, {
    liveness,
  });
  assert.equal(toStart, [1]);
  assert.equal(
    toKill.map(({ message }) => message),
    [
      'Container never failed liveness probe',
      'Container always failed liveness probe, will be restarted',
    ],
  );
});

test.run();
