/** What worlds are made of: a scenario to begin with, and what may happen in it. */
import type { Draft } from '../../src/api/meta.ts';
import type { ClusterOptions } from '../../src/sim/cluster.ts';
import { defaultNodes, type Scenario } from '../../src/sim/scenario/types.ts';
import type { Acts } from '../actions/act.ts';
import type { Properties } from '../rule.ts';

/** A small cluster, different from others where it matters, and the acts that make sense in it. */
export interface SmallWorld {
  readonly scenario: Scenario;
  readonly acts: Acts;
  /** How the cluster differs from an ordinary one. */
  readonly cluster?: Partial<ClusterOptions>;
  /** Rules that only make sense here. */
  readonly rules?: Properties;
}

export const scenarioWith = (...objects: readonly Draft[]): Scenario => ({
  nodes: defaultNodes,
  behaviour: [],
  steps: [{ type: 'apply', objects }],
});

export const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web:v1' }] },
};

export const selector = { matchLabels: { app: 'web' } };
