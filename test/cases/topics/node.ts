/** Decisions about nodes: who is ready, whom to give up and how fast, and which Pods must go. */
import type { Node } from '../../../src/api/node.ts';
import { readyOf } from '../../../src/api/nodestatus.ts';
import type { Pod } from '../../../src/api/pod/pod.ts';
import { timestamp } from '../../../src/api/time.ts';
import { conditionTaintsOf } from '../../../src/controllers/nodelifecycle/conditiontaints.ts';
import {
  graceOf,
  isSilent,
  silentConditions,
} from '../../../src/controllers/nodelifecycle/health.ts';
import { evictionRateOf, zoneState } from '../../../src/controllers/nodelifecycle/zones.ts';
import { Ttl } from '../../../src/controllers/nodettl.ts';
import { garbageOf } from '../../../src/controllers/podgc/decide.ts';
import { lastWords } from '../../../src/controllers/podgc/remove.ts';
import { staySeconds } from '../../../src/controllers/tainteviction/timing.ts';
import type { Input, Topics } from '../topic.ts';
import { pod } from './objects.ts';

const node = (conditions: Readonly<Record<string, string>>, spec: object = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', uid: 'n1', resourceVersion: '1', creationTimestamp: timestamp(0) },
    spec,
    status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) },
  }) as unknown as Node;

function health({ hasReadyCondition, status, secondsSinceProbe, graceSeconds }: Input) {
  const one = node(hasReadyCondition ? { Ready: status } : {});
  // Which grace a node gets is ours to say; how long it is differs between releases.
  const graceMs = hasReadyCondition ? graceSeconds * 1000 : graceOf(undefined);
  const silent = isSilent(secondsSinceProbe * 1000, graceMs);
  const { conditions } = silent ? { conditions: silentConditions(one, 0) } : one.status;
  const ready = readyOf({ ...one, status: { conditions: conditions ?? [] } });
  return { status: ready?.status ?? null, reason: ready?.reason ?? null };
}

function garbage(input: Input) {
  const { phase, nodeName, nodeExists, deleting, nodeOutOfService, nodeMissingSeconds } = input;
  const plain = pod({ name: 'p', phase }, 0);
  const one: Pod = {
    ...plain,
    metadata: { ...plain.metadata, ...(deleting ? { deletionTimestamp: timestamp(0) } : {}) },
    spec: { ...plain.spec, nodeName },
  };
  const outOfService = {
    taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }],
  };
  const its = nodeOutOfService ? node({ Ready: 'False' }, outOfService) : node({ Ready: 'True' });
  const place = { node: nodeExists ? its : undefined, missingMs: nodeMissingSeconds * 1000 };
  const why = garbageOf(one, place);
  return why === undefined
    ? { delete: false, setFailed: false, condition: null }
    : { delete: true, ...lastWords(one, why) };
}

export const nodes: Topics = {
  node_condition_taints: ({ conditions, unschedulable }) => ({
    taints: conditionTaintsOf(node(conditions, { unschedulable })).toSorted(),
  }),
  node_health: health,
  node_ttl({ growTo, shrinkTo }) {
    const ttl = new Ttl();
    for (let i = 0; i < growTo; i++) ttl.nodeAdded();
    for (let i = growTo; i > (shrinkTo ?? growTo); i--) ttl.nodeRemoved();
    return { ttl: ttl.seconds };
  },
  node_zone_state({ ready, notReady, allZonesFull }) {
    const state = zoneState(ready, notReady);
    return { state, rate: evictionRateOf(state, ready + notReady, allZonesFull) };
  },
  podgc: garbage,
  taint_eviction({ taints, tolerations }) {
    const given = taints.map((key: string) => ({ key, effect: 'NoExecute' }));
    const tolerated = tolerations.map(({ key, seconds }: Input) => ({
      ...(key === '' ? {} : { key }),
      operator: 'Exists',
      ...(seconds === null || seconds === undefined ? {} : { tolerationSeconds: seconds }),
    }));
    return { afterSeconds: (given.length === 0 ? null : staySeconds(given, tolerated)) ?? null };
  },
};
