/** GET of a collection, with selectors; in the order of the keys, as etcd has them. */
import type { Kind } from '../api/kind.ts';
import { type KubeObject, keyOf } from '../api/meta.ts';
import { fieldSelectorOf } from '../api/fieldselectors.ts';
import { parseSelector } from '../api/selectors.ts';
import type { Handling } from './apiserver.ts';
import { badRequest } from './reject.ts';
import { type ListRequest, type Response, refused } from './request.ts';

export function list(request: ListRequest, { store, kind }: Handling): Response {
  const labels = parseSelector(request.labelSelector ?? '');
  if (!labels.ok) return refused(badRequest(labels.message));
  const fields = fieldSelectorOf(request.fieldSelector ?? '', (object) => fieldsOf(object, kind));
  if (!fields.ok) return refused(badRequest(fields.message));
  const view = store.view();
  const candidates =
    request.namespace === undefined || !kind.namespaced
      ? view.list(kind.kind)
      : view.by(kind.kind, 'namespace', request.namespace);
  const items = candidates
    .filter((object) => labels.matches(object.metadata.labels) && fields.matches(object))
    .map((object) => [keyOf(object), object] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, object]) => object);
  return { ok: true, list: { items, resourceVersion: String(store.revision) } };
}

const fieldsOf = (object: KubeObject, kind: Kind): Readonly<Record<string, string>> => ({
  'metadata.name': object.metadata.name,
  ...(kind.namespaced ? { 'metadata.namespace': object.metadata.namespace ?? '' } : {}),
  ...kind.selectableFields?.(object),
});
