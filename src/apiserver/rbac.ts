/** Role based access control: what the stored roles and bindings allow a user (api-02 §11). */
import type { KubeObject } from '../api/meta.ts';
import type { View } from '../store/view.ts';
import { coversPath, coversResource, everything, has, type PolicyRule } from './policyrule.ts';
import type { User } from './user.ts';

/** What somebody wants to do. */
export interface Attributes {
  readonly verb: string;
  readonly namespace?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** Instead of a resource. */
  readonly path?: string;
}

interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
}

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

const masters = 'system:masters';

/** What everybody may do: find out what there is, and who they are. */
const discovery: readonly PolicyRule[] = [
  {
    verbs: ['get'],
    nonResourceURLs: [
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
      '/version/',
    ],
  },
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  {
    verbs: ['create'],
    apiGroups: ['authentication.k8s.io'],
    resources: ['selfsubjectreviews'],
  },
];

/** All rules that apply to a user in a namespace (undefined: only those of the cluster). */
export function rulesFor(
  user: User,
  namespace: string | undefined,
  view: View,
): readonly PolicyRule[] {
  if (user.groups.includes(masters)) return everything;
  const known = user.groups.includes('system:authenticated') ? discovery : [];
  const cluster = view.list<Binding>('ClusterRoleBinding');
  const local =
    namespace === undefined ? [] : view.by<Binding>('RoleBinding', 'namespace', namespace);
  return [
    ...known,
    ...[...cluster, ...local]
      .filter((binding) => isBound(user, binding))
      .flatMap((binding) => rulesOf(binding, view)),
  ];
}

function rulesOf({ roleRef, metadata }: Binding, view: View): readonly PolicyRule[] {
  if (roleRef.kind === 'ClusterRole' && roleRef.name === 'cluster-admin') {
    return everything;
  }
  const key =
    roleRef.kind === 'Role' ? `${metadata.namespace ?? ''}/${roleRef.name}` : roleRef.name;
  return view.get<Role>(roleRef.kind, key)?.rules ?? [];
}

const isBound = ({ username, groups }: User, { subjects = [] }: Binding): boolean =>
  subjects.some(({ kind, name, namespace }) => {
    if (kind === 'User') return name === username;
    if (kind === 'Group') return groups.includes(name);
    return username === `system:serviceaccount:${namespace ?? ''}:${name}`;
  });

export const isAllowed = (user: User, wanted: Attributes, view: View): boolean =>
  rulesFor(user, wanted.namespace, view).some((rule) => allows(rule, wanted));

function allows(
  rule: PolicyRule,
  { verb, group = '', resource, subresource, name, path }: Attributes,
) {
  if (!has(rule.verbs, verb)) return false;
  if (path !== undefined) return coversPath(rule.nonResourceURLs ?? [], path);
  if (resource === undefined || !has(rule.apiGroups ?? [], group)) return false;
  const whole = subresource ? `${resource}/${subresource}` : resource;
  if (!coversResource(rule.resources ?? [], whole)) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || (name !== undefined && names.includes(name));
}

/** As the server refuses it. */
export function forbiddenText({ username }: User, wanted: Attributes): string {
  const { verb, namespace, group = '', resource = '', subresource, name, path } = wanted;
  if (path !== undefined) return `forbidden: User "${username}" cannot ${verb} path "${path}"`;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const target = name === undefined ? qualified : `${qualified} "${name}"`;
  const whole = subresource ? `${resource}/${subresource}` : resource;
  const where =
    namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `${target} is forbidden: User "${username}" cannot ${verb} resource "${whole}" in API group "${group}" ${where}`;
}
