/**
 * The API server, in process: takes a request, admits and validates it, and appends what it changes
 * to the log. It keeps nothing of its own: the store is the fold of that log.
 */
import { kindIn } from '../api/custom/index.ts';
import type { Kind } from '../api/kind.ts';
import { type Key, makeKey } from '../api/meta.ts';
import type { Status } from '../api/status.ts';
import { otherVersions } from '../api/versions/index.ts';
import type { Actor } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import { create } from './create.ts';
import { bodyRefusal, encoded } from './decoding.ts';
import { remove } from './delete.ts';
import { removeCollection } from './deletecollection.ts';
import { type Tracker, updateTracker } from './fieldtracker.ts';
import { type Asked, Handling, type Serving } from './handling.ts';
import { list } from './list.ts';
import { homeOf } from './metadata.ts';
import { patch } from './patch.ts';
import { noSuchResource, notFound } from './reject.ts';
import { type Request, type Response, refused } from './request.ts';
import { futureVersion, parseVersion, unreadableVersion } from './resourceversions.ts';
import { Said } from './said.ts';
import { updateScale } from './scale.ts';
import { scaleOf } from './scaleof.ts';
import { post } from './subresources.ts';
import { update } from './update.ts';
import { translated, versionIn } from './versions.ts';

export type { Handling } from './handling.ts';

/** What the server needs of its surroundings. */
export interface Surroundings {
  readonly now: number;
  readonly seed: number;
}

export class ApiServer {
  /** Whether roles and bindings decide what users may do, where expressions ask for it. */
  rbac = false;

  readonly #store: Store;
  readonly #log: Log;
  readonly #env: Surroundings;
  readonly #serving: Serving;
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
    this.#serving = {
      store,
      log,
      env,
      options: this,
      handle: (request, by, causes) => this.handle(request, by, causes),
      trackerFor: (request, kind, by) => this.#trackerFor(request, kind, by),
    };
  }

  handle(request: Request, by: Actor, causes: readonly number[]): Response {
    const kind = kindIn(request.kind, this.#store.view(), versionIn(request));
    const said = new Said();
    const answer =
      kind === undefined
        ? refused(noSuchResource())
        : otherVersions(kind).length === 0
          ? this.#answer(request, this.#handling(kind, { by, causes, request, said }))
          : translated(request, kind, (asked) =>
              this.#answer(asked, this.#handling(kind, { by, causes, request: asked, said })),
            );
    const response = said.isSilent ? answer : withSaid(answer, said);
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
        const unfit = this.#versionRefusal(request.resourceVersion);
        if (unfit !== undefined) return refused(unfit);
        const object = handling.held(request.namespace, request.name);
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

  /** Why no version at least as new as this can be shown. */
  #versionRefusal(text = ''): Status | undefined {
    const version = parseVersion(text);
    if (version === undefined) return unreadableVersion(text);
    const { revision } = this.#store;
    return version > revision ? futureVersion(version, revision) : undefined;
  }

  #handling(kind: Kind, asked: Asked): Handling {
    return new Handling(this.#serving, kind, asked);
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

function withSaid(response: Response, { warnings, annotations }: Said): Response {
  return {
    ...response,
    ...(warnings === undefined ? {} : { warnings }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** Components of the control plane share the names of their programs. */
const managerOf = (by: Actor): string =>
  by.startsWith('kubelet/')
    ? 'kubelet'
    : by.endsWith('-controller') || by.endsWith('-collector')
      ? 'kube-controller-manager'
      : by.slice(by.indexOf('/') + 1);

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
