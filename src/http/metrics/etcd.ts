/** How many writes etcd took, by what they were, and how long: in simulated time, none takes any. */

import { kindIn } from '../../api/custom/index.ts';
import { groupOf, kindOf } from '../../api/index.ts';
import type { WriteEntry } from '../../log/entry.ts';
import type { Cluster } from '../../sim/cluster.ts';
import { Histogram } from '../../sim/histogram.ts';
import { requestBounds } from './requests.ts';
import type { Family, Timed } from './text.ts';

export class EtcdTimes {
  readonly #cluster: Cluster;
  readonly #times = new Map<string, Timed>();

  /** Counts from now on. */
  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    cluster.simulation.log.observe((entry) => {
      if (entry.type === 'write') this.#note(entry);
    });
  }

  #note({ kind, before, after }: WriteEntry): void {
    const operation = before === undefined ? 'create' : after === undefined ? 'delete' : 'update';
    const key = `${operation} ${kind}`;
    let times = this.#times.get(key);
    if (times === undefined) {
      const known = kindOf(kind) ?? kindIn(kind, this.#cluster.simulation.store.view());
      const group = known === undefined ? '' : groupOf(known.apiVersion);
      const labels = { operation, group, resource: known?.resource ?? kind };
      times = { labels, histogram: new Histogram(requestBounds) };
      this.#times.set(key, times);
    }
    times.histogram.observe(0);
  }

  families(): readonly Family[] {
    return [
      {
        name: 'etcd_request_duration_seconds',
        help: '[ALPHA] How long writes to storage took, by operation, group and resource.',
        type: 'histogram',
        samples: [],
        times: [...this.#times.values()],
      },
    ];
  }
}
