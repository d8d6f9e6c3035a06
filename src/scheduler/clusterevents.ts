/** Watch events as the cluster events that plugins ask about. */
import type { KubeObject } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { WatchEvent } from '../sim/component.ts';
import type { View } from '../store/view.ts';
import { type ClusterEvent, type EventName, nodeChanges } from './events.ts';
import type { Plugin } from './framework.ts';
import { type Profile, schedulerOf } from './profile.ts';

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

type Asking = ReadonlyMap<EventName, ReadonlyMap<string, Plugin>>;

/**
 * Which plugins have asked about which events: of each profile its own, for a plugin may be given
 * other arguments in another, and then other things help.
 */
export class Hints {
  readonly #byProfile: ReadonlyMap<string, Asking>;
  readonly #names: ReadonlyMap<EventName, readonly string[]>;

  constructor(profiles: Iterable<Pick<Profile, 'schedulerName' | 'all'>>) {
    const names = new Map<EventName, Set<string>>();
    const byProfile = new Map<string, Asking>();
    for (const { schedulerName, all } of profiles) {
      const asking = askingOf(all);
      byProfile.set(schedulerName, asking);
      for (const [name, plugins] of asking) {
        const known = names.get(name) ?? new Set<string>();
        for (const plugin of plugins.keys()) known.add(plugin);
        names.set(name, known);
      }
    }
    this.#byProfile = byProfile;
    this.#names = new Map([...names].map(([name, plugins]) => [name, [...plugins]]));
  }

  /** Names of plugins that have asked about it, in any profile. */
  asking(name: EventName): readonly string[] {
    return this.#names.get(name) ?? [];
  }

  /** Whether one of these plugins of the Pod's profile says that the event may help it. */
  help(pod: Pod, event: ClusterEvent, names: Iterable<string>, view: View): boolean {
    const asking = this.#byProfile.get(schedulerOf(pod))?.get(event.name);
    if (asking === undefined) return false;
    for (const name of names) {
      for (const { on, helps } of asking.get(name)?.hints ?? []) {
        if (on.includes(event.name) && (helps?.(pod, event, view) ?? true)) return true;
      }
    }
    return false;
  }
}

function askingOf(plugins: Iterable<Plugin>): Asking {
  const asking = new Map<EventName, Map<string, Plugin>>();
  for (const plugin of plugins) {
    for (const name of (plugin.hints ?? []).flatMap(({ on }) => on)) {
      const known = asking.get(name) ?? new Map<string, Plugin>();
      known.set(plugin.name, plugin);
      asking.set(name, known);
    }
  }
  return asking;
}
