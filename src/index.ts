/** The public API, one screen. */
export { readManifest } from './api/manifest.ts';
export {
  type Condition,
  controllerRef,
  type KubeObject,
  keyOf,
  makeKey,
  type ObjectMeta,
} from './api/meta.ts';
export type { Request, Response } from './apiserver/request.ts';
export { decodeLog, encodeEntry, encodeHeader } from './log/codec.ts';
export type { Entry } from './log/entry.ts';
export { forkAt, reexecute } from './replay/reexecute.ts';
export { History } from './replay/restore.ts';
export { Cluster, type ClusterOptions, createCluster } from './sim/cluster.ts';
export type { Component, Environment, Pass, WatchEvent } from './sim/component.ts';
export {
  type Controller,
  type ControllerContext,
  call,
  failed,
  type Outcome,
} from './sim/controller.ts';
export type { ManagerSpec } from './sim/manager.ts';
export { allFaults, describeMove, type Faults, type Move } from './sim/move.ts';
export { type Plan, planFor, Run } from './sim/run.ts';
export { parseScenario, scenarioOf } from './sim/scenario/parse.ts';
export type { NodeSpec, Scenario, Step } from './sim/scenario/types.ts';
export { type Settled, settle } from './sim/settle.ts';
export { Simulation } from './sim/simulation.ts';
export type { Strategy } from './sim/strategy.ts';
export type { View } from './store/view.ts';
