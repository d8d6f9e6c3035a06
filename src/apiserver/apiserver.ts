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
import { list } from './list.ts';
import { homeOf } from './metadata.ts';
import { patch } from './patch.ts';
import { noSuchResource, notFound } from './reject.ts';
import { type Request, type Response, refused } from './request.ts';
import { updateScale } from './scale.ts';
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
  /**
   * Commits one change, and returns the object as stored; as it last was, at the revision of its
   * removal, if there is no `after`.
   */
  write(
    verb: WriteVerb,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
    subresource?: string,
  ): KubeObject;
}

export class ApiServer {
  readonly #store: Store;
  readonly #log: Log;
  readonly #env: Surroundings;
  /** Called with each request and its answer, for those who record the wire. */
  onRequest: ((request: Request, by: Actor, response: Response) => void) | undefined;

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
            this.#answer(asked, this.#handling(kind, by, causes)),
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
        return object === undefined ? refused(notFound(kind, request.name)) : { ok: true, object };
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
    }
  }

  #handling(kind: Kind, by: Actor, causes: readonly number[]): Handling {
    const { now, seed } = this.#env;
    const store = this.#store;
    const log = this.#log;
    return {
      store,
      now,
      seed,
      kind,
      write(verb, before, after, subresource) {
        const revision = store.revision + 1;
        const stored = after === undefined ? undefined : versioned(after, revision);
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
        return stored ?? versioned(object, revision);
      },
    };
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

function versioned(object: KubeObject, revision: number): KubeObject {
  const resourceVersion = String(revision);
  if (object.metadata.resourceVersion === resourceVersion) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

/** The key that the request is about; of a list, the namespace. */
function keyOfRequest(request: Request, kind: Kind | undefined): Key {
  if (request.verb === 'list') return request.namespace ?? '';
  const home = (namespace: string | undefined) =>
    kind === undefined ? namespace : homeOf(kind, namespace);
  if ('name' in request) return makeKey(home(request.namespace), request.name);
  const { name, generateName, namespace } = request.object.metadata ?? {};
  const given = request.verb === 'create' ? request.namespace : undefined;
  return makeKey(home(given ?? namespace), name || generateName || '');
}
