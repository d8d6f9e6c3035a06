/** Empties a namespace of one kind after the other, Pods first (OrderedNamespaceDeletion). */
import { type Definitions, kindsIn } from '../../api/custom/index.ts';
import { groupOf } from '../../api/index.ts';
import { type Kind, nameOf } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Status } from '../../api/status.ts';
import type { DeleteOptions, ObjectList } from '../../apiserver/request.ts';
import type { Requests } from '../../sim/component.ts';
import { type Findings, noTotals } from './conditions.ts';
import { finalizerSeconds, graceOf } from './estimate.ts';

/** A namespace that is being deleted, and for how many seconds it has been. */
export interface Doomed {
  readonly namespace: string;
  readonly passed: number;
}

/** What a pass achieved: `estimate` is the seconds until what is left will be gone. */
export interface Emptied extends Findings {
  readonly estimate: number;
  readonly errors: readonly string[];
}

/** What is left of one kind; an error may come with both. */
interface Left {
  readonly estimate: number;
  readonly items: readonly KubeObject[];
  readonly error?: string;
}

const options: DeleteOptions = { propagationPolicy: 'Background' };

/** While Pods are left, nothing else is touched, and nothing is said about what remains. */
export function* emptied(doomed: Doomed): Requests<Emptied> {
  const { kinds, error: discovery } = yield* discovered();
  const errors = discovery === undefined ? [] : [discovery];
  const content: string[] = [];
  const totals = noTotals();
  let estimate = 0;
  for (const kind of kinds) {
    const left = yield* emptiedOf(kind, doomed);
    const isPods = nameOf(kind) === 'Pod';
    estimate = Math.max(estimate, left.estimate);
    if (left.error !== undefined) {
      content.push(left.error);
      const about = `failed to delete pods for namespace: ${doomed.namespace}, err: `;
      errors.push(isPods ? `${about}${left.error}` : left.error);
    }
    if (isPods && (errors.length > 0 || left.items.length > 0)) break;
    if (left.items.length > 0) {
      totals.remaining.set(`${kind.resource}.${groupOf(kind.apiVersion)}`, left.items.length);
    }
    for (const finalizer of left.items.flatMap(({ metadata }) => metadata.finalizers ?? [])) {
      totals.finalizers.set(finalizer, (totals.finalizers.get(finalizer) ?? 0) + 1);
    }
  }
  return { discovery, content, totals, estimate, errors };
}

/**
 * The namespaced kinds that there are now: those of the API, and those that definitions define, by a
 * live look. Upstream's order is arbitrary; here it is that of groups and resources, behind Pods.
 */
function* discovered(): Requests<{
  readonly kinds: readonly Kind[];
  readonly error?: string | undefined;
}> {
  const found = yield { verb: 'list', kind: 'CustomResourceDefinition' };
  const items = found.ok ? (found.list as ObjectList).items : [];
  const definitions: Definitions = {
    list: <T extends KubeObject>() => items as readonly T[],
    by: () => [],
  };
  const kinds = kindsIn(definitions)
    .filter(({ namespaced }) => namespaced)
    .map((kind) => [rankOf(kind), kind] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, kind]) => kind);
  return found.ok ? { kinds } : { kinds, error: found.status.message };
}

const rankOf = (kind: Kind): string =>
  nameOf(kind) === 'Pod' ? '' : `${groupOf(kind.apiVersion)}/${kind.resource}`;

function* emptiedOf(kind: Kind, { namespace, passed }: Doomed): Requests<Left> {
  const own = { kind: nameOf(kind), namespace };
  let estimate = 0;
  if (own.kind === 'Pod') {
    const running = yield { verb: 'list', ...own };
    if (!running.ok) return { estimate, items: [], error: running.status.message };
    estimate = graceOf((running.list as ObjectList).items as readonly Pod[], passed);
  }
  const deleted = yield { verb: 'deletecollection', ...own, options };
  if (!deleted.ok) {
    const error = isUnsupported(deleted.status) ? yield* eachDeleted(own) : deleted.status.message;
    if (error !== undefined) return { estimate, items: [], error };
  }
  const rest = yield { verb: 'list', ...own };
  if (!rest.ok) {
    if (isUnsupported(rest.status)) return { estimate, items: [] };
    return { estimate, items: [], error: rest.status.message };
  }
  const { items } = rest.list as ObjectList;
  if (items.length === 0) return { estimate: 0, items };
  if (estimate > 0) return { estimate, items };
  if (items.some(({ metadata }) => metadata.finalizers !== undefined)) {
    return { estimate: finalizerSeconds, items };
  }
  const [group, version] = [groupOf(kind.apiVersion), kind.apiVersion.split('/').at(-1)];
  const what = `${group}/${version}, Resource=${kind.resource}`;
  const error = `unexpected items still remain in namespace: ${namespace} for gvr: ${what}`;
  return { estimate, items, error };
}

/** A kind that is not served any more, or whose collection cannot be deleted. */
const isUnsupported = ({ reason }: Status): boolean =>
  reason === 'NotFound' || reason === 'MethodNotAllowed';

/** One by one; why that failed, if it did. */
function* eachDeleted(own: { kind: string; namespace: string }): Requests<string | undefined> {
  const found = yield { verb: 'list', ...own };
  if (!found.ok) return isUnsupported(found.status) ? undefined : found.status.message;
  for (const { metadata } of (found.list as ObjectList).items) {
    const deleted = yield { verb: 'delete', ...own, name: metadata.name, options };
    if (!deleted.ok && !isUnsupported(deleted.status)) return deleted.status.message;
  }
  return undefined;
}
