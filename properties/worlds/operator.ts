/** A world for the reference operator, with the rules that any operator owes. */
import type { Pod } from '../../src/api/pod/pod.ts';
import { isPodReady } from '../../src/api/pod/podstatus.ts';
import { invariantOf } from '../operator.ts';
import { databaseOperator, ordinalOf } from '../operators/database.ts';
import {
  type Database,
  database,
  databaseDefinition,
  databaseKind as kind,
} from '../operators/definition.ts';
import { type OperatorTrial, operatorWorld } from '../operatortrial.ts';
import type { SmallWorld } from './world.ts';

/** As the author of an operator writes it down: at most one member is taken down at a time. */
const oneAtATime = invariantOf(
  'no working member is taken down while another is not ready',
  ({ verb, before, by }, { now }) => {
    if (by !== 'database-operator' || verb !== 'delete' || before?.kind !== 'Pod') return undefined;
    const victim = before as Pod;
    const owner = victim.metadata.ownerReferences?.[0];
    const { namespace = '', name, deletionTimestamp } = victim.metadata;
    const wanted = now.get<Database>(kind, `${namespace}/${owner?.name}`);
    if (wanted === undefined || deletionTimestamp !== undefined) return undefined;
    const { replicas } = wanted.spec;
    if (ordinalOf(victim) >= replicas || !isPodReady(victim)) return undefined;
    const others = now
      .by<Pod>('Pod', 'owner', owner?.uid ?? '')
      .filter((pod) => pod.metadata.name !== name && ordinalOf(pod) < replicas);
    // Only what the operator itself began counts: members fail by themselves, too.
    const down = others.find(
      (pod) =>
        !isPodReady(pod) && pod.status.startTime === undefined && pod.status.phase === 'Pending',
    );
    return down === undefined
      ? undefined
      : `${name} was taken down while ${down.metadata.name} starts`;
  },
);

const trial: OperatorTrial = {
  manager: { name: 'operator', controllers: [databaseOperator] },
  kind,
  objects: [databaseDefinition, database('store', { monitoring: { port: 9090 } })],
  external: ({ kind: one, metadata: { name } }) => one === 'ConfigMap' && name.endsWith('-backup'),
  cluster: { behaviour: [{ image: 'broken', ready: 'never' }] },
  // Where a rollout that cannot end stops depends on when it began: that is left to the detours.
  edits: [
    { replicas: 3 },
    { replicas: 1 },
    { image: 'db:2' },
    { image: 'db:1' },
    { storage: '2Gi' },
    { replicas: 2 },
    { monitoring: null },
    { monitoring: { port: 9091 } },
  ],
  detours: [{ image: 'broken' }, { replicas: 3 }],
  rules: { always: [oneAtATime] },
};

export const operatorWorlds: readonly SmallWorld[] = [operatorWorld(trial)];

const travelling = new Set(['calm to the end', 'choose', 'edit', 'recreate', 'attach operator']);

/** Where an operator is shown the past again and again, while its resource and a feature come and go. */
export const operatorPastWorlds: readonly SmallWorld[] = [
  operatorWorld({ ...trial, edits: [{ monitoring: null }, { monitoring: { port: 9090 } }] }),
].map((world) => ({ ...world, acts: world.acts.filter(([name]) => travelling.has(name)) }));
