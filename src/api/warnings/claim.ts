/** What the authors of claims are warned of, wherever their specs stand (upstream's pkg/api/persistentvolumeclaim). */

import { milliOf } from '../quantity.ts';
import type { PersistentVolumeClaimSpec } from '../volume/persistentvolumeclaim.ts';

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
