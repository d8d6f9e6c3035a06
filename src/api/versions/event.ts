/** Events as events.k8s.io/v1 tells them: other names for the same fields. */
import type { KubeObject } from '../meta.ts';
import type { Version } from './version.ts';

/** Names in events.k8s.io/v1, and those that are stored. */
const names: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reportingController', 'reportingComponent'],
];

const toStored = new Map(names);
const fromStored = new Map(names.map(([modern, stored]) => [stored, modern]));

const renamed = (
  object: KubeObject,
  apiVersion: string,
  by: ReadonlyMap<string, string>,
): KubeObject => {
  const fields = Object.entries(object).map(([name, part]) => [by.get(name) ?? name, part]);
  return { ...Object.fromEntries(fields), apiVersion } as KubeObject;
};

export const eventVersion: Version = {
  apiVersion: 'events.k8s.io/v1',
  from: (stored) => renamed(stored, 'events.k8s.io/v1', fromStored),
  to: (given) => renamed(given, 'v1', toStored),
};
