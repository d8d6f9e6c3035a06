/** StorageClasses: who makes volumes of a kind, when they are bound, and what becomes of them. */
import { storageClassColumns } from '../columns/storageclass.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject, Labels, ObjectMeta } from '../meta.ts';
import { normalized } from '../normalize.ts';
import { filled } from '../pod/poddefaults.ts';
import { validateStorageClass, validateStorageClassUpdate } from '../validation/storageclass.ts';
import { classWarnings } from '../warnings/volume.ts';

export interface TopologySelectorTerm {
  readonly matchLabelExpressions?: readonly {
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

export interface StorageClass extends KubeObject {
  readonly apiVersion: 'storage.k8s.io/v1';
  readonly kind: 'StorageClass';
  readonly metadata: ObjectMeta;
  readonly provisioner: string;
  readonly parameters?: Labels;
  readonly reclaimPolicy?: 'Retain' | 'Delete';
  readonly mountOptions?: readonly string[];
  readonly allowVolumeExpansion?: boolean;
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
  readonly allowedTopologies?: readonly TopologySelectorTerm[];
}

/** The provisioner of classes whose volumes someone makes by hand. */
export const noProvisioner = 'kubernetes.io/no-provisioner';

export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class';

const defaultClassAnnotations = [
  defaultClassAnnotation,
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** What claims get that name no class. */
export const isDefaultClass = ({
  metadata: { annotations },
}: {
  readonly metadata: Pick<ObjectMeta, 'annotations'>;
}): boolean => defaultClassAnnotations.some((name) => annotations?.[name] === 'true');

/** The newest of those that say so, the first by name among equals. */
export function defaultClassOf(classes: readonly StorageClass[]): StorageClass | undefined {
  let found: StorageClass | undefined;
  for (const one of classes) {
    if (isDefaultClass(one) && (found === undefined || precedes(one, found))) found = one;
  }
  return found;
}

function precedes({ metadata: a }: StorageClass, { metadata: b }: StorageClass): boolean {
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp > b.creationTimestamp;
  return a.name < b.name;
}

export const storageClassKind: Kind<StorageClass> = {
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  resource: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  subresources: [],
  hasStatus: false,
  defaults(storageClass) {
    const { metadata } = storageClass;
    const clean = filled(normalized(storageClass, 'storage.v1.StorageClass'), { metadata });
    const { reclaimPolicy = 'Delete', volumeBindingMode = 'Immediate' } = clean;
    return filled(clean, { reclaimPolicy, volumeBindingMode });
  },
  warnings: classWarnings,
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  returnsObjectOnDelete: true,
  columns: storageClassColumns,
};
