/** Watch events as the cluster events that plugins ask about. */
import type { KubeObject } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { WatchEvent } from '../sim/component.ts';
import { type ClusterEvent, type EventName, nodeChanges } from './events.ts';
import type { Plugin } from './framework.ts';

/** Kinds that matter to few Pods: watched from their first object on. */
export const rareKinds: ReadonlySet<string> = new Set([
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'CSINode',
  'CSIDriver',
  'CSIStorageCapacity',
  'VolumeAttachment',
  'ResourceClaim',
]);

/** Kinds that plugins look things up in, and that wake nobody. */
export const lookedUp: ReadonlySet<string> = new Set([
  'Service',
  'ReplicationController',
  'StatefulSet',
  'PodDisruptionBudget',
]);

const actions = { ADDED: 'Add', MODIFIED: 'Update', DELETED: 'Delete' } as const;

export function eventsOf({ type, kind, object, old, n }: WatchEvent<KubeObject>): ClusterEvent[] {
  if (kind === 'Node' && type === 'MODIFIED' && old !== undefined) {
    return nodeChanges(old as Node, object as Node).map((change) => ({
      name: `Node/${change}`,
      old,
      object,
      n,
    }));
  }
  const name = `${kind}/${actions[type]}` as EventName;
  return [{ name, old: type === 'MODIFIED' ? old : undefined, object, n }];
}

/** Which plugins have asked about which events. */
export class Hints {
  readonly #plugins = new Map<EventName, Map<string, Plugin>>();

  constructor(plugins: Iterable<Plugin>) {
    for (const plugin of plugins) {
      for (const name of (plugin.hints ?? []).flatMap(({ on }) => on)) {
        const asking = this.#plugins.get(name) ?? new Map<string, Plugin>();
        asking.set(plugin.name, plugin);
        this.#plugins.set(name, asking);
      }
    }
  }

  asking(name: EventName): readonly string[] {
    return [...(this.#plugins.get(name)?.keys() ?? [])];
  }

  /** Whether one of these plugins says that the event may help the Pod. */
  help(pod: Parameters<NonNullable<HelpsOf>>[0], event: ClusterEvent, names: Iterable<string>) {
    const asking = this.#plugins.get(event.name);
    if (asking === undefined) return false;
    for (const name of names) {
      for (const { on, helps } of asking.get(name)?.hints ?? []) {
        if (on.includes(event.name) && (helps?.(pod, event) ?? true)) return true;
      }
    }
    return false;
  }
}

type HelpsOf = NonNullable<Plugin['hints']>[number]['helps'];
