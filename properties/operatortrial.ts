/** A trial of a user's own operator: its resources, what may happen to it, and what it owes. */

import type { Draft, KubeObject } from '../src/api/meta.ts';
import type { ClusterOptions } from '../src/sim/cluster.ts';
import type { ManagerSpec } from '../src/sim/manager.ts';
import { scenarioOf } from '../src/sim/scenario/parse.ts';
import { defaultNodes } from '../src/sim/scenario/types.ts';
import type { Acts } from './actions/act.ts';
import { operatorActs } from './actions/operator.ts';
import { schedule } from './actions/schedule.ts';
import { operatorRules } from './operator.ts';
import { guarded } from './operators/thrown.ts';
import type { Properties } from './rule.ts';
import type { SmallWorld } from './worlds/world.ts';

export interface OperatorTrial {
  /** The process with the operator's controllers. */
  readonly manager: ManagerSpec;
  /** The kind that it is for, as `Website.example.com`. */
  readonly kind: string;
  /** Definitions and resources to begin with, in any order. */
  readonly objects: readonly Draft[];
  /** Specs that users change to. All of them can be reached from each other. */
  readonly edits: readonly object[];
  /** Specs that users change to and back: mistakes are welcome. */
  readonly detours?: readonly object[];
  /** What stands for things outside of the cluster: nobody takes them away but the operator. */
  readonly external?: (object: KubeObject) => boolean;
  /** How the cluster differs from an ordinary one. */
  readonly cluster?: ClusterOptions;
  /** More that may happen, and more that must hold. */
  readonly acts?: Acts;
  readonly rules?: Properties;
}

export function operatorWorld(trial: OperatorTrial): SmallWorld {
  const { kind, objects, edits, detours = [], external, rules = {}, acts = [] } = trial;
  const controllers = trial.manager.controllers.map((make) => () => guarded(make()));
  const manager = { ...trial.manager, controllers };
  const cluster: ClusterOptions = {
    nodes: defaultNodes,
    ...trial.cluster,
    managers: [...(trial.cluster?.managers ?? []), manager],
  };
  const process = manager.name;
  const owed = operatorRules({
    process,
    kind,
    cluster,
    detours,
    ...(external === undefined ? {} : { external }),
  });
  return {
    scenario: scenarioOf(objects, cluster.nodes ?? defaultNodes),
    acts: [...schedule, ...operatorActs({ process, kind, edits }), ...acts],
    cluster,
    rules: {
      always: [...(owed.always ?? []), ...(rules.always ?? [])],
      eventually: [...(rules.eventually ?? []), ...(owed.eventually ?? [])],
      sometimes: [...(owed.sometimes ?? []), ...(rules.sometimes ?? [])],
    },
  };
}
