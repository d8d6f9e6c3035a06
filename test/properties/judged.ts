/** A history that somebody writes by hand, judged by the rules: for what the controllers do not do. */

import type { Look } from '../../properties/horizontalpodautoscaler/look.ts';
import { Judges } from '../../properties/judges.ts';
import type { Always, World } from '../../properties/rule.ts';
import type { Request } from '../../src/apiserver/request.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import type { View } from '../../src/store/view.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
export type Any = any;

/** A cluster in which nothing moves by itself, whoever writes being believed to be who he says. */
export class History {
  readonly cluster: Cluster = createCluster({
    disabled: ['controller-manager', 'scheduler', 'kubelet'],
  });
  /** What is wrong, as `B-S1 …`, at the first entry at which it is. */
  readonly broken: string[] = [];
  /** What authors of writes see; what was there before they wrote, if nothing is said. */
  seen: View | undefined;
  /** What an autoscaler was told of its target, in the pass that writes. */
  look: Look | undefined;
  #before: View;

  constructor(rules: readonly Always[]) {
    const { simulation } = this.cluster;
    this.#before = this.view;
    const history = this;
    const world: World = {
      simulation,
      ownWrites: [],
      decided: () => undefined,
      looked: () => history.look,
      watchProblem: () => undefined,
      get acting() {
        const { autoscaler } = history.look ?? {};
        const key = `default/${autoscaler?.metadata.name}`;
        // Each look is a pass of its own.
        return history.look && ({ pass: Object.assign(history.look, { key }) } as Any);
      },
      get now() {
        return simulation.store.view();
      },
      get seen() {
        return history.seen ?? history.#before;
      },
    };
    const judges = new Judges(rules);
    simulation.log.observe((entry) => {
      for (const place of judges.of(entry)) {
        const problem = judges.judge(place, entry, world);
        if (problem !== undefined) this.broken.push(`${rules[place]!.id} ${problem}`);
      }
    });
  }

  /** The truth as it is now, for good. */
  get view(): View {
    const { store } = this.cluster.simulation;
    return store.view(store.revision);
  }

  request(by: string, request: Any): void {
    this.#before = this.view;
    const response = this.cluster.simulation.submit(request as Request, by);
    if (!response.ok) throw new Error(response.status.message);
  }

  create(by: string, kind: string, object: Any): void {
    this.request(by, { verb: 'create', kind, namespace: 'default', object });
  }

  merge(by: string, kind: string, name: string, patch: Any, subresource?: string): void {
    const part = subresource === undefined ? {} : { subresource };
    const named = { kind, namespace: 'default', name };
    this.request(by, { verb: 'patch', ...named, ...part, patchType: 'merge', patch });
  }

  wait(seconds: number): void {
    const { simulation } = this.cluster;
    simulation.advance(simulation.now + seconds * 1000);
  }
}

export const pod = (name: string, labels: object): Any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image: 'web:v1' }] },
});
