/** What the Pod garbage collector promises (properties §6). */
import type { Node } from '../src/api/node.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import { readyOf } from './node/nodes.ts';
import type { Always, Eventually, Judged, Properties } from './rule.ts';

const quarantineMs = 40_000;

const isCollection = (entry: Entry): entry is WriteEntry =>
  entry.type === 'write' &&
  entry.by === 'pod-garbage-collector' &&
  entry.kind === 'Pod' &&
  entry.verb === 'delete';

const isOutOfService = (node: Node): boolean =>
  readyOf(node) !== 'True' &&
  (node.spec.taints ?? []).some(({ key }) => key === 'node.kubernetes.io/out-of-service');

const garbageOnly: Always = {
  id: 'PG-S1',
  claim: 'collects Pods of nodes that have been gone for a while, and those that nobody would end',
  types: ['write'],
  kinds: ['Pod', 'Node'],
  begin() {
    /** When nodes went, and the writes with which they came last. */
    const goneAt = new Map<string, number>();
    const came = new Map<string, WriteEntry>();
    return (entry, { now, acting }): Judged => {
      if (entry.type !== 'write') return undefined;
      if (entry.kind === 'Node') {
        if (entry.after === undefined) {
          // A node that came back for a while only may be missing in an old cache all that time.
          const wasShort = entry.t - (came.get(entry.key)?.t ?? 0) < quarantineMs;
          if (!wasShort || !goneAt.has(entry.key)) goneAt.set(entry.key, entry.t);
        } else if (entry.before === undefined) came.set(entry.key, entry);
      }
      if (!isCollection(entry)) return undefined;
      const { metadata, spec } = entry.before as Pod;
      const deleting = metadata.deletionTimestamp !== undefined;
      if (!spec.nodeName)
        return deleting ? undefined : `${entry.key} has no node, and is collected`;
      const node = now.get<Node>('Node', spec.nodeName);
      const isNew = (came.get(spec.nodeName)?.revision ?? 0) > (acting?.began ?? 0);
      if (node !== undefined && !isNew) {
        return deleting && isOutOfService(node)
          ? undefined
          : `${entry.key} is collected, and ${spec.nodeName} is there`;
      }
      const missingMs = entry.t - (goneAt.get(spec.nodeName) ?? -quarantineMs);
      return missingMs >= quarantineMs
        ? undefined
        : `${entry.key} is collected ${missingMs} ms after its node went`;
    };
  },
};

const nothingStranded: Eventually = {
  id: 'PG-L1',
  claim: 'at rest no Pod is bound to a node that is gone',
  holds({ now }) {
    const stranded = now
      .list<Pod>('Pod')
      .filter(({ metadata }) => (metadata.finalizers ?? []).length === 0)
      .find(({ spec }) => spec.nodeName && now.get('Node', spec.nodeName) === undefined);
    return stranded === undefined ? undefined : `${stranded.metadata.name} has lost its node`;
  },
};

export const podGarbageCollection: Properties = {
  always: [garbageOnly],
  eventually: [nothingStranded],
  sometimes: [
    { id: 'PG-W1', claim: 'a Pod of a node that is gone is collected', seen: isCollection },
  ],
};
