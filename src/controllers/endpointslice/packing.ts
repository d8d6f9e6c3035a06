/**
 * Which slices the endpoints of one list of ports go to (ctl-08 §A): few writes rather than full
 * slices, since every write goes to every node.
 */

import { semanticDeepEqual } from '../../api/equal.ts';
import type { Endpoint, EndpointSlice } from '../../api/service/endpointslice.ts';

export interface Packing {
  /** Endpoints of each new slice. */
  readonly create: readonly (readonly Endpoint[])[];
  readonly update: readonly Packed[];
  readonly remove: readonly EndpointSlice[];
}

export interface Packed {
  readonly slice: EndpointSlice;
  readonly endpoints: readonly Endpoint[];
}

/** What stays the same while an endpoint changes: it is then updated where it is. */
export const endpointKey = ({ addresses, hostname, targetRef }: Endpoint): string =>
  JSON.stringify([[...addresses].sort(), hostname ?? '', targetRef?.namespace, targetRef?.name]);

/** Whether all else of an endpoint of that key is the same. */
export const isSame = (a: Endpoint, b: Endpoint): boolean =>
  a.nodeName === b.nodeName &&
  a.zone === b.zone &&
  semanticDeepEqual(a.conditions, b.conditions) &&
  semanticDeepEqual(withoutVersion(a), withoutVersion(b));

/** Users may have written the version of a Pod there; it means nothing. */
const withoutVersion = ({ targetRef }: Endpoint) => ({ ...targetRef, resourceVersion: undefined });

interface Filling {
  readonly slice: EndpointSlice;
  readonly endpoints: Endpoint[];
}

/**
 * `existing` are slices of these ports, `limit` the most endpoints of one; `relabelled` tells which
 * must be written even if their endpoints stay.
 */
export function pack(
  existing: readonly EndpointSlice[],
  desired: readonly Endpoint[],
  limit: number,
  relabelled: (slice: EndpointSlice) => boolean = () => false,
): Packing {
  const left = new Map(desired.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const changed: Filling[] = [];
  const unchanged = new Set<EndpointSlice>();
  const remove: EndpointSlice[] = [];
  for (const slice of existing) {
    const kept = keep(slice, left);
    if (!kept.changed && !relabelled(slice)) unchanged.add(slice);
    else if (kept.changed && kept.endpoints.length === 0) remove.push(slice);
    else changed.push({ slice, endpoints: kept.endpoints });
  }
  const rest = [...left.values()];
  // Those that are written anyway come first, the fullest of them first of all.
  const fullestFirst = [...changed].sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const { endpoints } of fullestFirst) {
    endpoints.push(...rest.splice(0, Math.max(0, limit - endpoints.length)));
  }
  const create: Endpoint[][] = [];
  while (rest.length > 0) {
    const fitting = rest.length < limit ? tightest(unchanged, rest.length, limit) : undefined;
    if (fitting === undefined) {
      create.push(rest.splice(0, limit));
      continue;
    }
    unchanged.delete(fitting);
    changed.push({ slice: fitting, endpoints: [...(fitting.endpoints ?? []), ...rest.splice(0)] });
  }
  return { create, update: changed, remove };
}

/** What of a slice is still wanted, as it is wanted now; that is then no longer left to be placed. */
function keep(
  slice: EndpointSlice,
  left: Map<string, Endpoint>,
): { readonly endpoints: Endpoint[]; readonly changed: boolean } {
  const before = slice.endpoints ?? [];
  const endpoints: Endpoint[] = [];
  let changed = false;
  for (const old of before) {
    const key = endpointKey(old);
    const wanted = left.get(key);
    if (wanted === undefined) continue;
    left.delete(key);
    // What hints there are is judged apart from this, and hints alone are no change.
    const same = isSame(wanted, old);
    endpoints.push(same ? old : wanted);
    if (!same) changed = true;
  }
  return { endpoints, changed: changed || endpoints.length !== before.length };
}

/** The slice that has the least room left when all are added to it. */
function tightest(
  slices: Iterable<EndpointSlice>,
  count: number,
  limit: number,
): EndpointSlice | undefined {
  let best: EndpointSlice | undefined;
  let least = limit;
  for (const slice of slices) {
    const room = limit - count - (slice.endpoints?.length ?? 0);
    if (room < 0 || room >= least) continue;
    best = slice;
    least = room;
  }
  return best;
}
