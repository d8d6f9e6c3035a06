/**
 * What lifecycles have in common: conditions, generations, deletion.
 *
 * The state that events lead to is a function of the object alone: whoever meets an object in the
 * middle of its life finds the state from `lifecycle(undefined, object)` that whoever saw all its
 * versions has arrived at.
 */
import type { LifecycleEvent } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

export const nothing: readonly LifecycleEvent[] = [];

const made = new Map<string, LifecycleEvent>();

/** The event of a type; always the same object. */
export function event(type: string): LifecycleEvent {
  let found = made.get(type);
  if (found === undefined) {
    found = { type };
    made.set(type, found);
  }
  return found;
}

/** The end of a life, and nothing else, is what most removals are. */
export const removed = (prefix: string): readonly LifecycleEvent[] => [event(`${prefix}.removed`)];

/** The deletion mark. No machine accepts that it is taken back: the API server never does. */
export function deletionEvents(
  prefix: string,
  before: KubeObject | undefined,
  after: KubeObject,
  events: LifecycleEvent[],
): void {
  const marked = after.metadata.deletionTimestamp !== undefined;
  if (marked === (before?.metadata.deletionTimestamp !== undefined)) return;
  events.push(event(`${prefix}.${marked ? 'deletionRequested' : 'deletionWithdrawn'}`));
}

interface Observed extends KubeObject {
  readonly status?: { readonly observedGeneration?: number };
}

/** Whether the controller has seen the newest spec. No machine accepts that it forgets it. */
export function observationEvents(
  prefix: string,
  before: Observed | undefined,
  after: Observed,
  events: LifecycleEvent[],
): void {
  const now = isObserved(after);
  if (now === isObserved(before)) return;
  if (now) events.push(event(`${prefix}.observed`));
  else {
    const changed = before?.metadata.generation !== after.metadata.generation;
    events.push(event(`${prefix}.${changed ? 'changed' : 'forgotten'}`));
  }
}

function isObserved(object: Observed | undefined): boolean {
  if (object === undefined) return false;
  const { observedGeneration = 0 } = object.status ?? {};
  return observedGeneration >= (object.metadata.generation ?? 0);
}
