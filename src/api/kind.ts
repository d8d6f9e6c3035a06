/**
 * What the API server must know about a kind, apart from its structure: one constant per kind file.
 *
 * `Strategy` is upstream's word (k8s.io/apiserver/pkg/registry/rest): the rules of create and
 * update that are not validation.
 */
import type { Column } from './columns/column.ts';
import type { Decoded } from './decode.ts';
import type { KubeObject } from './meta.ts';
import type { FieldType } from './structure.ts';

/** One failed field, in the texts of k8s.io/apimachinery/pkg/util/validation/field. */
export interface FieldError {
  /** `FieldValueInvalid`, `FieldValueRequired`, `FieldValueNotSupported`, … */
  readonly reason: string;
  /** Path such as `spec.template.spec.containers[0].image`. */
  readonly field: string;
  /** `Invalid value: "x": why`, without the path. */
  readonly message: string;
}

/** An event of the kind's lifecycle machine, as `{ type: 'pod.bound', … }`. */
export interface LifecycleEvent {
  readonly type: string;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** Between what is kept and what is spoken of. Equal parts keep their identity. */
export interface Storage {
  read(kept: KubeObject): KubeObject;
  write(spoken: KubeObject): KubeObject;
}

/** Values of an index for one object: none, one or several. */
export type IndexOf<T> = (object: T) => string | readonly string[] | undefined;

export interface Kind<T extends KubeObject = KubeObject> {
  readonly kind: string;
  readonly apiVersion: string;
  /** How its objects are kept, where they are spoken of in a version of their definition. */
  readonly storage?: Storage;
  /** Its type, where the structure of the API does not know it. */
  readonly type?: FieldType;
  /** What the store calls it, where that is not `kind`: `Website.example.com`. */
  readonly storedAs?: string;
  /** Plural, lower case: `deployments`. */
  readonly resource: string;
  readonly shortNames?: readonly string[];
  /** Made from tables: nobody has written down all its rules yet, and no controller acts on it. */
  readonly generic?: true;
  readonly namespaced: boolean;
  readonly subresources: readonly string[];
  /** The main endpoint never changes status, and `/status` never changes spec. */
  readonly hasStatus: boolean;
  /**
   * Whether an update bumps `metadata.generation`; absent: the kind has none. A kind that has one
   * starts at 1, and its deletion mark bumps it too. Parts that are equal are identical here.
   */
  readonly generation?: (next: T, current: T) => boolean;
  /** What is wrong with the shape of a body, where the structure of the API does not know it. */
  decode?(object: unknown): Decoded;
  /** Fills in what was left out. Returns the same object when nothing was. */
  defaults(object: T): T;
  /** Resets what a client may not set on create (status, for one). Runs before validation. */
  prepareForCreate?(object: T, now: number, warn?: (text: string) => void): T;
  /** A client may set status on create (Nodes). */
  readonly keepsStatusOnCreate?: true;
  /** Carries over what a client may not change through the main endpoint. */
  prepareForUpdate?(next: T, current: T, now: number): T;
  /** The same for `/status`: what it may not change besides the spec. */
  prepareForStatusUpdate?(next: T, current: T, now: number): T;
  /** A status update takes over nothing of the metadata (upstream's ResetObjectMetaForStatus). */
  readonly keepsMetadataOnStatus?: true;
  /** What `/finalize` may not change, where there is one. */
  prepareForFinalize?(next: T, current: T): T;
  /** The same for another subresource that is written to, by its name. */
  prepareForSubresource?(name: string, next: T, current: T): T | undefined;
  validateSubresource?(name: string, next: T, current: T): readonly FieldError[];
  validate(object: T): readonly FieldError[];
  validateUpdate(next: T, current: T): readonly FieldError[];
  validateStatusUpdate?(next: T, current: T): readonly FieldError[];
  /** What its author should be warned of, though it is accepted; `before` is what it was. */
  warnings?(object: T, before?: T): readonly string[];
  /** What everybody is warned of who asks for it. */
  readonly deprecation?: string;
  /** Seconds between the deletion mark and the removal; undefined: removed at once. */
  gracePeriod?(object: T, requested: number | undefined): number | undefined;
  /** Finalizers that a deletion puts on: somebody has to clean up first. */
  readonly finalizersOnDelete?: readonly string[];
  /** Why no object of it may be created now, if that is so. */
  readonly closed?: string;
  /** Strategic merge patches need types that custom resources do not have. */
  readonly plainPatchesOnly?: true;
  /** Where the size stands, for kinds that have it elsewhere than in `spec.replicas`. */
  readonly scale?: ScalePaths;
  /** A removal is answered with the object, not with a Status. */
  readonly returnsObjectOnDelete?: true;
  /** A PUT of an object that does not exist creates it. */
  readonly createsOnUpdate?: true;
  /** An update must say which version it is based on. */
  readonly conditionalUpdateOnly?: true;
  /** What background, orphan or foreground means when the client does not say. */
  readonly defaultPropagation?: 'Background' | 'Orphan';
  /** Indexes of the store besides the general ones (`namespace`, `controller`, `owner`). */
  readonly indexes?: Readonly<Record<string, IndexOf<T>>>;
  /** Fields that field selectors know besides metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  /** Its table; name and age, if nothing is said. */
  readonly columns?: readonly Column<T>[];
  /** What happened to its lifecycle between two versions; drives the machine of the same name. */
  lifecycle?(before: T | undefined, after: T | undefined): readonly LifecycleEvent[];
}

/** An object that is stored, as the kind speaks of it. */
export const readAs = (kept: KubeObject, { storage }: Kind): KubeObject =>
  storage === undefined ? kept : storage.read(kept);

/** What the store, requests and watches call a kind. */
export const nameOf = ({ storedAs, kind }: Pick<Kind, 'storedAs' | 'kind'>): string =>
  storedAs ?? kind;
