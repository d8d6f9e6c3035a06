/** What is promised about nodes that are not heard of, and about Pods that have to leave (properties §6). */
import { deepEqual } from '../src/api/equal.ts';
import { type Lease, leaseNamespace } from '../src/api/lease.ts';
import { makeKey } from '../src/api/meta.ts';
import type { Node } from '../src/api/node.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodTerminal } from '../src/api/pod/podstatus.ts';
import { parseTimestamp } from '../src/api/time.ts';
import {
  by,
  givenUpBy,
  isAllLost,
  isEviction,
  isGivingUp,
  isHalfLost,
  isManaged,
  leavesAt,
  readyOf,
  zoneOf,
} from './node/nodes.ts';
import { type Always, type Eventually, type Judged, onWriteOf, type Properties } from './rule.ts';

const dueOnly = onWriteOf(
  ['Pod'],
  'N-S1',
  'evicts a Pod only when its node has a taint that it does not tolerate, or not any longer',
  (entry, { acting, simulation }) => {
    if (!isEviction(entry) || acting === undefined) return undefined;
    const pod = entry.before as Pod;
    const { nodeName = '' } = pod.spec;
    // What the node was since the pass began: it may have changed since it was asked for.
    for (const { after, revision } of simulation.store.history('Node', nodeName)) {
      if (after !== undefined && leavesAt(pod, after as Node) <= entry.t) return undefined;
      if (revision <= acting.began) break;
    }
    return `${entry.key} may stay on ${nodeName}`;
  },
);

const graceMs = 50_000;
const startupGraceMs = 60_000;

const patience = onWriteOf(
  ['Node'],
  'N-S2',
  'a node is Unknown only when neither it nor its Lease was heard of for the grace period',
  (entry, { seen }) => {
    if (entry.by !== by || entry.kind !== 'Node' || entry.after === undefined) return undefined;
    const isUnknown = readyOf(entry.after as Node) === 'Unknown';
    if (!isUnknown || readyOf(entry.before as Node) === 'Unknown') return undefined;
    const { name } = entry.after.metadata;
    const node = seen.get<Node>('Node', name);
    const lease = seen.get<Lease>('Lease', makeKey(leaseNamespace, name));
    const told = node?.status.conditions?.find(({ type }) => type === 'Ready');
    const { renewTime } = lease?.spec ?? {};
    const heartbeat = told?.lastHeartbeatTime ?? node?.metadata.creationTimestamp;
    const times = [renewTime, heartbeat].map((time) => (time ? parseTimestamp(time) : 0));
    const since = Math.max(...times);
    const silentMs = entry.t - since;
    return silentMs > (told === undefined ? startupGraceMs : graceMs)
      ? undefined
      : `${name} is Unknown after ${silentMs} ms of silence`;
  },
);

/** One node in ten seconds; less a step of the worker that does it. */
const gapMs = 10_000 - 200;

const rate: Always = {
  id: 'N-S3',
  claim: 'nodes of a zone are given up one by one, and none while no node is heard of',
  types: ['write', 'fault'],
  kinds: ['Node'],
  begin() {
    const last = new Map<string, number>();
    let nodesWent = false;
    return (entry, { now }): Judged => {
      // Who starts again has forgotten when it gave up the last one.
      if (entry.type === 'fault' && entry.fault === 'crash') last.clear();
      if (entry.type !== 'write' || entry.kind !== 'Node') return undefined;
      if (entry.after === undefined) nodesWent = true;
      if (!isGivingUp(entry)) return undefined;
      const node = entry.after as Node;
      // What was known when nodes were last looked at may have been more.
      if (!nodesWent && isAllLost(now.list<Node>('Node'))) {
        return `${entry.key} is given up, and no node is heard of`;
      }
      const zone = zoneOf(node);
      const sinceMs = entry.t - (last.get(zone) ?? -gapMs);
      last.set(zone, entry.t);
      return sinceMs >= gapMs ? undefined : `${entry.key} is given up ${sinceMs} ms after another`;
    };
  },
};

const othersTaints = onWriteOf(
  ['Node'],
  'N-S4',
  'the taints of others stay when conditions are followed',
  ({ by: author, kind, key, before, after }) => {
    if (author !== by || kind !== 'Node' || before === undefined || after === undefined) {
      return undefined;
    }
    const { taints = [] } = (after as Node).spec;
    const gone = ((before as Node).spec.taints ?? []).find(
      (taint) => !isManaged(taint) && !taints.some((one) => deepEqual(one, taint)),
    );
    return gone === undefined ? undefined : `${key} loses the taint ${gone.key}`;
  },
);

const givenUp: Eventually = {
  id: 'N-L1',
  claim: 'at rest a dead node that is Unknown is given up, and Pods have left that cannot stay',
  beforeRecovery: true,
  holds({ now, simulation }) {
    const nodes = now.list<Node>('Node');
    if (isAllLost(nodes)) return undefined;
    for (const node of nodes) {
      const { name } = node.metadata;
      if (readyOf(node) !== 'Unknown' || isHalfLost(zoneOf(node), nodes)) continue;
      // It lives, and will be heard of again.
      if (simulation.process(`kubelet/${name}`) !== undefined) continue;
      if (givenUpBy(node).length === 0) return `${name} is Unknown, and is not given up`;
      const stays = now
        .by<Pod>('Pod', 'node', name)
        .find(
          (pod) =>
            pod.metadata.deletionTimestamp === undefined &&
            !isPodTerminal(pod) &&
            leavesAt(pod, node) < Infinity,
        );
      if (stays !== undefined) return `${stays.metadata.name} stays on ${name}`;
    }
    return undefined;
  },
};

const welcome: Eventually = {
  id: 'N-L2',
  claim: 'at rest a node that is ready has no taint of a condition but a cordon',
  holds({ now }) {
    for (const node of now.list<Node>('Node')) {
      if (readyOf(node) !== 'True') continue;
      const cordoned = node.spec.unschedulable === true;
      const kept = (node.spec.taints ?? []).filter(isManaged);
      const other = kept.find(({ key }) => !cordoned || !key.endsWith('/unschedulable'));
      if (other !== undefined) return `${node.metadata.name} is ready, and has ${other.key}`;
    }
    return undefined;
  },
};

export const node: Properties = {
  always: [dueOnly, patience, rate, othersTaints],
  eventually: [givenUp, welcome],
  sometimes: [
    { id: 'N-W1', claim: 'a Pod is evicted by a taint', seen: isEviction },
    { id: 'N-W2', claim: 'a node is given up', seen: isGivingUp },
    {
      id: 'N-W3',
      claim: 'a node that was given up is taken back while nothing is heard of it',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.by === by &&
        entry.kind === 'Node' &&
        entry.before !== undefined &&
        entry.after !== undefined &&
        readyOf(entry.after as Node) === 'Unknown' &&
        givenUpBy(entry.before as Node).length > givenUpBy(entry.after as Node).length,
    },
  ],
};
