/** Whether a toleration covers a taint (sched-03). Comparing numbers (`Gt`, `Lt`) is alpha, and off. */
import type { Taint } from '../../api/node.ts';
import type { Toleration } from '../../api/pod/podspec.ts';

export function tolerates(
  { key, operator = 'Equal', value = '', effect }: Toleration,
  taint: Taint,
): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  switch (operator) {
    case '':
    case 'Equal':
      return value === (taint.value ?? '');
    case 'Exists':
      return true;
    default:
      return false;
  }
}

export const toleratesAny = (
  tolerations: readonly Toleration[] | undefined,
  taint: Taint,
): boolean => tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false;
