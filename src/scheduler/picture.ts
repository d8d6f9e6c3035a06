/** What a scheduler takes the cluster to be, at one moment: for those who compare it with the truth. */
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { SchedulerCache } from './cache.ts';
import type { Nominator } from './nominator.ts';
import type { SchedulingQueue } from './queue.ts';

export interface Picture {
  readonly nodes: ReadonlyMap<string, { readonly node: Node; readonly pods: readonly Pod[] }>;
  /** Pods on nodes that it does not know. */
  readonly homeless: readonly Pod[];
  /** Uids of Pods that it has placed and that it has not been told of. */
  readonly assumed: readonly string[];
  /** Uids of Pods that wait for a node, in any of its queues. */
  readonly waiting: readonly string[];
  /** Pods that are promised a node, by its name. */
  readonly promised: readonly (readonly [node: string, pod: Pod])[];
}

export function pictureOf(
  cache: SchedulerCache,
  queue: SchedulingQueue,
  nominator: Nominator,
): Picture {
  return {
    nodes: new Map(
      cache.nodes.map(({ name, node, pods }) => [name, { node, pods: [...pods.values()] }]),
    ),
    homeless: cache.homeless,
    assumed: cache.assumed,
    waiting: queue.pending.map(({ pod }) => pod.metadata.uid),
    promised: nominator.promised,
  };
}
