/**
 * What can happen to a cluster from outside, as small numbers: users' intents, faults, time, and
 * the choice of the next move. Every list of numbers means something, so any of them can be left
 * out or made smaller, and the rest is a story still.
 */
import type { KubeObject } from '../../src/api/meta.ts';
import { invariant } from '../../src/errors.ts';
import type { Cluster } from '../../src/sim/cluster.ts';

/** Makes it happen. Returns a line for the story; nothing for what is only the schedule. */
export type Act = (cluster: Cluster, how: number) => string | undefined;

/** What can happen in a world, by name; what stands twice is tried twice as often. */
export type Acts = readonly (readonly [string, Act])[];

export interface Action {
  readonly what: number;
  readonly how: number;
}

/** Numbers below this are all that a list needs. */
export const numberMax = 4096;

export const decode = (numbers: readonly number[], acts: Acts): readonly Action[] =>
  numbers.map((number) => ({ what: number % acts.length, how: Math.floor(number / acts.length) }));

export function perform({ what, how }: Action, acts: Acts, cluster: Cluster): string | undefined {
  const [, act] = acts[what % acts.length]!;
  return act(cluster, how);
}

/** The number that stands for an action. */
export function numberOf(name: string, how: number, acts: Acts): number {
  const what = acts.findIndex(([known]) => known === name);
  invariant(what >= 0, `no action ${name}`);
  return how * acts.length + what;
}

/** Author of what users do in a search. */
export const user = 'user';

export const pick = <T>(items: readonly T[], how: number): T | undefined =>
  items[how % items.length];

/** The objects of a kind that are not being deleted. */
export function listed<T extends KubeObject>({ simulation }: Cluster, kind: string): readonly T[] {
  const live = ({ metadata }: T) => metadata.deletionTimestamp === undefined;
  return simulation.store.view().list<T>(kind).filter(live);
}

/** A merge patch by a user. Says whether it was accepted. */
export function patch(cluster: Cluster, object: KubeObject, change: unknown): boolean {
  const { kind, metadata } = object;
  const { namespace, name } = metadata;
  const named = { kind, ...(namespace ? { namespace } : {}), name };
  return cluster.simulation.submit(
    { verb: 'patch', ...named, patchType: 'merge', patch: change },
    user,
  ).ok;
}
