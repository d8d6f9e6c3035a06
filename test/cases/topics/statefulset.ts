/** Decisions of the StatefulSet controller. */

import type { Pod } from '../../../src/api/pod/pod.ts';
import { defaultTemplate } from '../../../src/api/pod/poddefaults.ts';
import type { StatefulSet } from '../../../src/api/statefulset.ts';
import { timestamp } from '../../../src/api/time.ts';
import { arrange, ordinalOf } from '../../../src/controllers/statefulset/ordinals.ts';
import { clockOf, planOf, revisionFor } from '../../../src/controllers/statefulset/plan.ts';
import { revisionLabel } from '../../../src/controllers/statefulset/podstate.ts';
import { claimOwner } from '../../../src/controllers/statefulset/retention.ts';
import { maxUnavailableOf, podsToUpdate } from '../../../src/controllers/statefulset/update.ts';
import type { Input, Topics } from '../topic.ts';
import { pod } from './objects.ts';

const now = 0;

function statefulSet(fields: Input): StatefulSet {
  const { replicas, start = 0, policy, strategy = 'RollingUpdate' } = fields;
  const given = (field: string) => (fields[field] == null ? {} : { [field]: fields[field] });
  const rollingUpdate = { ...given('partition'), ...given('maxUnavailable') };
  const hasBlock = strategy === 'RollingUpdate' && Object.keys(rollingUpdate).length > 0;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 's',
      namespace: 'default',
      uid: 's',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: timestamp(now),
    },
    spec: {
      replicas,
      selector: {},
      template: defaultTemplate({ spec: { containers: [] } }),
      serviceName: 's',
      podManagementPolicy: policy,
      updateStrategy: { type: strategy, ...(hasBlock ? { rollingUpdate } : {}) },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      ordinals: { start },
    },
    status: { replicas: 0, availableReplicas: 0, currentReplicas: fields.currentReplicas ?? 0 },
  };
}

const phases: Input = { pending: 'Pending', failed: 'Failed', succeeded: 'Succeeded' };

/** `[state, revision]` of an ordinal; a missing one is no Pod. */
function member(ordinal: number, [state, revision]: Input): readonly Pod[] {
  if (state === 'missing') return [];
  const ready = state === 'ready' || state === 'terminating';
  const phase = phases[state] ?? 'Running';
  const made = pod({ name: `s-${ordinal}`, phase, ready, readyAgeSeconds: 0 }, now);
  const metadata = {
    ...made.metadata,
    labels: { [revisionLabel]: revision },
    ...(state === 'terminating' ? { deletionTimestamp: timestamp(now) } : {}),
  };
  return [{ ...made, metadata }];
}

export const statefulSets: Topics = {
  sts_actions(input) {
    const set = statefulSet(input);
    const pods = Object.entries(input.pods).flatMap(([at, one]) => member(Number(at), one));
    const plan = planOf({ set, pods, updateRevision: 'new', now });
    const created = plan.steps.filter(({ action }) => action === 'create');
    const deleted = [
      ...plan.steps.flatMap(({ action, ordinal }) => (action === 'delete' ? [ordinal] : [])),
      ...[...plan.surplus, ...plan.outdated].map((one) => ordinalOf(set, one)),
    ];
    const revisionOf = (ordinal: number) =>
      revisionFor(set, ordinal) === 'current' ? 'old' : 'new';
    return {
      create: created.map(({ ordinal }) => [ordinal, revisionOf(ordinal)]),
      delete: deleted,
    };
  },
  sts_max_unavailable(input) {
    const set = statefulSet(input);
    const pods = input.pods.flatMap((one: Input, i: number) => member(i, one));
    const { replicas } = arrange(set, pods);
    const victims = podsToUpdate(set, replicas, 'new', clockOf(set, now));
    return {
      budget: maxUnavailableOf(set),
      delete: victims.map((one) => ordinalOf(set, one)),
    };
  },
  sts_pvc_owner({ whenDeleted, whenScaled, inRange }) {
    const owner = claimOwner({ whenDeleted, whenScaled }, inRange);
    return { owners: owner === undefined ? [] : [owner] };
  },
};
