/** GET of a collection, with selectors; in the order of the keys, as etcd has them (api-03 §2). */
import { fieldSelectorOf } from '../api/fieldselectors.ts';
import type { Kind } from '../api/kind.ts';
import { type KubeObject, keyOf } from '../api/meta.ts';
import { parseSelector } from '../api/selectors.ts';
import type { Handling } from './apiserver.ts';
import { badRequest } from './reject.ts';
import { type ListRequest, type Response, refused } from './request.ts';

export function list(request: ListRequest, { store, kind }: Handling): Response {
  const labels = parseSelector(request.labelSelector ?? '');
  if (!labels.ok) return refused(badRequest(labels.message));
  const fields = fieldSelectorOf(request.fieldSelector ?? '', (object) => fieldsOf(object, kind));
  if (!fields.ok) return refused(badRequest(fields.message));
  const unknown = unknownField(request.fieldSelector ?? '', kind);
  if (unknown !== undefined) return refused(badRequest(unknown));
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

const common = ['metadata.name', 'metadata.namespace'];

/** Why the selector names a field that the kind does not offer, if it does. */
function unknownField(selector: string, { selectableFields }: Kind): string | undefined {
  for (const term of selector.split(',')) {
    const field = term.split(/==|!=|=/)[0]!.trim();
    if (field === '' || common.includes(field)) continue;
    if (selectableFields === undefined) {
      return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
    }
    if (!Object.hasOwn(selectableFields, field)) return `field label not supported: ${field}`;
  }
  return undefined;
}

function fieldsOf(
  object: KubeObject,
  { selectableFields }: Kind,
): Readonly<Record<string, string>> {
  const { name, namespace = '' } = object.metadata;
  const fields: Record<string, string> = { 'metadata.name': name, 'metadata.namespace': namespace };
  for (const field in selectableFields) fields[field] = selectableFields[field]!(object);
  return fields;
}
