/** docs/machines.md shows the machines as they are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyStateMachine } from 'xstate';
import { setup } from 'xstate';
import { descriptionsOf, diagramOf } from '../../machines/diagram.ts';
import {
  containerMachine,
  cronJobMachine,
  daemonSetMachine,
  deploymentMachine,
  jobMachine,
  nodeMachine,
  persistentVolumeClaimMachine,
  persistentVolumeMachine,
  podMachine,
  replicaSetMachine,
  statefulSetMachine,
  volumeAttachmentMachine,
} from '../../machines/index.ts';

const test = suite('diagrams');

test('a machine becomes a Mermaid state diagram', () => {
  const machine = setup({
    types: { events: {} as { type: 'lamp.pressed' | 'lamp.broke' | 'lamp.mended' } },
    guards: { powered: () => true },
  }).createMachine({
    id: 'lamp',
    initial: 'whole',
    states: {
      whole: {
        type: 'parallel',
        states: {
          light: {
            initial: 'off',
            states: {
              off: { on: { 'lamp.pressed': { guard: 'powered', target: 'on' } } },
              on: { on: { 'lamp.pressed': 'off' } },
            },
          },
          place: { initial: 'indoors', states: { indoors: {} } },
        },
        on: { 'lamp.broke': 'broken' },
      },
      broken: { description: 'In pieces.', on: { 'lamp.mended': 'whole' } },
    },
  });
  assert.equal(diagramOf(machine).split('\n'), [
    'stateDiagram-v2',
    '  [*] --> whole',
    '  state "whole" as whole {',
    '    [*] --> whole_light_off',
    '    state "off" as whole_light_off',
    '    whole_light_off --> whole_light_on: pressed [powered]',
    '    state "on" as whole_light_on',
    '    whole_light_on --> whole_light_off: pressed',
    '    --',
    '    [*] --> whole_place_indoors',
    '    state "indoors" as whole_place_indoors',
    '  }',
    '  whole --> broken: broke',
    '  state "broken" as broken',
    '  broken --> whole: mended',
  ]);
  assert.equal([...descriptionsOf(machine)], [['broken', 'In pieces.']]);
});

const machines: Readonly<Record<string, AnyStateMachine>> = {
  Pod: podMachine,
  Container: containerMachine,
  ReplicaSet: replicaSetMachine,
  DaemonSet: daemonSetMachine,
  StatefulSet: statefulSetMachine,
  PersistentVolumeClaim: persistentVolumeClaimMachine,
  PersistentVolume: persistentVolumeMachine,
  VolumeAttachment: volumeAttachmentMachine,
  Deployment: deploymentMachine,
  Job: jobMachine,
  CronJob: cronJobMachine,
  Node: nodeMachine,
};

const preface = `# Lifecycles

Every kind has one machine, in \`machines/\`. Its events are not stored: they are derived from how
an object changed, so they follow our own log, an audit log and a recorded watch alike. A change
for which a machine has no arrow is a finding. Regions that a dashed line separates are independent.

This file is written by \`KUBESTEP_UPDATE=1 npm test\`; a test compares it with the machines.
`;

const section = ([kind, machine]: [string, AnyStateMachine]): string => {
  const rows = [...descriptionsOf(machine)].map(
    ([path, description]) => `| \`${path.replace('existing.', '')}\` | ${description} |`,
  );
  const table = rows.length === 0 ? [] : ['', '| state | meaning |', '|---|---|', ...rows];
  return ['', `## ${kind}`, '', '```mermaid', diagramOf(machine), '```', ...table, ''].join('\n');
};

test('docs/machines.md shows the machines as they are', () => {
  const text = preface + Object.entries(machines).map(section).join('');
  if (process.env.KUBESTEP_UPDATE === '1') writeFileSync('docs/machines.md', text);
  assert.ok(existsSync('docs/machines.md'), 'docs/machines.md is missing');
  assert.fixture(readFileSync('docs/machines.md', 'utf8'), text);
});

test.run();
