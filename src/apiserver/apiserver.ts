/**
 * The API server, in process: takes a request, admits and validates it, and appends what it changes
 * to the log. It keeps nothing of its own: the store is the fold of that log.
 */
import { kindIn } from '../api/custom/index.ts';
import { type Kind, nameOf } from '../api/kind.ts';
import { type Key, type KubeObject, keyOf, makeKey } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import type { Actor, WriteVerb } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import { create } from './create.ts';
import { bodyRefusal, encoded } from './decoding.ts';
import { remove } from './delete.ts';
import { removeCollection } from './deletecollection.ts';
import { type Tracker, updateTracker } from './fieldtracker.ts';
import { addressRequests } from './ipaddresses.ts';
import { list } from './list.ts';
import { homeOf } from './metadata.ts';
import { patch } from './patch.ts';
import { noSuchResource, notFound } from './reject.ts';
import { type Request, type Response, refused } from './request.ts';
import { scaleOf, updateScale } from './scale.ts';
import { post } from './subresources.ts';
import { update } from './update.ts';
import { translated } from './versions.ts';

/** What the server needs of its surroundings. */
export interface Surroundings {
  readonly now: number;
  readonly seed: number;
}

/** One request on its way: who asks, why, and how to write what comes of it. */
export interface Handling {
  readonly store: Store;
  readonly now: number;
  readonly seed: number;
  readonly kind: Kind;
  /** Everything happens but the write. */
  readonly dryRun: boolean;
  /** Pods run as accounts that are there, and get their tokens. */
  readonly serviceAccounts: boolean;
  /**
   * Commits one change, and returns the object as stored; as it last was, at the revision of its
   * removal, if there is no `after`.
   */
  write(
    verb: WriteVerb,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
    subresource?: string,
    /** What was asked for, where admission has added to it. */
    given?: KubeObject,
  ): KubeObject;
  /** Notes who sets which fields; absent: nobody is noted. */
  readonly tracker?: Tracker;
  /** The server's own request, made while it answers this one. */
  ask(request: Request): Response;
  /** The same, as a dry run: everything happens but the writes. */
  tried(): Handling;
}

/** Whom the log names for what the server asks of itself. */
const loopback = 'system:apiserver';

export class ApiServer {
  readonly #store: Store;
  readonly #log: Log;
  readonly #env: Surroundings;
  /** Called with each request and its answer, for those who record the wire. */
  onRequest: ((request: Request, by: Actor, response: Response) => void) | undefined;

  /** Whether objects say who set which of their fields, as clients on the wire expect. */
  tracksFields = false;

  /**
   * Whether Pods need a ServiceAccount that is there, and get a volume with its token. It takes the
   * controllers that make the accounts.
   */
  serviceAccounts = false;

  /** Whether each address of a Service is an object of its own. */
  ipAddresses = false;

  constructor(store: Store, log: Log, env: Surroundings) {
    this.#store = store;
    this.#log = log;
    this.#env = env;
  }

  handle(request: Request, by: Actor, causes: readonly number[]): Response {
    const kind = kindIn(request.kind, this.#store.view());
    const response =
      kind === undefined
        ? refused(noSuchResource())
        : translated(request, kind, (asked) =>
            this.#answer(asked, this.#handling(kind, by, causes, asked)),
          );
    if (!response.ok) this.#logRejection(request, by, causes, response.status);
    this.onRequest?.(request, by, response);
    return response;
  }

  #answer(request: Request, handling: Handling): Response {
    const { kind } = handling;
    const subresource = 'subresource' in request ? request.subresource : undefined;
    if (subresource !== undefined && !kind.subresources.includes(subresource)) {
      return refused(noSuchResource());
    }
    switch (request.verb) {
      case 'get': {
        const object = this.#store.get(request.kind, keyOfRequest(request, kind));
        if (object === undefined) return refused(notFound(kind, request.name));
        return { ok: true, object: subresource === 'scale' ? scaleOf(object, kind) : object };
      }
      case 'list':
        return list(request, handling);
      case 'create':
        return 'subresource' in request ? post(request, handling) : create(request, handling);
      case 'update': {
        const { object, fieldValidation } = request;
        if (subresource === 'scale') return updateScale(object, handling, 'update');
        const undecodable = bodyRefusal(object, kind, fieldValidation);
        if (undecodable !== undefined) return refused(undecodable);
        const body = encoded(object, kind, fieldValidation);
        return update(body, { verb: 'update', subresource }, handling);
      }
      case 'patch':
        return patch(request, handling);
      case 'delete':
        return remove(request, handling);
      case 'deletecollection':
        return removeCollection(request, handling);
    }
  }

  #handling(kind: Kind, by: Actor, causes: readonly number[], request: Request): Handling {
    const { now, seed } = this.#env;
    const store = this.#store;
    const log = this.#log;
    const tracker = this.#trackerFor(request, kind, by);
    const { serviceAccounts, ipAddresses } = this;
    const dryRun = 'dryRun' in request && request.dryRun === true;
    return {
      ask: (own) => this.handle(dryRun ? ({ ...own, dryRun } as Request) : own, loopback, causes),
      tried: () => this.#handling(kind, by, causes, { ...request, dryRun: true } as Request),
      ...(tracker === undefined ? {} : { tracker }),
      store,
      now,
      seed,
      kind,
      dryRun,
      serviceAccounts,
      write(verb, before, after, subresource, given) {
        const revision = store.revision + 1;
        const noted =
          after === undefined || this.tracker === undefined
            ? after
            : this.tracker.noted(before, after, subresource, given);
        if (dryRun) return tried(before, noted);
        const stored = noted === undefined ? undefined : versioned(noted, revision);
        const object = (stored ?? before)!;
        log.append({
          type: 'write',
          t: now,
          by,
          causes,
          verb,
          kind: nameOf(kind),
          key: keyOf(object),
          ...(subresource === undefined ? {} : { subresource }),
          revision,
          before,
          after: stored,
        });
        if (ipAddresses && kind.kind === 'Service') {
          for (const own of addressRequests(before, stored)) this.ask(own);
        }
        return stored ?? versioned(object, revision);
      },
    };
  }

  #trackerFor(request: Request, kind: Kind, by: Actor): Tracker | undefined {
    if (!this.tracksFields || request.verb === 'get' || request.verb === 'list') return undefined;
    const manager = request.fieldManager ?? managerOf(by);
    return updateTracker(kind, manager, request.apiVersion ?? kind.apiVersion, this.#env.now);
  }

  #logRejection(request: Request, by: Actor, causes: readonly number[], status: Status): void {
    const { reason, code, message } = status;
    const subresource = 'subresource' in request ? request.subresource : undefined;
    this.#log.append({
      type: 'rejected',
      t: this.#env.now,
      by,
      causes,
      verb: request.verb,
      kind: request.kind,
      key: keyOfRequest(request, kindIn(request.kind, this.#store.view())),
      ...(subresource === undefined ? {} : { subresource }),
      reason,
      code,
      message,
    });
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

/** Components of the control plane share the names of their programs. */
const managerOf = (by: Actor): string =>
  by.startsWith('kubelet/')
    ? 'kubelet'
    : by.endsWith('-controller') || by.endsWith('-collector')
      ? 'kube-controller-manager'
      : by.slice(by.indexOf('/') + 1);

function versioned(object: KubeObject, revision: number): KubeObject {
  const resourceVersion = String(revision);
  if (object.metadata.resourceVersion === resourceVersion) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

/** The key that the request is about; of a collection, the namespace. */
function keyOfRequest(request: Request, kind: Kind | undefined): Key {
  if (request.verb === 'list' || request.verb === 'deletecollection')
    return request.namespace ?? '';
  const home = (namespace: string | undefined) =>
    kind === undefined ? namespace : homeOf(kind, namespace);
  if ('name' in request) return makeKey(home(request.namespace), request.name);
  const { name, generateName, namespace } = request.object.metadata ?? {};
  const given = request.verb === 'create' ? request.namespace : undefined;
  return makeKey(home(given ?? namespace), name || generateName || '');
}
