/** What clients ask of the API server, and what it answers: plain data, so that a pass can be replayed. */
import type { Draft, KubeObject } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import type { User } from './user.ts';

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: PropagationPolicy;
  readonly preconditions?: Preconditions;
}

/**
 * `kind` is as the store calls it: `Pod`, `Website.example.com`. `apiVersion` is the version that the
 * client speaks, where that is not the stored one; a body that names its version need not say it.
 */
interface Spoken {
  readonly kind: string;
  readonly apiVersion?: string;
  /** Who asks, where the actor does not say it all: on the wire. */
  readonly user?: User;
}

/** One object of one kind; `namespace` is left out for cluster-scoped kinds. */
interface Named extends Spoken {
  readonly namespace?: string;
  readonly name: string;
}

export interface GetRequest extends Named {
  readonly verb: 'get';
  /** `status`, which is the whole object, or `scale`. */
  readonly subresource?: string;
  /** At least as new as this. */
  readonly resourceVersion?: string;
}

export interface ListRequest extends Spoken {
  readonly verb: 'list';
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Which state is wanted (api-03 §1): absent, the newest. */
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  /** For watches only: a list is refused with it. */
  readonly sendInitialEvents?: boolean;
  /** Most items of one page. */
  readonly limit?: number;
  readonly continue?: string;
}

/**
 * How the body is decoded: values of other types are refused, and `Strict` refuses fields that do not
 * exist. Absent: it comes from a component of the simulation, which is typed, and is trusted.
 */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** What changes something may be tried only: everything happens but the write. */
interface Writing {
  readonly dryRun?: true;
  /** Under which name the fields are owned that it sets. */
  readonly fieldManager?: string;
}

export interface CreateRequest extends Spoken, Writing {
  readonly verb: 'create';
  readonly namespace?: string;
  readonly object: Draft;
  readonly fieldValidation?: FieldValidation;
}

/** POST to a subresource of an existing object: `binding`, `eviction`. */
export interface PostRequest extends Named, Writing {
  readonly verb: 'create';
  readonly subresource: string;
  readonly object: unknown;
}

export interface UpdateRequest extends Spoken, Writing {
  readonly verb: 'update';
  /** An empty resourceVersion means an unconditional update, where the kind allows it. */
  readonly object: KubeObject;
  readonly subresource?: string;
  readonly fieldValidation?: FieldValidation;
}

/** What a patch does, known to who made it: applying it is then a matter of a few fields. */
export interface KnownPatch {
  /**
   * What the patch makes of an object: equal parts are those of the object, nothing changed is the
   * object itself. Undefined: it has to be applied.
   */
  apply(object: KubeObject): KubeObject | undefined;
}

export interface PatchRequest extends Named, Writing {
  readonly verb: 'patch';
  readonly patchType: 'merge' | 'strategic' | 'json' | 'apply';
  readonly patch: unknown;
  /** What strict decoding of the patch itself tells: fields that stand twice, or in no operation. */
  readonly mistakes?: readonly string[];
  readonly known?: KnownPatch;
  /** Of an apply: takes what others own. */
  readonly force?: boolean;
  readonly subresource?: string;
  readonly fieldValidation?: FieldValidation;
}

export interface DeleteRequest extends Named, Writing {
  readonly verb: 'delete';
  readonly options?: DeleteOptions;
}

/** All that a list would find, by one request. */
export interface DeleteCollectionRequest extends Omit<ListRequest, 'verb'>, Writing {
  readonly verb: 'deletecollection';
  readonly options?: DeleteOptions;
}

export type Request =
  | GetRequest
  | ListRequest
  | CreateRequest
  | PostRequest
  | UpdateRequest
  | PatchRequest
  | DeleteRequest
  | DeleteCollectionRequest;

export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** There is more: what asks for it. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/**
 * The answer. `definite: false` means that the caller cannot know whether it was applied: the reply
 * was lost, or never will come.
 */
export type Response = Accepted | Refused;

/** What is said besides the answer. */
export interface Aside {
  readonly warnings?: readonly string[];
  /** For the audit log. */
  readonly annotations?: Readonly<Record<string, string>>;
}

type Accepted =
  | (Aside & {
      readonly ok: true;
      readonly object: KubeObject;
      readonly list?: undefined;
      /** It was not there before. */
      readonly created?: true;
    })
  | (Aside & { readonly ok: true; readonly list: ObjectList; readonly object?: undefined });

type Refused = Aside & {
  readonly ok: false;
  readonly status: Status;
  readonly definite: boolean;
};

export const refused = (status: Status): Response => ({ ok: false, status, definite: true });
