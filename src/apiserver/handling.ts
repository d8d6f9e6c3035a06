/** One request on its way: who asks, why, and how to write what comes of it. */

import { deepEqual } from '../api/equal.ts';
import { type Kind, nameOf, readAs } from '../api/kind.ts';
import { type KubeObject, keyOf, makeKey } from '../api/meta.ts';
import type { Actor, NewEntry, WriteVerb } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { Tracker } from './fieldtracker.ts';
import { addressRequests } from './ipaddresses.ts';
import { homeOf } from './metadata.ts';
import type { Allows } from './policies/authorizer.ts';
import { isAllowed } from './rbac.ts';
import type { Request, Response } from './request.ts';
import type { Said } from './said.ts';
import { type User, userOf } from './user.ts';

/** The server that serves it. */
export interface Serving {
  readonly store: Store;
  readonly log: Log;
  readonly env: { readonly now: number; readonly seed: number };
  readonly options: {
    readonly serviceAccounts: boolean;
    readonly ipAddresses: boolean;
    readonly rbac: boolean;
  };
  handle(request: Request, by: Actor, causes: readonly number[]): Response;
  trackerFor(request: Request, kind: Kind, by: Actor): Tracker | undefined;
}

export interface Asked {
  readonly by: Actor;
  readonly causes: readonly number[];
  readonly request: Request;
  readonly said: Said;
}

/** Whom the log names for what the server asks of itself. */
const loopback = 'system:apiserver';

export class Handling {
  readonly store: Store;
  readonly now: number;
  readonly seed: number;
  readonly kind: Kind;
  /** Everything happens but the write. */
  readonly dryRun: boolean;
  /** Pods run as accounts that are there, and get their tokens. */
  readonly serviceAccounts: boolean;
  /** Notes who sets which fields; undefined: nobody is noted. */
  readonly tracker: Tracker | undefined;
  readonly #serving: Serving;
  readonly #asked: Asked;

  constructor(serving: Serving, kind: Kind, asked: Asked, tracker?: Tracker) {
    const { by, request } = asked;
    this.store = serving.store;
    this.now = serving.env.now;
    this.seed = serving.env.seed;
    this.kind = kind;
    this.dryRun = 'dryRun' in request && request.dryRun === true;
    this.serviceAccounts = serving.options.serviceAccounts;
    this.tracker = tracker ?? serving.trackerFor(request, kind, by);
    this.#serving = serving;
    this.#asked = asked;
  }

  /** The object of a name, in the version that is spoken. */
  held(namespace: string | undefined, name: string): KubeObject | undefined {
    const kept = this.store.get(nameOf(this.kind), makeKey(homeOf(this.kind, namespace), name));
    return kept === undefined ? undefined : readAs(kept, this.kind);
  }

  /** Whether to write the object, as it was read, would change nothing that is stored. */
  isKept(object: KubeObject): boolean {
    const { storage } = this.kind;
    if (storage === undefined) return true;
    return deepEqual(storage.write(object), this.store.get(nameOf(this.kind), keyOf(object)));
  }

  /** Who asks. */
  get user(): User {
    const { by, request } = this.#asked;
    return request.user ?? userOf(by);
  }

  get said(): Said {
    return this.#asked.said;
  }

  /** Whether roles and bindings let somebody do something; everybody may do everything where they do not count. */
  get allows(): Allows {
    const { options, store } = this.#serving;
    return (user, wanted) => !options.rbac || isAllowed(user, wanted, store.view());
  }

  /** The server's own request, made while it answers this one. */
  ask(own: Request): Response {
    const request = this.dryRun ? ({ ...own, dryRun: true } as Request) : own;
    return this.#serving.handle(request, loopback, this.#asked.causes);
  }

  /** The same, as a dry run: everything happens but the writes. */
  tried(): Handling {
    const request = { ...this.#asked.request, dryRun: true } as Request;
    return new Handling(this.#serving, this.kind, { ...this.#asked, request });
  }

  /** The same, with somebody else to note who sets which fields. */
  noting(tracker: Tracker): Handling {
    return new Handling(this.#serving, this.kind, this.#asked, tracker);
  }

  /**
   * Commits one change, and returns the object as stored; as it last was, at the revision of its
   * removal, if there is no `after`.
   *
   * @param given what was asked for, where admission has added to it.
   */
  write(
    verb: WriteVerb,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
    subresource?: string,
    given?: KubeObject,
  ): KubeObject {
    const { log, options } = this.#serving;
    const { by, causes } = this.#asked;
    const revision = this.store.revision + 1;
    const noted =
      after === undefined || this.tracker === undefined
        ? after
        : this.tracker.noted(before, after, subresource, given);
    if (this.dryRun) return tried(before, noted);
    const kind = nameOf(this.kind);
    const key = keyOf((noted ?? before)!);
    const { storage } = this.kind;
    const kept = noted === undefined ? undefined : (storage?.write(noted) ?? noted);
    const stored = kept === undefined ? undefined : versioned(kept, revision);
    const was = storage === undefined ? before : this.store.get(kind, key);
    const type = 'write';
    const t = this.now;
    const entry: NewEntry =
      subresource === undefined
        ? { type, t, by, causes, verb, kind, key, revision, before: was, after: stored, n: 0 }
        : {
            type,
            t,
            by,
            causes,
            verb,
            kind,
            key,
            subresource,
            revision,
            before: was,
            after: stored,
            n: 0,
          };
    log.append(entry);
    if (options.ipAddresses && kind === 'Service') {
      for (const own of addressRequests(before, stored)) this.ask(own);
    }
    return stored === undefined ? versioned(before!, revision) : readAs(stored, this.kind);
  }
}

/** What would have been stored: with the version that is, if there is one. */
function tried(before: KubeObject | undefined, after: KubeObject | undefined): KubeObject {
  if (after === undefined) return before!;
  const { resourceVersion: _next, ...metadata } = after.metadata;
  const { resourceVersion } = before?.metadata ?? {};
  const shown = resourceVersion === undefined ? metadata : { ...metadata, resourceVersion };
  return { ...after, metadata: shown as KubeObject['metadata'] };
}

function versioned(object: KubeObject, revision: number): KubeObject {
  const resourceVersion = String(revision);
  if (object.metadata.resourceVersion === resourceVersion) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
