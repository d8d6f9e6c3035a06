/**
 * A hash of the whole state, equal for states that differ only in names, uids, revisions and times.
 *
 * It holds what a component remembers as well as what is stored: caches, queues, expectations,
 * timers, requests in flight. Two states that behave differently must differ, and in a loop the
 * same state must come back, so what only ever grows (generations, Events, Leases) is left out or
 * made relative.
 */
import type { KubeObject } from '../api/meta.ts';
import { hashText, mix } from './chance.ts';
import type { Simulation } from './simulation.ts';

/** Kinds that are written for ever and that nothing decides by. */
const unbounded = new Set(['Event', 'Lease']);

/** Whether objects of a kind are no part of what a state is compared by. */
export const isUnbounded = (kind: string): boolean => unbounded.has(kind);

export function stateHash(simulation: Simulation): string {
  const text = stateText(simulation);
  const high = mix(hashText(text)).toString(16).padStart(8, '0');
  return high + mix(hashText(text, 0x1234567)).toString(16).padStart(8, '0');
}

/** The state as text, canonical: what the hash is of, and what a debugger compares. */
export function stateText(simulation: Simulation): string {
  const { store, timers, processes, inFlight, now } = simulation;
  const objects = store.kinds
    .filter((kind) => !unbounded.has(kind))
    .sort()
    .flatMap((kind) => [...store.view().list(kind)].sort(byAge).map((object) => masked(object)));
  const caches = processes.flatMap(({ name, reflectors, slots }) => [
    name,
    ...reflectors.map(({ watch, lag, held, needsList }) => [watch.kind, lag, held, needsList]),
    ...slots.map(({ component }) => [component.actor, component.memory()]),
  ]);
  const waiting = timers.waiting.map(({ owner, tag, at }) => [owner, tag, Math.round(at - now)]);
  const flights = inFlight.map(({ slot, pass, request }) => [
    slot.component.actor,
    pass.key,
    masked(request),
  ]);
  return canonical(JSON.stringify([objects, caches, waiting, flights]));
}

const byAge = (a: KubeObject, b: KubeObject): number =>
  a.metadata.creationTimestamp < b.metadata.creationTimestamp
    ? -1
    : a.metadata.creationTimestamp > b.metadata.creationTimestamp
      ? 1
      : a.metadata.name < b.metadata.name
        ? -1
        : 1;

const growing = /^(resourceVersion|generation|observedGeneration|managedFields)$/;

/** Without what only ever grows; whether the controller has seen the newest spec is kept. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (!growing.test(name)) out[name] = masked(part);
  }
  const { metadata, status } = value as Partial<KubeObject>;
  const observed = (status as { observedGeneration?: number } | undefined)?.observedGeneration;
  if (observed !== undefined && metadata?.generation !== undefined) {
    out.behind = metadata.generation - observed;
  }
  return out;
}

const changing =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|-[bcdfghjklmnpqrstvwxz2456789]{5}\b|\b10\.\d+\.\d+\.\d+\b/g;

/** Names, uids and addresses become their order of appearance; times become one word. */
function canonical(text: string): string {
  const seen = new Map<string, number>();
  return text.replace(changing, (found) => {
    if (found.endsWith('Z') && found[4] === '-' && found[10] === 'T') return '@time';
    let index = seen.get(found);
    if (index === undefined) {
      index = seen.size;
      seen.set(found, index);
    }
    return `#${index}`;
  });
}
