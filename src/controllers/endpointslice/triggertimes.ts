/**
 * The time of the change that leads to a write (ctl-08 §A): the earliest of the Pods, and the
 * Service, that have changed since the last sync. Several changes of one Pod between two syncs count
 * as the last one.
 */
import { type Key, keyOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { podCondition } from '../../api/pod/podstatus.ts';
import type { Service } from '../../api/service/service.ts';

interface Seen {
  readonly service: string;
  /** By name of the Pod. */
  readonly pods: ReadonlyMap<string, string>;
}

export class TriggerTimes {
  readonly #seen = new Map<Key, Seen>();

  /** Remembers what it sees, too. Undefined: nothing is known to have changed. */
  of(service: Service, pods: readonly Pod[]): string | undefined {
    const key = keyOf(service);
    const before = this.#seen.get(key);
    const { creationTimestamp } = service.metadata;
    const times = new Map<string, string>();
    // Timestamps are texts of one form: their order is that of time.
    let earliest: string | undefined;
    for (const pod of pods) {
      const { name } = pod.metadata;
      const time = podCondition(pod, 'Ready')?.lastTransitionTime;
      if (time === undefined) continue;
      times.set(name, time);
      const isNew = time > (before?.pods.get(name) ?? '');
      if (isNew && (earliest === undefined || time < earliest)) earliest = time;
    }
    this.#seen.set(key, { service: creationTimestamp, pods: times });
    if (before === undefined) return creationTimestamp;
    const replaced = creationTimestamp > before.service;
    const serviceFirst = earliest === undefined || creationTimestamp < earliest;
    return replaced && serviceFirst ? creationTimestamp : earliest;
  }

  forget(service: Key): void {
    this.#seen.delete(service);
  }

  memory(): unknown {
    return [...this.#seen].map(([key, { service, pods }]) => [key, service, [...pods]]);
  }
}
