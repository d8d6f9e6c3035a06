/** How quotas count claims: by number and storage, of all classes and of each. */

import type { KubeObject } from '../meta.ts';
import type { PersistentVolumeClaim } from '../persistentvolumeclaim.ts';
import { countOf, type Quantities } from '../quantities.ts';
import { parseQuantity } from '../quantity.ts';
import type { ScopeRequirement } from '../resourcequota.ts';
import { storageClassNameOf } from '../storageclassname.ts';
import { type Evaluator, isNamed } from './evaluator.ts';

const objectCount = 'count/persistentvolumeclaims';
const perClass = ['persistentvolumeclaims', 'requests.storage'] as const;
const ofClass = '.storageclass.storage.k8s.io/';

const giga = 1_000_000_000n;

/** In whole bytes: a part of one is one. */
function storageOf({ spec }: PersistentVolumeClaim): Quantities[string] | undefined {
  const asked = parseQuantity(spec.resources?.requests?.['storage'] ?? '');
  if (asked === undefined) return undefined;
  return { ...asked, nanos: ((asked.nanos + giga - 1n) / giga) * giga };
}

function usage(object: KubeObject): Quantities {
  const claim = object as PersistentVolumeClaim;
  const storage = storageOf(claim);
  const own: Quantities = {
    persistentvolumeclaims: countOf(1),
    ...(storage === undefined ? {} : { 'requests.storage': storage }),
  };
  const storageClass = storageClassNameOf(claim);
  const ofOne =
    storageClass === ''
      ? []
      : Object.entries(own).map(([name, one]) => [`${storageClass}${ofClass}${name}`, one]);
  return { [objectCount]: countOf(1), ...own, ...Object.fromEntries(ofOne) };
}

interface Attributed {
  readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string };
}

/** It is in the scope of every attributes class that it has, had or will have. */
function isIn(scope: ScopeRequirement, object: KubeObject): boolean {
  if (scope.scopeName !== 'VolumeAttributesClass') return false;
  const { spec, status } = object as PersistentVolumeClaim;
  const { modifyVolumeStatus } = (status ?? {}) as Attributed;
  const names = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name) => name !== undefined && name !== '');
  if (names.length === 0) return isNamed(scope, undefined);
  return names.some((name) => isNamed(scope, name));
}

export const claimEvaluator: Evaluator = {
  covers: (name) =>
    name === objectCount ||
    perClass.some((one) => name === one || name.endsWith(`${ofClass}${one}`)),
  usage,
  isIn,
  countsUpdates: true,
};
