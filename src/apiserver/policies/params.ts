/** The objects that a policy is parametrized with: none, one, or several, each a judgement of its own. */

import { kindIn } from '../../api/custom/index.ts';
import { groupOf } from '../../api/groups.ts';
import { kindOf } from '../../api/index.ts';
import { type Kind, nameOf } from '../../api/kind.ts';
import { type KubeObject, makeKey } from '../../api/meta.ts';
import { selectorOf } from '../../api/selectors/selectors.ts';
import type { View } from '../../store/view.ts';
import type { ParamRef, Policy } from './asked.ts';

export type Params =
  | { readonly ok: true; readonly list: readonly (KubeObject | undefined)[] }
  | { readonly ok: false; readonly why: string };

const of = (...list: (KubeObject | undefined)[]): Params => ({ ok: true, list });
const failed = (why: string): Params => ({ ok: false, why });

type ParamKind = NonNullable<Policy['spec']['paramKind']>;

function found({ apiVersion, kind }: ParamKind, view: View): Kind | undefined {
  const own = kindOf(kind);
  const group = groupOf(apiVersion);
  if (own !== undefined && groupOf(own.apiVersion) === group) return own;
  return kindIn(`${kind}.${group}`, view);
}

export function paramsOf(
  paramKind: ParamKind | undefined,
  reference: ParamRef | undefined,
  namespace: string | undefined,
  view: View,
): Params {
  if (paramKind === undefined || reference === undefined) return of(undefined);
  const kind = found(paramKind, view);
  if (kind === undefined) {
    return failed(`paramKind kind \`${paramKind.apiVersion}, Kind=${paramKind.kind}\` not known`);
  }
  if (!kind.namespaced && reference.namespace) {
    return failed('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  const home = kind.namespaced ? reference.namespace || namespace : undefined;
  if (kind.namespaced && home === undefined) {
    return failed(
      'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    );
  }
  const list = selected(kind, reference, home, view);
  if (list.length > 0) return of(...list);
  return reference.parameterNotFoundAction === 'Deny'
    ? failed('no params found for policy binding with `Deny` parameterNotFoundAction')
    : of();
}

function selected(
  kind: Kind,
  { name, selector }: ParamRef,
  home: string | undefined,
  view: View,
): readonly KubeObject[] {
  if (name) {
    const one = view.get(nameOf(kind), makeKey(home, name));
    return one === undefined ? [] : [one];
  }
  const all =
    home === undefined ? view.list(nameOf(kind)) : view.by(nameOf(kind), 'namespace', home);
  const selects = selectorOf(selector ?? {});
  return all
    .filter(({ metadata }) => selects(metadata.labels))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
