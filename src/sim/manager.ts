/**
 * A process with controllers, as controller-runtime's manager: a user's own, or several candidates for
 * the same work of which one leads.
 */

import type { Component, Environment } from './component.ts';
import type { Staleness } from './consistency.ts';
import type { Controller } from './controller.ts';
import { ControllerComponent } from './controllercomponent.ts';
import { Election, LeaderElector, type LeaseTimings, Led } from './leaderelection.ts';
import type { ProcessSpec } from './process.ts';

export interface ManagerSpec {
  /** Of the process; candidates are `name-0`, `name-1`, … */
  readonly name: string;
  readonly controllers: readonly (() => Controller)[];
  /** More than one, or timings given: they elect a leader. */
  readonly replicas?: number;
  readonly election?: Partial<LeaseTimings>;
  /** Namespace of the Lease (kube-system). */
  readonly namespace?: string;
  /** How fast the clock of each candidate runs (1). */
  readonly clockRates?: readonly number[];
}

/** The processes of a manager; `elections` gets what they elect by. */
export function processesOf(
  { name, controllers, replicas = 1, election, namespace, clockRates }: ManagerSpec,
  staleness: Staleness | undefined,
  defaults: LeaseTimings,
): { readonly processes: readonly ProcessSpec[]; readonly election: Election | undefined } {
  const make = (env: Environment, factory: () => Controller) =>
    new ControllerComponent(factory(), env, staleness);
  if (replicas === 1 && election === undefined) {
    const components = controllers.map((factory) => (env: Environment) => make(env, factory));
    return { processes: [{ name, components }], election: undefined };
  }
  const standing = new Election(name, namespace ?? 'kube-system', { ...defaults, ...election });
  const processes = Array.from({ length: replicas }, (_, i): ProcessSpec => {
    const candidate = `${name}-${i}`;
    // The elector is the first component of its process, made anew with it.
    let elector: LeaderElector;
    return {
      name: candidate,
      clocked: true,
      components: [
        (env): Component => {
          elector = new LeaderElector(env, standing, candidate, clockRates?.[i]);
          return elector;
        },
        ...controllers.map(
          (factory) =>
            (env: Environment): Component =>
              new Led(make(env, factory), elector, env),
        ),
      ],
    };
  });
  return { processes, election: standing };
}
