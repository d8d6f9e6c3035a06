/** How many addresses one object holds (ctl-08 §A): ready ones first, each subset in proportion. */
import type { EndpointSubset } from '../../api/service/endpoints.ts';

/** Most addresses of one object. */
export const capacity = 1000;

const count = (subsets: readonly EndpointSubset[], where: keyof EndpointSubset): number =>
  subsets.reduce((sum, subset) => sum + (subset[where]?.length ?? 0), 0);

export const isOverCapacity = (subsets: readonly EndpointSubset[]): boolean =>
  count(subsets, 'addresses') + count(subsets, 'notReadyAddresses') > capacity;

/** The subsets as far as there is room; the same if they all have it. */
export function truncated(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  if (!isOverCapacity(subsets)) return subsets;
  const ready = count(subsets, 'addresses');
  const isReadyCut = ready > capacity;
  const where = isReadyCut ? 'addresses' : 'notReadyAddresses';
  const total = count(subsets, where);
  const room = isReadyCut ? capacity : capacity - ready;
  let left = room;
  return subsets.map((subset) => {
    const all = subset[where] ?? [];
    // Rounded up: the last subset may get less than its part.
    const kept = all.slice(0, Math.min(left, Math.ceil((all.length / total) * room)));
    left -= kept.length;
    const { addresses, notReadyAddresses, ...rest } = subset;
    const next = isReadyCut
      ? { addresses: kept }
      : { ...(addresses === undefined ? {} : { addresses }), notReadyAddresses: kept };
    return { ...next, ...rest };
  });
}
