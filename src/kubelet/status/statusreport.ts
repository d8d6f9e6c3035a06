/**
 * How a kubelet reports a Pod's status: a patch of what changed, and of nothing that others own. It
 * names the uid, so that it never reaches another Pod of the same name.
 *
 * The patch is written down only for who reads it: what it makes of a stored Pod is computed without
 * it, from the two statuses. A property proves that both come to the same.
 */

import { deepEqual } from '../../api/equal.ts';
import { type Condition, conditionOf, type KubeObject } from '../../api/meta.ts';
import { setOwn } from '../../api/patch/merge.ts';
import type { Pod, PodStatus } from '../../api/pod/pod.ts';
import type { KnownPatch, PatchRequest } from '../../apiserver/request.ts';
import { blank } from '../../blank.ts';
import { ownConditions } from './conditions.ts';

type Json = Readonly<Record<string, unknown>>;
type Field = keyof PodStatus;

export class StatusReport implements PatchRequest, KnownPatch {
  readonly verb = 'patch';
  readonly kind = 'Pod';
  readonly patchType = 'strategic';
  readonly subresource = 'status';
  readonly namespace: string;
  readonly name: string;
  readonly pod: Pod;
  readonly after: PodStatus;
  readonly #before: PodStatus;
  readonly #changed: readonly Field[];
  #patch: unknown;

  private constructor(pod: Pod, before: PodStatus, after: PodStatus, changed: Field[]) {
    this.namespace = pod.metadata.namespace ?? '';
    this.name = pod.metadata.name;
    this.pod = pod;
    this.after = after;
    this.#before = before;
    this.#changed = changed;
  }

  /** Undefined: there is nothing to report. `before`: as the API has it, as far as the kubelet knows. */
  static of(pod: Pod, before: PodStatus, after: PodStatus): StatusReport | undefined {
    if (before === after) return undefined;
    const changed: Field[] = [];
    for (const name in after) {
      const field = name as Field;
      const was = before[field];
      const is = after[field];
      if (was !== is && !deepEqual(was, is)) changed.push(field);
    }
    return changed.length === 0 ? undefined : new StatusReport(pod, before, after, changed);
  }

  get known(): KnownPatch {
    return this;
  }

  get patch(): unknown {
    this.#patch ??= { metadata: { uid: this.pod.metadata.uid }, status: this.#statusPatch() };
    return this.#patch;
  }

  #statusPatch(): Json {
    const [before, after] = [this.#before, this.after];
    const status: Record<string, unknown> = {};
    for (const name of this.#changed) {
      if (name === 'conditions') {
        status.conditions = changedConditions(before.conditions ?? [], after.conditions ?? []);
        status['$setElementOrder/conditions'] = after.conditions!.map(({ type }) => ({ type }));
      } else if (name === 'podIPs' || name === 'hostIPs') {
        status[name] = replaced(before[name] ?? [], after[name] ?? []);
      } else status[name] = after[name];
    }
    return status;
  }

  apply(target: KubeObject): KubeObject | undefined {
    if (target.metadata.uid !== this.pod.metadata.uid) return undefined;
    const held = (target as Pod).status;
    const status: Record<string, unknown> = { ...blank, ...held };
    let isHeld = true;
    for (const name of this.#changed) {
      const value = this.#merged(name, held);
      if (value === undefined || value === null) return undefined;
      if (value === held[name]) continue;
      isHeld = false;
      status[name] = value;
    }
    return isHeld ? target : { ...target, status };
  }

  /** The new value of a changed field; undefined where only the patch can tell. */
  #merged(name: Field, held: PodStatus): unknown {
    const is = this.after[name];
    switch (name) {
      case 'conditions':
        return mergedConditions(
          held.conditions ?? none,
          this.#before.conditions ?? none,
          this.after.conditions ?? none,
        );
      // Merged by address: an old one has to be taken out.
      case 'podIPs':
      case 'hostIPs':
        return held[name] === undefined ? is : undefined;
      case 'initContainerStatuses':
      case 'containerStatuses':
      case 'ephemeralContainerStatuses':
        return taken(held[name], is);
      default:
        return typeof is === 'object' ? undefined : is;
    }
  }
}

const none: readonly never[] = [];

interface Ip {
  readonly ip: string;
}

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
    changed.push({ ...blank, ...condition, ...gone });
  }
  for (const { type } of before) {
    const isOver = ownConditions.has(type) && !after.some((one) => one.type === type);
    if (isOver) changed.push({ $patch: 'delete', type });
  }
  return changed;
}

/** In the order of `after`. Undefined where others have conditions that it does not know. */
function mergedConditions(
  held: readonly Condition[],
  before: readonly Condition[],
  after: readonly Condition[],
): readonly Condition[] | undefined {
  const merged: Condition[] = [];
  let found = 0;
  let isHeld = true;
  for (let i = 0; i < after.length; i++) {
    const is = after[i]!;
    if (conditionOf(after, is.type) !== is) return undefined;
    const old = conditionOf(held, is.type);
    if (old !== undefined) found += 1;
    const was = conditionOf(before, is.type);
    const isSame = was === is || deepEqual(was, is);
    if (isSame && old === undefined) continue;
    const next = isSame ? old! : mergedCondition(old, was, is);
    if (next !== held[merged.length]) isHeld = false;
    merged.push(next);
  }
  if (found !== held.length) return undefined;
  return isHeld && merged.length === held.length ? held : merged.slice();
}

/** What the change from `was` to `is` makes of the condition that is stored. */
function mergedCondition(
  old: Condition | undefined,
  was: Condition | undefined,
  is: Condition,
): Condition {
  const [stored, next] = [(old ?? {}) as unknown as Json, is as unknown as Json];
  const out: Record<string, unknown> = {};
  let isOld = old !== undefined;
  for (const name in stored) {
    const value = next[name];
    const isGone = (name === 'reason' || name === 'message') && was?.[name] !== undefined;
    const kept = value === undefined && !isGone ? stored[name] : value;
    if (kept !== stored[name]) isOld = false;
    if (value === null || (value === undefined && isGone)) isOld = false;
    else out[name] = kept;
  }
  for (const name in next) {
    const value = next[name];
    if (value === null || value === undefined || stored[name] !== undefined) continue;
    isOld = false;
    out[name] = value;
  }
  return isOld ? old! : (out as unknown as Condition);
}

/**
 * `next` as it is stored: without nulls, and with the parts of `old` that are equal. It is copied only
 * where that differs from it.
 */
function taken(old: unknown, next: unknown): unknown {
  if (old === next || typeof next !== 'object' || next === null) return next;
  return Array.isArray(next)
    ? takenList(Array.isArray(old) ? old : none, next)
    : takenFields(isFields(old) ? old : noFields, next as Json);
}

const noFields: Json = {};

const isFields = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function takenList(old: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  let isOld = old.length === next.length;
  const items = next.map((one, i) => {
    const item = taken(old[i], one);
    if (item !== old[i]) isOld = false;
    return item;
  });
  return isOld ? old : items;
}

function takenFields(old: Json, next: Json): Json {
  let isOld = true;
  let more = 0;
  const out: Record<string, unknown> = {};
  for (const name in next) {
    const value = next[name];
    if (value === null || value === undefined) continue;
    const part = taken(old[name], value);
    if (part !== old[name]) isOld = false;
    more += 1;
    setOwn(out, name, part);
  }
  if (!isOld) return out;
  for (const _ in old) more -= 1;
  return more === 0 && old !== noFields ? old : out;
}
