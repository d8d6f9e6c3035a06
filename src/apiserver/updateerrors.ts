/** What may not be in an update. Metadata is validated twice, as upstream does: causes repeat. */
import type { FieldError, Kind } from '../api/kind.ts';
import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import { invalid, invalidRaw } from '../api/validation/errors.ts';
import { validateMetadata, validateMetadataUpdate } from '../api/validation/metadata.ts';

const none: readonly FieldError[] = [];

export function updateErrors(
  given: KubeObject,
  next: KubeObject,
  current: KubeObject,
  kind: Kind,
  subresource: string | undefined,
): readonly FieldError[] {
  const own = ownErrors(next, current, kind, subresource);
  const common = metadataErrors(given.metadata, next.metadata, current.metadata, kind);
  return common.length === 0 ? own : [...common, ...own];
}

function ownErrors(
  next: KubeObject,
  current: KubeObject,
  kind: Kind,
  subresource: string | undefined,
): readonly FieldError[] {
  if (next === current) return none;
  if (subresource === 'status') return kind.validateStatusUpdate?.(next, current) ?? none;
  if (subresource === undefined) return kind.validateUpdate(next, current);
  return kind.validateSubresource?.(subresource, next, current) ?? none;
}

function metadataErrors(
  given: Partial<ObjectMeta>,
  next: ObjectMeta,
  current: ObjectMeta,
  kind: Kind,
): readonly FieldError[] {
  const marked = deletionMarkErrors(given, current);
  if (next === current) return marked.length === 0 ? none : [...marked, ...marked];
  const changed = validateMetadataUpdate(next, current);
  const all = validateMetadata(next, kind.kind);
  if (changed.length === 0 && all.length === 0 && marked.length === 0) return none;
  const once = [...changed, ...marked];
  const kept = all.filter(({ message }) => finalizerMayStay(message, kind));
  return [...kept, ...once, ...once];
}

/** Kinds that validate an update as they do a creation. */
const revalidated = new Set(['ReplicaSet', 'Node', 'Namespace']);

/** A finalizer without a domain is refused on creation, but most kinds let an update add it. */
const finalizerMayStay = (message: string, { kind }: Kind): boolean =>
  revalidated.has(kind) || !message.includes('neither a standard finalizer name');

/** Nobody marks an object as deleted by an update, or changes the mark. Leaving it out is fine. */
function deletionMarkErrors(
  given: Partial<ObjectMeta>,
  current: ObjectMeta,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const detail = 'field is immutable';
  const { deletionTimestamp, deletionGracePeriodSeconds } = given;
  if (deletionTimestamp && current.deletionTimestamp === undefined) {
    errors.push(invalidRaw('metadata.deletionTimestamp', goTime(deletionTimestamp), detail));
  }
  if (
    typeof deletionGracePeriodSeconds === 'number' &&
    deletionGracePeriodSeconds !== current.deletionGracePeriodSeconds
  ) {
    const field = 'metadata.deletionGracePeriodSeconds';
    errors.push(invalid(field, deletionGracePeriodSeconds, detail));
  }
  return errors;
}

/** A time as Go prints it: `2000-01-01 00:00:00 +0000 UTC`. */
const goTime = (text: string): string => text.replace('T', ' ').replace(/Z$/, ' +0000 UTC');
