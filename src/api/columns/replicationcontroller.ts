/** The table of ReplicationControllers (api-08 §3). */
import type { ReplicationController } from '../replicationcontroller.ts';
import {
  ageColumn,
  type Column,
  column,
  labelsText,
  nameColumn,
  templateColumns,
} from './column.ts';

export const replicationControllerColumns = [
  nameColumn,
  column<ReplicationController>('Desired', ({ spec }) => spec.replicas),
  column<ReplicationController>('Current', ({ status }) => status.replicas),
  column<ReplicationController>('Ready', ({ status }) => status.readyReplicas ?? 0),
  ageColumn,
  ...templateColumns,
  column<ReplicationController>('Selector', ({ spec }) => labelsText(spec.selector ?? {}), true),
] as unknown as readonly Column<ReplicationController>[];
