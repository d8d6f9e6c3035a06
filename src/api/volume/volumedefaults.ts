/** Defaults of volumes (api-05 §1). */
import { filled, mapShared } from '../pod/poddefaults.ts';
import type { PodSpec } from '../pod/podspec.ts';
import { pullPolicyOf } from '../pod/pullpolicy.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];
type Json = Readonly<Record<string, unknown>>;

const fileMode = 0o644;

/** What each kind of source has when nobody says. */
const plain: Readonly<Record<string, Json>> = {
  secret: { defaultMode: fileMode },
  configMap: { defaultMode: fileMode },
  downwardAPI: { defaultMode: fileMode },
  projected: { defaultMode: fileMode },
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared', readOnly: false },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
};

export function defaultVolume(volume: Volume): Volume {
  const sources = Object.keys(volume).filter((name) => name !== 'name');
  return sources.length === 0 ? { ...volume, emptyDir: {} } : withPull(defaultSource(volume));
}

/** The image of a volume is pulled by the rule for those of containers. */
function withPull(volume: Volume): Volume {
  const { image } = volume;
  if (!isObject(image) || image.pullPolicy) return volume;
  const { reference } = image;
  const pullPolicy = pullPolicyOf(typeof reference === 'string' ? reference : '');
  return { ...volume, image: { ...image, pullPolicy } };
}

/** Defaults of whatever source an object has, be it a Pod's volume or a PersistentVolume's spec. */
export function defaultSource<T extends Json>(volume: T): T {
  let out = volume;
  for (const name of Object.keys(volume)) {
    const source = volume[name];
    if (typeof source !== 'object' || source === null) continue;
    const next = deeper(name, withMissing(source as Json, plain[name] ?? {}));
    if (next !== source) out = { ...out, [name]: next };
  }
  return out;
}

function withMissing(source: Json, fields: Json): Json {
  const missing = Object.entries(fields).filter(([name]) => source[name] === undefined);
  return missing.length === 0 ? source : { ...source, ...Object.fromEntries(missing) };
}

/** Defaults inside a source. */
function deeper(name: string, source: Json): Json {
  if (name === 'downwardAPI') return withItems(source);
  if (name === 'projected' && Array.isArray(source.sources)) {
    return filled(source, { sources: mapShared(source.sources as readonly Json[], projection) });
  }
  if (name !== 'ephemeral') return source;
  const template = source.volumeClaimTemplate as { readonly spec?: Json } | undefined;
  if (template?.spec === undefined) return source;
  const spec = withMissing(template.spec, { volumeMode: 'Filesystem' });
  return spec === template.spec
    ? source
    : { ...source, volumeClaimTemplate: { ...template, spec } };
}

function projection(one: Json): Json {
  const { serviceAccountToken, downwardAPI } = one;
  if (isObject(serviceAccountToken)) {
    const token = withMissing(serviceAccountToken, { expirationSeconds: 3600 });
    return filled(one, { serviceAccountToken: token });
  }
  return isObject(downwardAPI) ? filled(one, { downwardAPI: withItems(downwardAPI) }) : one;
}

/** Items of the downward API name the version of the field that they show. */
function withItems(source: Json): Json {
  const { items } = source;
  if (!Array.isArray(items)) return source;
  return filled(source, {
    items: mapShared(items as readonly Json[], (item) => {
      const { fieldRef } = item;
      if (!isObject(fieldRef)) return item;
      return filled(item, { fieldRef: withMissing(fieldRef, { apiVersion: 'v1' }) });
    }),
  });
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
