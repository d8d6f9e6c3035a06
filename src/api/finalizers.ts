/** Finalizers that keep what is in use, and objects with one more or one less. */
import type { KubeObject } from './meta.ts';

/** On a claim that a Pod uses. */
export const claimProtection = 'kubernetes.io/pvc-protection';
/** On a volume that a claim has. */
export const volumeProtection = 'kubernetes.io/pv-protection';

export function withFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const { finalizers = [] } = object.metadata;
  if (finalizers.includes(finalizer)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
}

export function withoutFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const { finalizers = [], ...metadata } = object.metadata;
  const rest = finalizers.filter((one) => one !== finalizer);
  return {
    ...object,
    metadata: rest.length === 0 ? metadata : { ...metadata, finalizers: rest },
  };
}
