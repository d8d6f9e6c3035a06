/** A campaign as data: what is searched, how often, from which seed; the same in every thread and on every machine. */
import { createHash } from 'node:crypto';
import { always, eventually } from '../../../properties/index.ts';
import type { TrialBase } from '../../../properties/trial.ts';
import {
  worlds as all,
  type Family,
  witnessing,
  worldOf,
  worldsOf,
} from '../../../properties/worlds/index.ts';
import { UsageError } from '../../errors.ts';
import { schedulerOptionsOf } from '../../scheduler/configuration/configuration.ts';
import type { Scenario } from '../../sim/scenario/types.ts';
import { version } from '../../version.ts';
import type { ClusterWishes } from '../clusterflags.ts';

export interface Campaign extends ClusterWishes {
  readonly runs: number;
  readonly seed: number;
  /** Instead of the built-in worlds. */
  readonly scenario?: Scenario;
  readonly worlds?: Family;
}

/** A part of a campaign's runs: those whose number leaves this rest. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const whole: Shard = { index: 0, of: 1 };

/** Runs count from 1, shards from 0. */
export const isOf = ({ index, of }: Shard, run: number): boolean => (run - 1) % of === index;

/** How many of the first `runs` runs are a shard's. */
export const runsIn = ({ index, of }: Shard, runs: number): number =>
  Math.max(0, Math.ceil((runs - index) / of));

export function parseShard(text: string | undefined): Shard {
  if (text === undefined) return whole;
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (of === undefined || Number(index) >= Number(of)) {
    throw new UsageError(`--shard ${text}: expected I/N with I from 0 to N - 1, as 0/4`);
  }
  return { index: Number(index), of: Number(of) };
}

/** The worlds to try. */
export function basesOf(campaign: Campaign): readonly TrialBase[] {
  const { scenario, worlds, staleness, firstList, schedulerConfig } = campaign;
  const bases =
    scenario !== undefined ? [worldOf(scenario)] : worlds === undefined ? all : worldsOf(worlds);
  const scheduler =
    schedulerConfig === undefined
      ? undefined
      : schedulerOptionsOf(schedulerConfig, '--scheduler-config');
  const cluster = {
    ...(staleness === undefined ? {} : { staleness }),
    ...(firstList === undefined ? {} : { firstList }),
    ...(scheduler === undefined ? {} : { scheduler }),
  };
  const set = bases.map((base) => ({ ...base, cluster: { ...base.cluster, ...cluster } }));
  return witnessing(new Set(), set);
}

/** How many rules are judged, besides those of single worlds. */
export const rules = always.length + eventually.length;

/** How many rules should be witnessed by some run. */
export const toWitness = (bases: readonly TrialBase[]): number =>
  new Set(bases.flatMap(({ sometimes = [] }) => sometimes.map(({ id }) => id))).size;

/** Two campaigns with the same digest play the same runs. */
export const digestOf = (campaign: Campaign): string =>
  createHash('sha256')
    .update(JSON.stringify([version, campaign]))
    .digest('hex')
    .slice(0, 16);
