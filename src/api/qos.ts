/** Quality of service class of a Pod (api-05 §1). */
import type { PodSpec } from './podspec.ts';
import { milliOf } from './quantity.ts';

const remembered = new WeakMap<PodSpec, string>();

export function qosClassOf(spec: PodSpec): string {
  let found = remembered.get(spec);
  if (found === undefined) {
    found = compute(spec);
    remembered.set(spec, found);
  }
  return found;
}

const counted = ['cpu', 'memory'] as const;

function compute({ containers = [], initContainers = [] }: PodSpec): string {
  const requests: Record<string, number> = {};
  const limits: Record<string, number> = {};
  let guaranteed = true;
  for (const { resources = {} } of [...containers, ...initContainers]) {
    for (const name of counted) {
      const request = milliOf(resources.requests?.[name] ?? '0');
      const limit = milliOf(resources.limits?.[name] ?? '0');
      if (request > 0) requests[name] = (requests[name] ?? 0) + request;
      if (limit > 0) limits[name] = (limits[name] ?? 0) + limit;
      else guaranteed = false;
    }
  }
  const any = Object.keys(requests).length + Object.keys(limits).length > 0;
  if (!any) return 'BestEffort';
  const equal = counted.every(
    (name) => requests[name] === undefined || requests[name] === limits[name],
  );
  return guaranteed && equal ? 'Guaranteed' : 'Burstable';
}
