/**
 * ClusterRole aggregation (ctl-08 §E): a role that names others by their labels has the rules of all
 * of them, in the order of their names, each once.
 */
import { semanticDeepEqual } from '../api/equal.ts';
import type { Key, KubeObject } from '../api/meta.ts';
import type { LabelSelector } from '../api/pod/podspec.ts';
import { selectorOf } from '../api/selectors/selectors.ts';
import type { Requests } from '../sim/component.ts';
import { type Controller, type ControllerContext, call, type Outcome } from '../sim/controller.ts';
import type { View } from '../store/view.ts';

interface ClusterRole extends KubeObject {
  readonly rules?: readonly unknown[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

const name = 'clusterrole-aggregation-controller';

export const clusterRoleAggregation = (): Controller => ({
  name,
  watches: ['ClusterRole'],
  // Who is part of whom is not known: all are looked at again, there are few.
  keysFor(_event, { view, queue }) {
    for (const { metadata, aggregationRule } of view.list<ClusterRole>('ClusterRole')) {
      if (aggregationRule !== undefined) queue.add(metadata.name);
    }
  },
  reconcile,
});

function* reconcile(key: Key, { view }: ControllerContext): Requests<Outcome> {
  const role = view.get<ClusterRole>('ClusterRole', key);
  if (role?.aggregationRule === undefined) return undefined;
  const rules = aggregated(role, view);
  if (semanticDeepEqual(rules, role.rules)) return undefined;
  const applied = yield* call({
    verb: 'patch',
    kind: 'ClusterRole',
    name: key,
    patchType: 'apply',
    fieldManager: name,
    force: true,
    patch: {
      apiVersion: role.apiVersion,
      kind: role.kind,
      metadata: { name: key },
      ...(rules.length === 0 ? {} : { rules }),
    },
  });
  return applied.ok ? undefined : { error: applied.status.message };
}

function aggregated({ metadata, aggregationRule }: ClusterRole, view: View): readonly unknown[] {
  const all = view
    .list<ClusterRole>('ClusterRole')
    .filter((other) => other.metadata.name !== metadata.name)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: unknown[] = [];
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const matches = selectorOf(selector);
    for (const rule of all.flatMap((role) =>
      matches(role.metadata.labels) ? (role.rules ?? []) : [],
    )) {
      if (!rules.some((known) => semanticDeepEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
