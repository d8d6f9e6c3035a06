/** The table of Deployments (api-08 §3). */
import type { Deployment } from '../deployment.ts';
import {
  ageColumn,
  type Column,
  column,
  nameColumn,
  selectorColumn,
  templateColumns,
} from './column.ts';

export const deploymentColumns: readonly Column<Deployment>[] = [
  nameColumn,
  column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}`),
  column('Up-to-date', ({ status }) => status.updatedReplicas ?? 0),
  column('Available', ({ status }) => status.availableReplicas ?? 0),
  ageColumn,
  ...templateColumns,
  selectorColumn,
];
