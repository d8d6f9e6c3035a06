/** `metadata.managedFields`: who set which fields, as the API stores it (api-04 §5.3). */
import { type FieldSet, union } from './fieldset.ts';

export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldSet;
  readonly subresource?: string;
}

/** One manager, and its fields. */
export interface Managed {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** Update entries of one object; older ones become those of this manager. */
const updatesMax = 10;
const ancient = 'ancient-changes';

/** `undefined`: some do not decode, and none counts. */
export function decodeEntries(
  entries: readonly ManagedFieldsEntry[],
): readonly Managed[] | undefined {
  const managed: Managed[] = [];
  for (const entry of entries) {
    const { manager = '', operation, apiVersion, subresource = '', time = '', fieldsV1 } = entry;
    const isKnown = operation === 'Apply' || operation === 'Update';
    if (!isKnown || !apiVersion || entry.fieldsType !== 'FieldsV1') return undefined;
    managed.push({ manager, operation, apiVersion, subresource, time, fields: fieldsV1 ?? {} });
  }
  return managed;
}

export function encodeEntries(managed: readonly Managed[]): readonly ManagedFieldsEntry[] {
  return [...capped(managed)].sort(inOrder).map((one) => {
    const { manager, operation, apiVersion, subresource, time, fields } = one;
    return {
      manager,
      operation,
      apiVersion,
      ...(time === '' ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fields,
      ...(subresource === '' ? {} : { subresource }),
    };
  });
}

const inOrder = (a: Managed, b: Managed): number =>
  compareText(a.operation, b.operation) ||
  compareText(a.time, b.time) ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The oldest updates are merged where there are too many. */
function capped(managed: readonly Managed[]): readonly Managed[] {
  const updates = managed.filter(({ operation }) => operation === 'Update').sort(inOrder);
  const surplus = updates.length - updatesMax;
  if (surplus <= 0) return managed;
  const merged = new Map<string, Managed>();
  const gone = new Set<Managed>();
  let left = updates.length;
  for (const one of updates) {
    if (left <= updatesMax) break;
    gone.add(one);
    const known = merged.get(one.apiVersion);
    const fields = known === undefined ? one.fields : union(known.fields, one.fields);
    merged.set(one.apiVersion, { ...one, manager: ancient, subresource: '', fields });
    if (known !== undefined) left -= 1;
  }
  return [...managed.filter((one) => !gone.has(one)), ...merged.values()];
}
