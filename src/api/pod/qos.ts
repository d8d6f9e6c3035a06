/** Quality of service class of a Pod (api-05 §1). */

import { milliOf } from '../quantity.ts';
import type { PodSpec, ResourceRequirements } from './podspec.ts';

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

/** What is asked for of each, where that is more than nothing. */
type Asked = Record<string, number>;

function compute({ containers, initContainers, resources }: PodSpec): string {
  const requests: Asked = {};
  const limits: Asked = {};
  // Resources of the Pod as a whole leave its containers out of account.
  const parts = isAskedFor(resources)
    ? [resources]
    : [...(containers ?? []), ...(initContainers ?? [])].map((container) => container.resources);
  let isLimited = true;
  for (const part of parts) {
    for (const name of counted) {
      const request = milliOf(part?.requests?.[name] ?? '0');
      const limit = milliOf(part?.limits?.[name] ?? '0');
      if (request > 0) requests[name] = (requests[name] ?? 0) + request;
      if (limit > 0) limits[name] = (limits[name] ?? 0) + limit;
      else isLimited = false;
    }
  }
  if (Object.keys(requests).length + Object.keys(limits).length === 0) return 'BestEffort';
  const isEqual = counted.every((name) => requests[name] === limits[name]);
  return isLimited && isEqual ? 'Guaranteed' : 'Burstable';
}

/** Whether a Pod asks for anything as a whole; huge pages say nothing of its class, but they do count for that. */
const isAskedFor = ({ requests, limits }: ResourceRequirements = {}): boolean =>
  [requests, limits].some((list) =>
    Object.keys(list ?? {}).some(
      (name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-'),
    ),
  );
