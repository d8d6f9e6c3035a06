/**
 * What all Kubernetes objects share: metadata, keys, owners, conditions.
 *
 * Objects are immutable and structurally shared: whoever changes one builds a new one around the
 * parts that stay, and identity (`===`) of a part means that it did not change.
 */

/** `namespace/name`, or `name` for cluster-scoped kinds: what a workqueue holds. */
export type Key = string;

export type Labels = Readonly<Record<string, string>>;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  /** Who set which fields; see managedfields/. */
  readonly managedFields?: readonly unknown[];
}

/** Any stored object. Kinds narrow `spec` and `status`. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What a client sends to create one: the server fills in the rest. */
export type Draft<T extends KubeObject = KubeObject> = Omit<T, 'metadata' | 'status'> & {
  readonly metadata: Partial<ObjectMeta>;
  readonly status?: T['status'];
};

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
  readonly lastProbeTime?: string | null;
  readonly lastHeartbeatTime?: string;
  readonly observedGeneration?: number;
}

/**
 * The condition of a type. Counted through and not iterated: lists that are stored may be frozen, and
 * V8 walks frozen ones six times as slowly with an iterator, fifteen times with `find`.
 */
export function conditionOf<T extends { readonly type: string }>(
  conditions: readonly T[] | null | undefined,
  type: string,
): T | undefined {
  if (!conditions) return undefined;
  for (let i = 0; i < conditions.length; i++) {
    const condition = conditions[i]!;
    if (condition.type === type) return condition;
  }
  return undefined;
}

export const makeKey = (namespace: string | undefined, name: string): Key =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;

export const keyOf = ({ metadata: { namespace, name } }: KubeObject): Key =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** The two halves of a key; cluster-scoped keys have no namespace. */
export function splitKey(key: Key): {
  readonly namespace: string | undefined;
  readonly name: string;
} {
  const slash = key.indexOf('/');
  if (slash < 0) return { namespace: undefined, name: key };
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The reference to the managing controller, if there is one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  const owners = object.metadata.ownerReferences;
  if (owners === undefined) return undefined;
  for (let i = 0; i < owners.length; i++) {
    const owner = owners[i]!;
    if (owner.controller === true) return owner;
  }
  return undefined;
}

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

/** A reference with `controller: true` to `owner`, as controllers put it on what they create. */
export const controllerRef = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

export const isBeingDeleted = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined;
