/** What a list or a watch is limited to, by label and field selectors. */

import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { type FieldTerm, parseFieldSelector } from '../api/selectors/fieldselectors.ts';
import { parseSelector } from '../api/selectors/selectors.ts';
import type { Status } from '../api/status.ts';
import { badRequest } from './reject.ts';

export interface Selecting {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export type Selection =
  | {
      readonly ok: true;
      readonly everything: boolean;
      readonly matches: (object: KubeObject) => boolean;
    }
  | { readonly ok: false; readonly status: Status };

export function selectionOf(
  { labelSelector = '', fieldSelector = '' }: Selecting,
  kind: Kind,
): Selection {
  const labels = parseSelector(labelSelector);
  if (!labels.ok) return { ok: false, status: badRequest(labels.message) };
  const fields = parseFieldSelector(fieldSelector);
  if (!fields.ok) return { ok: false, status: badRequest(fields.message) };
  const { terms } = fields;
  const unknown = unknownField(terms, kind);
  if (unknown !== undefined) return { ok: false, status: badRequest(unknown) };
  const everything = labels.requirements.length === 0 && terms.length === 0;
  return {
    ok: true,
    everything,
    matches: everything
      ? () => true
      : (object) => labels.matches(object.metadata.labels) && meetsAll(terms, object, kind),
  };
}

/** Why the selector names a field that the kind does not offer, if it does. */
function unknownField(
  terms: readonly FieldTerm[],
  { kind, apiVersion, namespaced, selectableFields }: Kind,
): string | undefined {
  for (const { field } of terms) {
    if (field === 'metadata.name') continue;
    if (selectableFields === undefined) {
      if (field === 'metadata.namespace') continue;
      return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
    }
    if (field === 'metadata.namespace' && namespaced) continue;
    if (Object.hasOwn(selectableFields, field)) continue;
    // One kind says whose field it would be.
    const whose = kind === 'ResourceSlice' ? ` for ${apiVersion}, Kind=${kind}` : '';
    return `field label not supported${whose}: ${field}`;
  }
  return undefined;
}

function meetsAll(terms: readonly FieldTerm[], object: KubeObject, kind: Kind): boolean {
  if (terms.length === 0) return true;
  const fields = fieldsOf(object, kind);
  return terms.every(({ field, equal, value }) => (fields[field] === value) === equal);
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
