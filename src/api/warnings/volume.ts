/** What the authors of volumes, claims and classes are warned of (upstream's pkg/api, pkg/apis/storage). */

import type { PersistentVolume } from '../volume/persistentvolume.ts';
import type { PersistentVolumeClaim } from '../volume/persistentvolumeclaim.ts';
import type { StorageClass } from '../volume/storageclass.ts';
import { claimSpecWarnings } from './claim.ts';
import { labelWarning, termWarnings } from './pod.ts';

const sources: Readonly<Record<string, string>> = {
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

/** The one source that upstream does not name as the field is. */
const named = (source: string): string => (source === 'storageos' ? 'storageOS' : source);

const annotated = (
  { annotations = {} }: PersistentVolume['metadata'],
  ...old: readonly (readonly [key: string, why: string])[]
): readonly string[] =>
  old
    .filter(([key]) => key in annotations)
    .map(([key, why]) => `metadata.annotations[${key}]: ${why}`);

const storageClass = [
  'volume.beta.kubernetes.io/storage-class',
  'deprecated since v1.8; use "storageClassName" attribute instead',
] as const;

const mountOptions = [
  'volume.beta.kubernetes.io/mount-options',
  'deprecated since v1.31; use "mountOptions" attribute instead',
] as const;

const recycled =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

export function volumeWarnings({ metadata, spec }: PersistentVolume): readonly string[] {
  const policy = 'persistentVolumeReclaimPolicy';
  return [
    ...annotated(metadata, storageClass, mountOptions),
    ...(spec[policy] === 'Recycle' ? [`spec.${policy}: ${recycled}`] : []),
    ...termWarnings(
      spec.nodeAffinity?.required?.nodeSelectorTerms ?? [],
      'spec.nodeAffinity.required',
    ),
    ...Object.entries(sources)
      .filter(([source]) => spec[source] !== undefined)
      .map(([source, why]) => `spec.${named(source)}: ${why}`),
  ];
}

export const claimWarnings = ({ metadata, spec }: PersistentVolumeClaim): readonly string[] => [
  ...annotated(metadata, storageClass),
  ...claimSpecWarnings(spec, 'spec'),
];

export const classWarnings = ({ allowedTopologies = [] }: StorageClass): readonly string[] =>
  allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
    matchLabelExpressions.flatMap(({ key }, j) => {
      const why = labelWarning(key);
      const field = `allowedTopologies[${i}].matchLabelExpressions[${j}].key`;
      return why === undefined ? [] : [`${field}: ${why}`];
    }),
  );
