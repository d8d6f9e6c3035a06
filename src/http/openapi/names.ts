/** What OpenAPI calls things: kinds, the packages of their types, operations. */

/** A group, version and kind; the core group is the empty text. */
export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export type Json = Readonly<Record<string, unknown>>;

export const apiVersionOf = ({ group, version }: Gvk): string =>
  group === '' ? version : `${group}/${version}`;

/** Where upstream keeps the types of each package: `io.k8s.api.apps.v1.Deployment` of `apps.v1.Deployment`. */
export function fullName(name: string): string {
  if (/^(apis\.meta|api\.resource|util\.intstr|runtime|version)\b/.test(name)) {
    return `io.k8s.apimachinery.pkg.${name}`;
  }
  if (name.startsWith('apiextensions.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${name}`;
  if (name.startsWith('apiregistration.')) return `io.k8s.kube-aggregator.pkg.apis.${name}`;
  return `io.k8s.api.${name}`;
}

/** `com.example.v1.Website` of a custom kind. */
export const customName = ({ group, version }: Gvk, kind: string): string =>
  [...group.split('.').reverse(), version, kind].join('.');

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `rbac.authorization.k8s.io` as part of an operation's name: `RbacAuthorization`. */
const groupWord = (group: string): string =>
  (group === '' ? 'core' : group)
    .replace(/\.k8s\.io$/, '')
    .split(/[^A-Za-z0-9]+/)
    .map(capital)
    .join('');

/** The tag of a group's operations: `apps_v1`. */
export function tagOf({ group, version }: Pick<Gvk, 'group' | 'version'>): string {
  const word = groupWord(group);
  return `${word.slice(0, 1).toLowerCase()}${word.slice(1)}_${version}`;
}

/**
 * `listAppsV1NamespacedDeployment`: what generated clients call the operation (apiserver's
 * `GetOperationIDAndTags`). `words` come after group and version.
 */
export const operationId = (
  action: string,
  { group, version }: Pick<Gvk, 'group' | 'version'>,
  ...words: readonly string[]
): string => [action, groupWord(group), capital(version), ...words.map(capital)].join('');
