/** Notes in `managedFields` who set which fields of what is written (api-04 §5.3). */
import type { Kind } from '../api/kind.ts';
import {
  decodeEntries,
  encodeEntries,
  type Managed,
  type ManagedFieldsEntry,
} from '../api/managedfields/entries.ts';
import type { FieldSet } from '../api/managedfields/fieldset.ts';
import { afterUpdate, type Workflow } from '../api/managedfields/manager.ts';
import { freeType } from '../api/managedfields/typed.ts';
import type { KubeObject } from '../api/meta.ts';
import { typeNameOf } from '../api/structure.ts';
import { timestamp } from '../api/time.ts';

export interface Tracker {
  /**
   * The object as it is to be stored. `given` is what the client asked for, where admission has added
   * to it since: nobody owns that.
   */
  noted(
    before: KubeObject | undefined,
    after: KubeObject,
    subresource: string | undefined,
    given?: KubeObject,
  ): KubeObject;
}

type Json = Readonly<Record<string, unknown>>;

export const managedFieldsOf = ({ metadata }: KubeObject): readonly ManagedFieldsEntry[] =>
  (metadata.managedFields ?? []) as readonly ManagedFieldsEntry[];

export function workflowOf(
  kind: Kind,
  manager: string,
  operation: 'Apply' | 'Update',
  subresource: string | undefined,
  apiVersion: string,
  now: number,
): Workflow {
  const typed = typeNameOf(kind.apiVersion, kind.kind);
  return {
    manager,
    operation,
    apiVersion,
    subresource: subresource ?? '',
    // Writes through a size are not timed (upstream's `ScaleHandler`).
    time: subresource === 'scale' ? '' : timestamp(now),
    type: typed === undefined ? (kind.type ?? freeType) : { ref: typed },
    reset: resetBy(kind, subresource),
  };
}

/** What a way of writing leaves as it is. */
function resetBy({ hasStatus }: Kind, subresource: string | undefined): FieldSet {
  if (subresource === 'status') return { 'f:spec': {} };
  return hasStatus && subresource !== 'scale' ? { 'f:status': {} } : {};
}

export function withManaged(object: KubeObject, managed: readonly Managed[]): KubeObject {
  const { managedFields: _before, ...metadata } = object.metadata;
  const managedFields = encodeEntries(managed);
  return {
    ...object,
    metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields },
  };
}

/** Tracks the updates of one manager. */
export function updateTracker(
  kind: Kind,
  manager: string,
  apiVersion: string,
  now: number,
): Tracker {
  return {
    noted(before, after, subresource, given = after) {
      const entries = managedFieldsOf(after);
      // Who has thrown away its tracking is not tracked again, until somebody applies.
      if (before !== undefined && entries.length === 0) return after;
      const managed = decodeEntries(entries);
      if (managed === undefined) return withManaged(after, []);
      const workflow = workflowOf(kind, manager, 'Update', subresource, apiVersion, now);
      const next = afterUpdate(
        before as Json | undefined,
        given as unknown as Json,
        managed,
        workflow,
      );
      return withManaged(after, next);
    },
  };
}
