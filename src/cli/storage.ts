/** StorageClasses that manifests count on: a real cluster has them before anybody deploys. */

import type { Draft } from '../api/meta.ts';
import {
  defaultClassAnnotation,
  isDefaultClass,
  type StorageClass,
} from '../api/volume/storageclass.ts';
import { storageClassNameOf } from '../api/volume/storageclassname.ts';
import { provisionerName } from '../controllers/volumeprovisioner.ts';

interface Claim {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly storageClassName?: string; readonly volumeName?: string };
}

/** The classes that these objects ask for and do not bring. */
export function missingClasses(objects: readonly Draft[]): readonly Draft[] {
  const given = objects.filter(({ kind }) => kind === 'StorageClass');
  const names = new Set(given.map(({ metadata }) => metadata.name));
  const hasDefault = given.some(isDefaultClass);
  const missing = new Map<string, Draft>();
  for (const claim of objects.flatMap(claimsOf)) {
    const name = storageClassNameOf(claim);
    // Bound by hand, or to a volume without a class.
    if (claim.spec?.volumeName !== undefined || name === '') continue;
    if (name === undefined) {
      if (!hasDefault)
        missing.set('standard', classOf('standard', { [defaultClassAnnotation]: 'true' }));
    } else if (!names.has(name) && !missing.has(name)) {
      missing.set(name, classOf(name, {}));
    }
  }
  return [...missing.values()];
}

function claimsOf(object: Draft): readonly Claim[] {
  if (object.kind === 'PersistentVolumeClaim') return [object as Claim];
  if (object.kind !== 'StatefulSet') return [];
  const { volumeClaimTemplates } = (object.spec ?? {}) as {
    readonly volumeClaimTemplates?: readonly Claim[];
  };
  return volumeClaimTemplates ?? [];
}

const classOf = (
  name: string,
  annotations: Readonly<Record<string, string>>,
): Draft<StorageClass> => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations },
  provisioner: provisionerName,
  volumeBindingMode: 'WaitForFirstConsumer',
});
