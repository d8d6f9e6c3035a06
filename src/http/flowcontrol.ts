/** Which FlowSchema a request belongs to, and at which priority level: told in headers, and nobody is kept waiting. */
import type { KubeObject } from '../api/meta.ts';
import type { Store } from '../store/store.ts';
import type { User } from './context.ts';
import type { Attributes } from './rbac.ts';

interface Subject {
  readonly kind: string;
  readonly user?: { readonly name: string };
  readonly group?: { readonly name: string };
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

interface Rules {
  readonly subjects?: readonly Subject[];
  readonly resourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly namespaces?: readonly string[];
    readonly clusterScope?: boolean;
  }[];
  readonly nonResourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
}

interface FlowSchema extends KubeObject {
  readonly spec: {
    readonly priorityLevelConfiguration: { readonly name: string };
    readonly matchingPrecedence?: number;
    readonly rules?: readonly Rules[];
  };
}

const schemas = 'FlowSchema';

/** The headers of an answer; none while there are no schemas. */
export class FlowControl {
  readonly #store: Store;
  #changes = -1;
  #inOrder: readonly FlowSchema[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  headersFor(user: User, wanted: Attributes): Readonly<Record<string, string>> {
    const found = this.#schemas().find(({ spec: { rules = [] } }) =>
      rules.some((one) => isAbout(one, user, wanted)),
    );
    if (found === undefined) return {};
    const { name } = found.spec.priorityLevelConfiguration;
    const level = this.#store.get('PriorityLevelConfiguration', name);
    return {
      'X-Kubernetes-Pf-Flowschema-Uid': found.metadata.uid,
      'X-Kubernetes-Pf-Prioritylevel-Uid': level?.metadata.uid ?? '',
    };
  }

  /** The lowest precedence comes first. */
  #schemas(): readonly FlowSchema[] {
    const newest = this.#store.channel(schemas).length;
    if (newest !== this.#changes) {
      this.#changes = newest;
      const precedence = ({ spec }: FlowSchema) => spec.matchingPrecedence ?? 1_000;
      this.#inOrder = this.#store
        .view()
        .list<FlowSchema>(schemas)
        .toSorted(
          (a, b) => precedence(a) - precedence(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
        );
    }
    return this.#inOrder;
  }
}

function isAbout({ subjects = [], ...rules }: Rules, user: User, wanted: Attributes): boolean {
  if (!subjects.some((subject) => isOne(user, subject))) return false;
  const { verb, path, namespace, group = '', resource = '', subresource } = wanted;
  if (path !== undefined) {
    return (rules.nonResourceRules ?? []).some(
      ({ verbs, nonResourceURLs }) =>
        has(verbs, verb) && nonResourceURLs.some((pattern) => covers(pattern, path)),
    );
  }
  const whole = subresource ? `${resource}/${subresource}` : resource;
  return (rules.resourceRules ?? []).some(
    ({ verbs, apiGroups, resources, namespaces = [], clusterScope }) =>
      has(verbs, verb) &&
      has(apiGroups, group) &&
      has(resources, whole) &&
      (namespace === undefined ? clusterScope === true : has(namespaces, namespace)),
  );
}

function isOne({ username, groups }: User, { user, group, serviceAccount }: Subject): boolean {
  if (user !== undefined) return user.name === '*' || user.name === username;
  if (group !== undefined) return group.name === '*' || groups.includes(group.name);
  if (serviceAccount === undefined) return false;
  const prefix = `system:serviceaccount:${serviceAccount.namespace}:`;
  const { name } = serviceAccount;
  return name === '*' ? username.startsWith(prefix) : username === `${prefix}${name}`;
}

const has = (list: readonly string[], wanted: string): boolean =>
  list.includes('*') || list.includes(wanted);

const covers = (pattern: string, path: string): boolean =>
  pattern === '*' ||
  pattern === path ||
  (pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1)));
