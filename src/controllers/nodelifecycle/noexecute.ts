/** The NoExecute taints that make Pods leave a node that is not ready (ctl-07 §A.2). */
import type { Condition } from '../../api/meta.ts';
import type { Node, Taint } from '../../api/node.ts';
import { timestamp } from '../../api/time.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';

/** The key that stands for a condition; undefined: none does. */
export const taintKeyOf = (ready: Condition | undefined): string | undefined =>
  ready?.status === 'False' ? notReady : ready?.status === 'Unknown' ? unreachable : undefined;

const isOurs = ({ key, effect }: Taint): boolean =>
  effect === 'NoExecute' && (key === notReady || key === unreachable);

/** Keys of the ones that a node has. */
export const noExecuteKeys = ({ spec: { taints = [] } }: Node): readonly string[] =>
  taints.filter(isOurs).map(({ key }) => key);

const attempts = 5;

/** Leaves one of the two on the node, or none; others write taints too. Returns an error. */
export function* setNoExecute(
  name: string,
  wanted: string | undefined,
  now: number,
): Requests<string | undefined> {
  let error: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const live = yield* call<Node>({ verb: 'get', kind: 'Node', name });
    if (!live.ok) return live.status.reason === 'NotFound' ? undefined : live.status.message;
    const { taints = [] } = live.object.spec;
    const kept = taints.filter((taint) => !isOurs(taint) || taint.key === wanted);
    const has = kept.some(isOurs);
    if (kept.length === taints.length && has === (wanted !== undefined)) return undefined;
    const added: readonly Taint[] =
      wanted === undefined || has
        ? []
        : [{ key: wanted, effect: 'NoExecute', timeAdded: timestamp(now) }];
    const next = [...kept, ...added];
    const { resourceVersion } = live.object.metadata;
    const patched = yield* call<Node>({
      verb: 'patch',
      kind: 'Node',
      name,
      patchType: 'merge',
      patch: { metadata: { resourceVersion }, spec: { taints: next.length === 0 ? null : next } },
    });
    if (patched.ok) return undefined;
    error = patched.status.message;
    if (patched.status.reason !== 'Conflict') return error;
  }
  return error;
}
