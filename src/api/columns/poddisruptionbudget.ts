/** The table of PodDisruptionBudgets (api-08 §3). */
import type { PodDisruptionBudget } from '../poddisruptionbudget.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

const shown = (value: number | string | undefined): string =>
  value === undefined ? 'N/A' : String(value);

export const podDisruptionBudgetColumns: readonly Column<PodDisruptionBudget>[] = [
  nameColumn,
  column('Min Available', ({ spec }) => shown(spec.minAvailable)),
  column('Max Unavailable', ({ spec }) => shown(spec.maxUnavailable)),
  column('Allowed Disruptions', ({ status }) => status.disruptionsAllowed),
  ageColumn,
];
