/** The table of DaemonSets (api-08 §3). */
import type { DaemonSet } from '../daemonset.ts';
import {
  ageColumn,
  type Column,
  column,
  labelsText,
  nameColumn,
  selectorColumn,
  templateColumns,
} from './column.ts';

export const daemonSetColumns: readonly Column<DaemonSet>[] = [
  nameColumn,
  column('Desired', ({ status }) => status.desiredNumberScheduled),
  column('Current', ({ status }) => status.currentNumberScheduled),
  column('Ready', ({ status }) => status.numberReady),
  column('Up-to-date', ({ status }) => status.updatedNumberScheduled ?? 0),
  column('Available', ({ status }) => status.numberAvailable ?? 0),
  column('Node Selector', ({ spec }) => labelsText(spec.template.spec.nodeSelector)),
  ageColumn,
  ...templateColumns,
  selectorColumn,
];
