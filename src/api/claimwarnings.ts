/** What the authors of claims are warned of, wherever their specs stand (upstream's pkg/api/persistentvolumeclaim). */
import type { PersistentVolumeClaimSpec } from './persistentvolumeclaim.ts';
import { milliOf } from './quantity.ts';

export function* claimSpecWarnings(
  { resources = {} }: PersistentVolumeClaimSpec,
  at: string,
): Generator<string> {
  for (const list of ['requests', 'limits'] as const) {
    const value = resources[list]?.['storage'];
    if (value === undefined || milliOf(value) % 1000 === 0) continue;
    const why = `fractional byte value "${value}" is invalid, must be an integer`;
    yield `${at}.resources.${list}[storage]: ${why}`;
  }
}
