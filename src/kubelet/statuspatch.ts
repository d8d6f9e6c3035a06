/**
 * The patch by which a kubelet reports a status: what changed, and nothing that others own. It names
 * the uid, so that it never reaches another Pod of the same name.
 */
import { deepEqual } from '../api/equal.ts';
import type { Condition } from '../api/meta.ts';
import type { PodStatus } from '../api/pod.ts';

/** Undefined: there is nothing to report. `before`: as the API has it, as far as the kubelet knows. */
export function statusPatch(
  uid: string,
  before: PodStatus,
  after: PodStatus,
): { readonly metadata: unknown; readonly status: unknown } | undefined {
  if (before === after) return undefined;
  const status: Record<string, unknown> = {};
  let isChanged = false;
  for (const name of Object.keys(after) as (keyof PodStatus)[]) {
    const [was, is] = [before[name], after[name]];
    if (was === is || deepEqual(was, is)) continue;
    isChanged = true;
    if (name === 'conditions') {
      status.conditions = changedConditions(before.conditions ?? [], after.conditions ?? []);
      status['$setElementOrder/conditions'] = after.conditions!.map(({ type }) => ({ type }));
    } else if (name === 'podIPs' || name === 'hostIPs') {
      status[name] = replaced((was ?? []) as readonly Ip[], is as readonly Ip[]);
    } else status[name] = is;
  }
  return isChanged ? { metadata: { uid }, status } : undefined;
}

interface Ip {
  readonly ip: string;
}

/** Lists of addresses are merged by address: an old one has to be taken out. */
const replaced = (before: readonly Ip[], after: readonly Ip[]): readonly unknown[] => [
  ...before
    .filter(({ ip }) => !after.some((other) => other.ip === ip))
    .map(({ ip }) => ({ $patch: 'delete', ip })),
  ...after,
];

/** A reason or message that is gone has to be taken out of the old condition. */
function changedConditions(
  before: readonly Condition[],
  after: readonly Condition[],
): readonly unknown[] {
  const changed: unknown[] = [];
  for (const condition of after) {
    const was = before.find(({ type }) => type === condition.type);
    if (was === condition || deepEqual(was, condition)) continue;
    const gone: Record<string, null> = {};
    for (const name of ['reason', 'message'] as const) {
      if (was?.[name] !== undefined && condition[name] === undefined) gone[name] = null;
    }
    changed.push({ ...condition, ...gone });
  }
  return changed;
}
