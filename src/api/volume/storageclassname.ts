/** The class of a claim or volume, as everybody who asks for it reads it (ctl-08 §D). */
import type { ObjectMeta } from '../meta.ts';

/** Where the class was written before Kubernetes 1.6; it still counts, and first. */
const betaAnnotation = 'volume.beta.kubernetes.io/storage-class';

interface Classed {
  readonly metadata?: Pick<ObjectMeta, 'annotations'>;
  readonly spec?: { readonly storageClassName?: string };
}

/** Undefined: nothing is said, and the default class may be filled in; empty: none is wanted. */
export const storageClassNameOf = ({ metadata, spec }: Classed): string | undefined =>
  metadata?.annotations?.[betaAnnotation] ?? spec?.storageClassName;
