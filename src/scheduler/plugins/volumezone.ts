/** VolumeZone: a Pod goes to the zone that its volumes say they are in (sched-06). */
import { type KubeObject, makeKey } from '../../api/meta.ts';
import type { PersistentVolume } from '../../api/volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { StorageClass } from '../../api/volume/storageclass.ts';
import { type Plugin, type PluginState, unfit } from '../framework.ts';
import { namedKeys, usesClaims, volumeOf } from './volumes.ts';

const elsewhere = unfit('node(s) had no available volume zone', true);

/** Each label with the one that a node may have instead: what it is called by now. */
const topology: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
};

const zonesOf = ({ metadata: { labels = {} } }: KubeObject): string =>
  JSON.stringify(Object.keys(topology).map((key) => labels[key]));

class Zones implements PluginState {
  readonly wanted: readonly { readonly key: string; readonly values: readonly string[] }[];

  constructor(volumes: readonly PersistentVolume[]) {
    this.wanted = volumes.flatMap(({ metadata: { labels = {} } }) =>
      Object.keys(topology)
        .map((key) => ({ key, values: labels[key]?.split('__') ?? [''] }))
        // What names no zone, or one without a name, is passed over.
        .filter(({ values }) => !values.includes('')),
    );
  }

  copy(): PluginState {
    return this;
  }
}

const name = 'VolumeZone';

export const volumeZone: Plugin = {
  name,
  preFilter(cycle) {
    const { pod, view, state } = cycle;
    if (!usesClaims(pod)) return false;
    // Those of claims that are made for the Pod are not asked.
    const claims = namedKeys(pod).flatMap(
      (key) => view.get<PersistentVolumeClaim>('PersistentVolumeClaim', key) ?? [],
    );
    const zones = new Zones(claims.flatMap((claim) => volumeOf(view, claim) ?? []));
    state.set(name, zones);
    return zones.wanted.length > 0;
  },
  filter({ state }, { labels }) {
    if (!Object.keys(topology).some((key) => labels[key] !== undefined)) return undefined;
    for (const { key, values } of (state.get(name) as Zones).wanted) {
      const value = labels[key] ?? labels[topology[key]!];
      if (value === undefined || !values.includes(value)) return elsewhere;
    }
    return undefined;
  },
  hints: [
    {
      on: ['StorageClass/Add'],
      helps: (_pod, { object }) =>
        (object as StorageClass).volumeBindingMode === 'WaitForFirstConsumer',
    },
    {
      on: ['PersistentVolume/Add', 'PersistentVolume/Update'],
      helps: (_pod, { old, object }) => old === undefined || zonesOf(old) !== zonesOf(object),
    },
    { on: ['Node/Add', 'Node/UpdateNodeLabel'] },
    {
      on: ['PersistentVolumeClaim/Add', 'PersistentVolumeClaim/Update'],
      helps: (pod, { object: { metadata } }) =>
        namedKeys(pod).includes(makeKey(metadata.namespace, metadata.name)),
    },
  ],
};
