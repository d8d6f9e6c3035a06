/** What expressions of a policy may name: the object, the request, the namespace, parameters, variables. */
import { expressionOf } from '../../api/cel/check.ts';
import { CelError } from '../../api/cel/error.ts';
import { evaluate, Lazy, type Names } from '../../api/cel/evaluate.ts';
import { groupOf } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Handling } from '../handling.ts';
import type { Asked, Policy } from './asked.ts';
import { Authorizer } from './authorizer.ts';
import { namespaceOf } from './matching.ts';

/** What cannot be evaluated, in the words of the API server. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** @throws PolicyError */
export function judged(expression: string, names: Names): unknown {
  try {
    return evaluate(expressionOf(expression), names);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const shown = expression.trim();
    throw new PolicyError(`expression '${shown}' resulted in error: ${error.message}`);
  }
}

/** Each is evaluated when it is first asked for, and then remembered. */
class Variables extends Lazy {
  readonly type = 'kubernetes.variables';
  readonly #sources: ReadonlyMap<string, string>;
  readonly #names: () => Names;
  readonly #known = new Map<string, { readonly value: unknown }>();

  constructor(sources: ReadonlyMap<string, string>, names: () => Names) {
    super();
    this.#sources = sources;
    this.#names = names;
  }

  override field(name: string): { readonly value: unknown } | undefined {
    const source = this.#sources.get(name);
    if (source === undefined) return undefined;
    let known = this.#known.get(name);
    if (known === undefined) {
      known = { value: this.#evaluated(name, source) };
      this.#known.set(name, known);
    }
    return known;
  }

  #evaluated(name: string, source: string): unknown {
    try {
      return evaluate(expressionOf(source), this.#names());
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      throw new CelError(`composited variable "${name}" fails to evaluate: ${error.message}`);
    }
  }

  same(other: Variables): boolean {
    return other === this;
  }
}

function groupVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const [first = '', second] = apiVersion.split('/');
  return second === undefined ? { group: '', version: first } : { group: first, version: second };
}

const optionsKinds = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
  CONNECT: 'ConnectOptions',
};

function requestOf(asked: Asked, { kind, dryRun, user }: Handling): Record<string, unknown> {
  const { operation, subresource, bodyKind } = asked;
  const { metadata } = (asked.object ?? asked.before)!;
  const resource = { ...groupVersion(kind.apiVersion), resource: kind.resource };
  const about = bodyKind ?? { ...groupVersion(kind.apiVersion), kind: kind.kind };
  const namespace = kind.kind === 'Namespace' ? metadata.name : metadata.namespace;
  const { username, groups, uid, extra } = user;
  return {
    uid: '',
    kind: about,
    resource,
    ...(subresource === undefined ? {} : { subResource: subresource }),
    requestKind: about,
    requestResource: resource,
    ...(subresource === undefined ? {} : { requestSubResource: subresource }),
    ...(metadata.name === '' ? {} : { name: metadata.name }),
    ...(namespace === undefined ? {} : { namespace }),
    operation,
    userInfo: {
      username,
      groups,
      ...(uid === undefined ? {} : { uid }),
      ...(extra === undefined ? {} : { extra }),
    },
    dryRun,
    options: { kind: optionsKinds[operation], apiVersion: 'meta.k8s.io/v1' },
  };
}

/** @param params where the policy has parameters: what they are now */
export function namesOf(
  { spec }: Policy,
  asked: Asked,
  params: KubeObject | undefined,
  handling: Handling,
): Names {
  const { kind, store, user } = handling;
  const namespace = kind.kind === 'Namespace' ? undefined : namespaceOf(asked);
  const names: Record<string, unknown> = {
    object: asked.object ?? null,
    oldObject: asked.before ?? null,
    request: requestOf(asked, handling),
    namespaceObject: namespace === undefined ? null : (store.get('Namespace', namespace) ?? null),
    authorizer: new Authorizer(user, handling.allows, {
      group: groupOf(kind.apiVersion),
      resource: kind.resource,
      ...(asked.subresource === undefined ? {} : { subresource: asked.subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      name: (asked.object ?? asked.before)!.metadata.name,
    }),
    ...(spec.paramKind === undefined ? {} : { params: params ?? null }),
  };
  const sources = new Map((spec.variables ?? []).map(({ name, expression }) => [name, expression]));
  names['variables'] = new Variables(sources, () => names);
  return names;
}
