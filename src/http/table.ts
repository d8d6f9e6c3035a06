/** Objects as a Table: the columns of their kind, with all cells (api-08 §1). */
import { ageOf, type Column, defaultColumns } from '../api/columns/column.ts';
import { byPrecedence } from '../api/columns/flowcontrol.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { stored } from '../api/versions/index.ts';
import { tablesText } from './data/tables.ts';

interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

export type IncludeObject = 'None' | 'Metadata' | 'Object';

let definitions:
  | Readonly<Record<string, readonly Omit<ColumnDefinition, 'description'>[]>>
  | undefined;

function definitionsOf(
  { apiVersion, resource }: Kind,
  columns: readonly Column[],
): readonly ColumnDefinition[] {
  definitions ??= JSON.parse(tablesText) as NonNullable<typeof definitions>;
  const known = definitions[`${apiVersion}/${resource}`] ?? [];
  return columns.map(({ name, wide, declared }) => {
    if (declared !== undefined) return { name, ...declared };
    const one = known.find((definition) => definition.name === name);
    return {
      name,
      type: one?.type ?? 'string',
      format: one?.format ?? (name === 'Name' ? 'name' : ''),
      description: '',
      priority: one?.priority ?? (wide ? 1 : 0),
    };
  });
}

export interface TableOptions {
  readonly version: string;
  readonly includeObject: IncludeObject;
  readonly now: number;
  /** A stream says its columns once. */
  readonly withoutColumns?: boolean;
}

export function tableOf(
  objects: readonly KubeObject[],
  kind: Kind,
  metadata: unknown,
  { version, includeObject, now, withoutColumns = false }: TableOptions,
) {
  const { columns = defaultColumns } = kind;
  // Whatever version of the API's own kinds is spoken, columns are those of the stored one.
  const cellsOf = (object: KubeObject) => columns.map(({ cell }) => cell(object, now));
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withoutColumns ? null : definitionsOf(kind, columns),
    rows: inOrder(objects, kind).map((object) => ({
      cells: cellsOf(stored(object, kind)),
      ...conditionsOf(object),
      object: shownAs(object, includeObject, version),
    })),
  };
}

/** FlowSchemas are asked in the order of their precedence, and shown so. */
const inOrder = (objects: readonly KubeObject[], { kind }: Kind): readonly KubeObject[] =>
  kind === 'FlowSchema' ? byPrecedence(objects) : objects;

interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas?: number };
}

/** What scales is no stored kind, and has a table of its own. */
export function scaleTable(scale: KubeObject, { version, includeObject, now }: TableOptions) {
  const { metadata, spec, status } = scale as Scale;
  const definition = (name: string, type: string, format = '') => ({
    name,
    type,
    format,
    description: '',
    priority: 0,
  });
  const age = ageOf(metadata.creationTimestamp, now);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: { resourceVersion: metadata.resourceVersion },
    columnDefinitions: [
      definition('Name', 'string', 'name'),
      definition('Desired', 'integer'),
      definition('Available', 'integer'),
      definition('Age', 'string'),
    ],
    rows: [
      {
        cells: [metadata.name, spec.replicas ?? 0, status.replicas ?? 0, age],
        object: shownAs(scale, includeObject, version),
      },
    ],
  };
}

const shownAs = (object: KubeObject, includeObject: IncludeObject, version: string) =>
  includeObject === 'None' ? null : includeObject === 'Object' ? object : partial(object, version);

/** kubectl shows what has ended in another way. */
function conditionsOf(object: KubeObject) {
  if (object.kind !== 'Pod') return {};
  const { phase } = (object.status ?? {}) as { phase?: string };
  if (phase !== 'Succeeded' && phase !== 'Failed') return {};
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return { conditions: [{ type: 'Completed', status: 'True', reason: phase, message }] };
}

/** An object without all but its metadata. */
export const partial = ({ metadata }: KubeObject, version = 'v1') => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
});
