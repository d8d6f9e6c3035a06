/** The columns of a kind as kubectl prints them: headings in upper case, every cell as text. */
import type { Column } from '../api/columns/column.ts';
import { defaultColumns } from '../api/columns/column.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';

export interface Printed {
  readonly heading: string;
  readonly cell: (object: KubeObject, now: number) => string;
}

/** With those that are shown with `-o wide` only if they are asked for. */
export function columnsOf(kind: Kind, wide = false): readonly Printed[] {
  const columns: readonly Column[] = kind.columns ?? defaultColumns;
  return columns
    .filter((column) => wide || column.wide !== true)
    .map(({ name, cell }) => ({
      heading: name.toUpperCase(),
      cell: (object, now) => String(cell(object, now) ?? ''),
    }));
}
