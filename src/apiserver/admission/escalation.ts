/**
 * Nobody gives what he has not: who makes a role, or binds one, must have all that it allows, or the right to go beyond
 * (upstream's pkg/registry/rbac, `policybased` storages, and component-helpers' rule validation).
 */
import { deepEqual } from '../../api/equal.ts';
import { kindOf } from '../../api/index.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { makeKey } from '../../api/meta.ts';
import type { Status } from '../../api/status.ts';
import type { View } from '../../store/view.ts';
import type { Handling } from '../apiserver.ts';
import { coversPath, coversResource, everything, has, type PolicyRule } from '../policyrule.ts';
import { rulesFor } from '../rbac.ts';
import { forbidden, noSuchResource, notFound } from '../reject.ts';
import type { User } from '../user.ts';

const group = 'rbac.authorization.k8s.io';

interface Granting extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: unknown;
  readonly roleRef?: { readonly kind: string; readonly name: string };
}

/** Whether a kind gives rights to somebody. */
export const isGranting = ({ kind, apiVersion }: Kind): boolean =>
  apiVersion.startsWith(`${group}/`) && /^(Cluster)?Role(Binding)?$/.test(kind);

export function escalationRefusal(
  object: KubeObject,
  before: KubeObject | undefined,
  handling: Handling,
): Status | undefined {
  if (before !== undefined && deepEqual(meant(object), meant(before))) return undefined;
  const { kind } = handling;
  return kind.kind.endsWith('Binding')
    ? bindingRefusal(object as Granting, handling)
    : roleRefusal(object as Granting, handling);
}

/** What holds an object, and whom it belongs to, gives nothing to anybody. */
const meant = ({ metadata: { labels, annotations }, ...rest }: KubeObject): object => ({
  ...rest,
  metadata: { labels, annotations },
});

function roleRefusal(role: Granting, handling: Handling): Status | undefined {
  const { user, allows, kind, store } = handling;
  const { name, namespace } = role.metadata;
  const home = namespace === undefined ? {} : { namespace };
  const escalate = { verb: 'escalate', group, resource: kind.resource, name, ...home };
  if (allows(user, escalate)) return undefined;
  const owned = rulesFor(user, namespace, store.view());
  const why = beyond(user, owned, role.rules ?? []);
  if (why !== undefined) return forbidden(kind, name, why);
  if (role.aggregationRule === undefined || missing(owned, everything).length === 0) {
    return undefined;
  }
  return forbidden(kind, name, 'must have cluster-admin privileges to use the aggregationRule');
}

function bindingRefusal({ metadata, roleRef }: Granting, handling: Handling): Status | undefined {
  const { user, allows, kind, store } = handling;
  const { name, namespace } = metadata;
  if (roleRef === undefined) return undefined;
  const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  const home = namespace === undefined ? {} : { namespace };
  if (allows(user, { verb: 'bind', group, resource, name: roleRef.name, ...home })) {
    return undefined;
  }
  const view = store.view();
  const role = roleOf(roleRef, namespace, view);
  if (role === undefined) {
    const named = kindOf(roleRef.kind);
    return named === undefined ? noSuchResource() : notFound(named, roleRef.name);
  }
  const why = beyond(user, rulesFor(user, namespace, view), role.rules ?? []);
  return why === undefined ? undefined : forbidden(kind, name, why);
}

const roleOf = (
  { kind, name }: NonNullable<Granting['roleRef']>,
  namespace: string | undefined,
  view: View,
): Granting | undefined =>
  view.get<Granting>(kind, kind === 'Role' ? makeKey(namespace, name) : name);

function beyond(
  { username, groups }: User,
  owned: readonly PolicyRule[],
  given: readonly PolicyRule[],
): string | undefined {
  const lacking = missing(owned, given);
  if (lacking.length === 0) return undefined;
  const told = [...new Set(compacted(lacking).map(ruleText))].sort().join('\n');
  const who = `user ${JSON.stringify(username)} (groups=${quoted(groups)})`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${told}`;
}

/** Parts of what is given that no rule covers as a whole. */
const missing = (owned: readonly PolicyRule[], given: readonly PolicyRule[]) =>
  given.flatMap(partsOf).filter((part) => !owned.some((rule) => covers(rule, part)));

/** One verb of one resource, or of one path. */
const partsOf = (rule: PolicyRule): readonly PolicyRule[] => [
  ...(rule.apiGroups ?? []).flatMap((one) =>
    (rule.resources ?? []).flatMap((resource) =>
      rule.verbs.flatMap((verb) => {
        const part = { apiGroups: [one], resources: [resource], verbs: [verb] };
        const names = rule.resourceNames ?? [];
        return names.length === 0
          ? [part]
          : names.map((name) => ({ ...part, resourceNames: [name] }));
      }),
    ),
  ),
  ...(rule.nonResourceURLs ?? []).flatMap((url) =>
    rule.verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })),
  ),
];

const hasAll = (list: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  wanted.every((one) => has(list, one));

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  const names = owner.resourceNames ?? [];
  return (
    hasAll(owner.verbs, part.verbs) &&
    hasAll(owner.apiGroups, part.apiGroups) &&
    (part.resources ?? []).every((one) => coversResource(owner.resources ?? [], one)) &&
    (part.nonResourceURLs ?? []).every((url) => coversPath(owner.nonResourceURLs ?? [], url)) &&
    (names.length === 0 || (part.resourceNames !== undefined && hasAll(names, part.resourceNames)))
  );
}

/** Verbs of the same thing stand together. */
function compacted(parts: readonly PolicyRule[]): readonly PolicyRule[] {
  const byThing = new Map<string, PolicyRule>();
  const rest: PolicyRule[] = [];
  for (const part of parts) {
    const { verbs, ...thing } = part;
    if (part.nonResourceURLs !== undefined) {
      rest.push(part);
      continue;
    }
    const key = JSON.stringify(thing);
    const known = byThing.get(key);
    byThing.set(key, known === undefined ? part : { ...known, verbs: [...known.verbs, ...verbs] });
  }
  return [...rest, ...byThing.values()];
}

/** As Go shows texts in a row. */
const quoted = (texts: readonly string[]): string =>
  `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;

function ruleText(rule: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  const told = parts.flatMap(([name, texts = []]) =>
    texts.length === 0 ? [] : [`${name}:${quoted(texts)}`],
  );
  return `{${told.join(', ')}}`;
}
