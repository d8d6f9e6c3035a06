/** Which zones and nodes an endpoint is meant for, where the Service asks for near ones (ctl-08 §A). */

import { semanticDeepEqual } from '../../api/equal.ts';
import type { Endpoint, EndpointSlice } from '../../api/service/endpointslice.ts';
import type { SliceDraft } from './slices.ts';

const nearby = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode']);

/** Endpoints that are not ready keep the hints that they have. */
function hinted(endpoint: Endpoint, distribution: string | undefined): Endpoint {
  const { hints, ...plain } = endpoint;
  if (distribution === undefined || !nearby.has(distribution)) {
    return hints === undefined ? endpoint : plain;
  }
  const { conditions, zone, nodeName } = endpoint;
  if (conditions.ready !== true) return endpoint;
  const forNode = distribution === 'PreferSameNode' ? nodeName : undefined;
  const next = {
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
    ...(forNode === undefined ? {} : { forNodes: [{ name: forNode }] }),
  };
  if (semanticDeepEqual(hints, next)) return endpoint;
  return Object.keys(next).length === 0 ? plain : { ...plain, hints: next };
}

/** The same slice, if its hints are right. */
export function withHints<T extends EndpointSlice | SliceDraft>(
  slice: T,
  distribution: string | undefined,
): T {
  const before = slice.endpoints ?? [];
  const endpoints = before.map((endpoint) => hinted(endpoint, distribution));
  return endpoints.every((endpoint, i) => endpoint === before[i]) ? slice : { ...slice, endpoints };
}
