/** Annotations by which binder, scheduler and provisioners speak of volumes to each other. */
import type { KubeObject } from '../meta.ts';

/** On a claim: it has its volume, for life. */
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
/** On either side of a binding: it was chosen, and not asked for by a user. */
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** On a volume: who made it. */
export const provisionedBy = 'pv.kubernetes.io/provisioned-by';
/** On a claim: where its first Pod will run. */
export const selectedNode = 'volume.kubernetes.io/selected-node';
/** On a claim: who is to make its volume. */
export const storageProvisioners = [
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-provisioner',
] as const;

export const hasAnnotation = ({ metadata: { annotations } }: KubeObject, name: string): boolean =>
  annotations?.[name] !== undefined;

/** The object with an annotation; itself if it has one of that name. */
export function annotated<T extends KubeObject>(object: T, name: string, value: string): T {
  if (hasAnnotation(object, name)) return object;
  const { metadata } = object;
  const annotations = { ...metadata.annotations, [name]: value };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** The object without an annotation. */
export function unannotated<T extends KubeObject>(object: T, name: string): T {
  const { annotations, ...metadata } = object.metadata;
  if (annotations?.[name] === undefined) return object;
  const { [name]: _gone, ...rest } = annotations;
  return {
    ...object,
    metadata: Object.keys(rest).length === 0 ? metadata : { ...metadata, annotations: rest },
  };
}
