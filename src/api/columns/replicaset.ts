/** The table of ReplicaSets (api-08 §3). */
import type { ReplicaSet } from '../replicaset.ts';
import {
  ageColumn,
  type Column,
  column,
  nameColumn,
  selectorColumn,
  templateColumns,
} from './column.ts';

export const replicaSetColumns: readonly Column<ReplicaSet>[] = [
  nameColumn,
  column('Desired', ({ spec }) => spec.replicas),
  column('Current', ({ status }) => status.replicas),
  column('Ready', ({ status }) => status.readyReplicas ?? 0),
  ageColumn,
  ...templateColumns,
  selectorColumn,
];
