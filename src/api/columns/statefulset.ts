/** The table of StatefulSets (api-08 §3). */
import type { StatefulSet } from '../statefulset.ts';
import { ageColumn, type Column, column, nameColumn, templateColumns } from './column.ts';

export const statefulSetColumns: readonly Column<StatefulSet>[] = [
  nameColumn,
  column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}`),
  ageColumn,
  ...templateColumns,
];
