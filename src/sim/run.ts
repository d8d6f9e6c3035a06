/**
 * A run: a scenario played under a strategy. It is a pure function of its plan, so the plan in the
 * head of a log is all that is needed to play it again, to any entry, and to go on differently.
 */
import { schedulerOptionsOf } from '../scheduler/configuration/configuration.ts';
import { type Cluster, createCluster, type KubeletKind } from './cluster.ts';
import type { Staleness } from './consistency.ts';
import type { Faults } from './move.ts';
import { ScenarioScript } from './scenario/script.ts';
import type { FirstList, Scenario } from './scenario/types.ts';
import { type Settled, settle } from './settle.ts';
import type { Simulation } from './simulation.ts';
import { calm, calmStep, choiceOf, choose, type Strategy } from './strategy.ts';

/** Everything that a run depends on, as plain data. */
export interface Plan {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly strategy: Strategy;
  readonly kubelet: KubeletKind;
  /** Timers later than this after the last write are not waited for. */
  readonly horizonMs: number;
  /** Whether nodes renew Leases and post their status. */
  readonly heartbeats: boolean;
  /** A KubeSchedulerConfiguration, as it was given. */
  readonly schedulerConfig?: unknown;
  /** How controllers know old caches, where it is not by revisions. */
  readonly staleness?: Staleness;
  /** What kubelets make of their first list, where it is not confirmed. */
  readonly firstList?: FirstList;
}

export const planFor = (scenario: Scenario, options: Partial<Plan> = {}): Plan => ({
  seed: 1,
  strategy: calm,
  kubelet: 'typical',
  horizonMs: 60_000,
  heartbeats: false,
  ...options,
  scenario,
});

export class Run {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly simulation: Simulation;
  /** What was chosen so far, calm's choices as 0: with the plan, all that a fork needs. */
  readonly choices: number[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
    const staleness = plan.staleness ?? plan.scenario.staleness;
    const firstList = plan.firstList ?? plan.scenario.firstList;
    const config = plan.schedulerConfig;
    this.cluster = createCluster({
      seed: plan.seed,
      nodes: plan.scenario.nodes,
      behaviour: plan.scenario.behaviour,
      kubelet: plan.kubelet,
      heartbeats: plan.heartbeats,
      ...(staleness === undefined ? {} : { staleness }),
      ...(firstList === undefined ? {} : { firstList }),
      ...(plan.scenario.stages === undefined ? {} : { stages: plan.scenario.stages }),
      ...(config === undefined ? {} : { scheduler: schedulerOptionsOf(config, 'scheduler') }),
    });
    this.simulation = this.cluster.simulation;
    this.simulation.script = new ScenarioScript(plan.scenario, this.cluster);
  }

  get faults(): Faults | undefined {
    const { strategy } = this.plan;
    return strategy.type === 'calm' ? undefined : strategy.faults;
  }

  /** Makes the strategy's next move. Returns false when nothing is left that could move. */
  step(): boolean {
    const choice = choiceOf(this.plan.strategy, this.choices.length) ?? 0;
    return this.choose(choice);
  }

  /** Makes the move that `choice` names instead of the strategy's. */
  choose(choice: number): boolean {
    this.choices.push(choice);
    if (choice === 0) return calmStep(this.simulation);
    choose(this.simulation, choice, this.faults);
    return true;
  }

  /** A plan that plays what was chosen so far, and is calm from then on. */
  planSoFar(): Plan {
    const last = this.choices.findLastIndex((choice) => choice !== 0);
    const list = this.choices.slice(0, last + 1);
    if (this.plan.strategy.type === 'calm' && list.length === 0) return this.plan;
    const { faults } = this;
    return {
      ...this.plan,
      strategy: { type: 'choices', list, ...(faults === undefined ? {} : { faults }) },
    };
  }

  /** Plays the strategy to its end, then calm until the cluster rests. */
  finish(movesMax?: number): Settled {
    while (choiceOf(this.plan.strategy, this.choices.length) !== undefined) {
      if (!this.step()) break;
    }
    const { horizonMs } = this.plan;
    return settle(this.simulation, { horizonMs, ...(movesMax === undefined ? {} : { movesMax }) });
  }
}
