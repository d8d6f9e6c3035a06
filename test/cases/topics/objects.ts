/** Objects for the adapters: what a case does not say is absent. */
import type { Deployment } from '../../../src/api/deployment.ts';
import type { Pod } from '../../../src/api/pod/pod.ts';
import type { ReplicaSet } from '../../../src/api/replicaset.ts';
import { timestamp } from '../../../src/api/time.ts';
import type { Input } from '../topic.ts';

const desired = 'deployment.kubernetes.io/desired-replicas';
const max = 'deployment.kubernetes.io/max-replicas';
const revision = 'deployment.kubernetes.io/revision';

const template = { spec: { containers: [] } };

export function replicaSet(fields: Input): ReplicaSet {
  const {
    name = 'rs',
    replicas = 0,
    available = 0,
    created = 1,
    statusReplicas = replicas,
  } = fields;
  const annotations = {
    ...(fields.desired === undefined ? {} : { [desired]: String(fields.desired) }),
    ...(fields.max === undefined ? {} : { [max]: String(fields.max) }),
    ...(fields.revision === undefined ? {} : { [revision]: String(fields.revision) }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: timestamp(created * 1000),
      annotations,
      ...(fields.deleting === true ? { deletionTimestamp: timestamp(0) } : {}),
    },
    spec: { replicas, selector: {}, template },
    status: { replicas: statusReplicas, availableReplicas: available },
  };
}

export function deployment(fields: Input): Deployment {
  const { replicas = 0, strategy = 'RollingUpdate', maxSurge, maxUnavailable } = fields;
  const rollingUpdate = {
    ...(maxSurge === undefined || maxSurge === null ? {} : { maxSurge }),
    ...(maxUnavailable === undefined || maxUnavailable === null ? {} : { maxUnavailable }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'd',
      namespace: 'default',
      uid: 'd',
      resourceVersion: '1',
      generation: fields.generation ?? 1,
      creationTimestamp: timestamp(0),
    },
    spec: {
      replicas,
      selector: {},
      template,
      strategy:
        strategy === 'RollingUpdate' ? { type: strategy, rollingUpdate } : { type: strategy },
    },
    status: fields.statusReplicas === undefined ? {} : { replicas: fields.statusReplicas },
  };
}

const cost = 'controller.kubernetes.io/pod-deletion-cost';

/** Ages are seconds before `now`; `null` is Go's zero time. */
export function pod(fields: Input, now: number): Pod {
  const { name = 'p', node, phase = 'Pending', ready, readyAgeSeconds, ageSeconds, uid } = fields;
  const at = (age: number | null | undefined) =>
    age === null || age === undefined ? undefined : timestamp(now - age * 1000);
  const since = at(readyAgeSeconds);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: uid ?? '',
      resourceVersion: '1',
      creationTimestamp: at(ageSeconds) ?? '',
      ...(fields.deletionCost === undefined
        ? {}
        : { annotations: { [cost]: String(fields.deletionCost) } }),
    },
    spec: { containers: [], ...(node ? { nodeName: node } : {}) },
    status: {
      phase,
      ...(ready === undefined
        ? {}
        : {
            conditions: [
              {
                type: 'Ready',
                status: ready ? 'True' : 'False',
                ...(since === undefined ? {} : { lastTransitionTime: since }),
              },
            ],
          }),
      ...(fields.restarts === undefined
        ? {}
        : {
            containerStatuses: [
              { name: 'c', ready: false, restartCount: fields.restarts, image: '', imageID: '' },
            ],
          }),
    },
  };
}
