/** How quotas count claims: by number and storage, of all classes and of each. */

import type { KubeObject } from '../meta.ts';
import { countOf, type Quantities } from '../quantities.ts';
import { parseQuantity } from '../quantity.ts';
import type { ScopeRequirement } from '../resourcequota.ts';
import type { PersistentVolumeClaim } from '../volume/persistentvolumeclaim.ts';
import { storageClassNameOf } from '../volume/storageclassname.ts';
import { type Evaluator, isNamed } from './evaluator.ts';

const objectCount = 'count/persistentvolumeclaims';
const perClass = ['persistentvolumeclaims', 'requests.storage'] as const;
const ofClass = '.storageclass.storage.k8s.io/';

const giga = 1_000_000_000n;

/** In whole bytes: a part of one is one. A claim that did not become as large as it was to be takes what it has. */
function storageOf({ spec, status }: PersistentVolumeClaim): Quantities[string] | undefined {
  const asked = parseQuantity(spec.resources?.requests?.['storage'] ?? '');
  if (asked === undefined) return undefined;
  const allocated = parseQuantity(status?.allocatedResources?.['storage'] ?? '');
  const most = allocated !== undefined && allocated.nanos > asked.nanos ? allocated : asked;
  return { ...most, nanos: ((most.nanos + giga - 1n) / giga) * giga };
}

function usage(object: KubeObject): Quantities {
  const claim = object as PersistentVolumeClaim;
  const storage = storageOf(claim);
  const own: Quantities = {
    persistentvolumeclaims: countOf(1),
    ...(storage === undefined ? {} : { 'requests.storage': storage }),
  };
  const storageClass = storageClassNameOf(claim);
  const ofOne = storageClass
    ? Object.entries(own).map(([name, one]) => [`${storageClass}${ofClass}${name}`, one])
    : [];
  return { [objectCount]: countOf(1), ...own, ...Object.fromEntries(ofOne) };
}

interface Attributed {
  readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string };
}

const attributesOf = ({ spec, status }: PersistentVolumeClaim): readonly string[] => {
  const { modifyVolumeStatus } = (status ?? {}) as Attributed;
  return [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name): name is string => Boolean(name));
};

/** It asks for less than before, or is of other classes. */
function frees(next: KubeObject, current: KubeObject): boolean {
  const [is, was] = [next, current] as PersistentVolumeClaim[];
  if ((storageOf(is!)?.nanos ?? 0n) < (storageOf(was!)?.nanos ?? 0n)) return true;
  const names = [is!, was!].map((claim) => [...new Set(attributesOf(claim))].sort().join());
  return names[0] !== names[1];
}

/** It is in the scope of every attributes class that it has, had or will have. */
function isIn(scope: ScopeRequirement, object: KubeObject): boolean {
  if (scope.scopeName !== 'VolumeAttributesClass') return false;
  const names = attributesOf(object as PersistentVolumeClaim);
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
  frees,
};
