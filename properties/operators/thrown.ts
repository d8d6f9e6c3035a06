/** U-C1: what an operator throws is its own mistake, and a finding; everything else is ours. */

import type { Requests } from '../../src/sim/component.ts';
import type { Controller, Outcome } from '../../src/sim/controller.ts';
import { isFrozenWrite } from '../freeze.ts';

/** An error that an operator threw, in its own words. */
export class Thrown extends Error {}

/** The same controller; what it throws is told apart from what the simulation throws. */
export const guarded = (controller: Controller): Controller =>
  new Proxy(controller, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]) => {
        const result: unknown = attempt(target, name, () => member.apply(target, given));
        return name === 'reconcile' ? attempted(target, result as Requests<Outcome>) : result;
      };
    },
  });

function attempt<T>({ name }: Controller, method: string | symbol, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Thrown || isFrozenWrite(error)) throw error;
    throw new Thrown(`${name} threw in ${String(method)}: ${String(error)}`);
  }
}

/** Each step of a pass by itself: what the simulation does between them is not the operator's. */
function* attempted(controller: Controller, pass: Requests<Outcome>): Requests<Outcome> {
  let next = attempt(controller, 'reconcile', () => pass.next(undefined as never));
  while (next.done !== true) {
    const response = yield next.value;
    next = attempt(controller, 'reconcile', () => pass.next(response));
  }
  return next.value;
}
