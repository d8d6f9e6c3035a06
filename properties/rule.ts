/** What a rule is: a named claim, judged at every write or when the cluster rests. */
import type { Entry, WriteEntry } from '../src/log/entry.ts';
import type { Pass } from '../src/sim/component.ts';
import type { InFlight } from '../src/sim/process.ts';
import type { Simulation } from '../src/sim/simulation.ts';
import type { View } from '../src/store/view.ts';
import type { Decided } from './decided.ts';
import type { Look } from './horizontalpodautoscaler/look.ts';
import type { WatchRule } from './watch/validators.ts';

/** What a rule can look at. */
export interface World {
  readonly simulation: Simulation;
  /** The truth: everything as it is stored, the entry that is judged included. */
  readonly now: View;
  /** The pass that wrote, if a component did. */
  readonly acting: InFlight | undefined;
  /** What its author could see when the pass began; the truth, for anyone else. */
  readonly seen: View;
  /** The writes of the acting pass before this one. */
  readonly ownWrites: readonly WriteEntry[];
  /** What the scheduler decided in a pass of its own. */
  decided(pass: Pass): Decided | undefined;
  /** What an autoscaler's pass was told of its target, and should make of it. */
  looked(pass: Pass): Look | undefined;
  /** How a watch broke a rule about watches, if one did. */
  watchProblem(rule: WatchRule): string | undefined;
}

/** Undefined: the claim holds. Otherwise what is wrong, in words. */
export type Judged = string | undefined;

interface Named {
  /** Its paragraph in docs/spec.md. */
  readonly id: string;
  readonly claim: string;
}

/** Safety: judged at each entry. `begin` makes the memory of one run. */
export interface Always extends Named {
  /** Entries that it looks at, if not at all: it is not asked about any other. */
  readonly types?: readonly Entry['type'][];
  /** Of writes, those to objects of these kinds. */
  readonly kinds?: readonly string[];
  readonly begin: () => (entry: Entry, world: World) => Judged;
}

/** Liveness: judged when faults have stopped and the cluster rests. */
export interface Eventually extends Named {
  readonly holds: (world: World) => Judged;
  /** It is about machines that are down: judged, if some are, at rest before they are switched on. */
  readonly beforeRecovery?: true;
  /**
   * A defect of Kubernetes itself that explains why the claim does not hold, in words: it is told,
   * but it is no alarm.
   */
  readonly known?: (world: World) => string | undefined;
}

/** Coverage: some run must witness it, or the search is too tame to mean anything. */
export interface Sometimes extends Named {
  readonly seen: (entry: Entry, world: World) => boolean;
}

/** Why a cluster that never comes to rest does not in Kubernetes either, in words; undefined: nobody knows. */
export type Restless = (world: World) => string | undefined;

export interface Properties {
  readonly always?: readonly Always[];
  readonly eventually?: readonly Eventually[];
  readonly sometimes?: readonly Sometimes[];
  /** Asked where a cluster never comes to rest: what they know of is told, and is no alarm. */
  readonly restless?: readonly Restless[];
}

type OfWrite = (entry: WriteEntry, world: World) => Judged;

/** A rule of one write that needs no memory. */
export const onWrite = (id: string, claim: string, judge: OfWrite): Always => ({
  id,
  claim,
  types: ['write'],
  begin: () => judge as ReturnType<Always['begin']>,
});

/** The same of writes to objects of some kinds. */
export const onWriteOf = (
  kinds: readonly string[],
  id: string,
  claim: string,
  judge: OfWrite,
): Always => ({ ...onWrite(id, claim, judge), kinds });
