/** Which kinds are served in several versions, and how one becomes another. */
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import { eventVersion } from './event.ts';
import { autoscalerVersion } from './horizontalpodautoscaler.ts';
import type { Version } from './version.ts';

const others: Readonly<Record<string, readonly Version[]>> = {
  Event: [eventVersion],
  HorizontalPodAutoscaler: [autoscalerVersion],
};

const none: readonly Version[] = [];

/** All but the stored one. */
export const otherVersions = (kind: Kind): readonly Version[] =>
  kind.storage === undefined ? (others[kind.kind] ?? none) : none;

const versionOf = (kind: Kind, apiVersion: string): Version | undefined =>
  otherVersions(kind).find((version) => version.apiVersion === apiVersion);

/** Whether objects of this version are served as this kind. */
export const isServed = (kind: Kind, apiVersion: string): boolean =>
  kind.apiVersion === apiVersion || versionOf(kind, apiVersion) !== undefined;

/** What a client sent, as it is stored. */
export function stored<T extends KubeObject>(object: T, kind: Kind): T {
  if (object.apiVersion === kind.apiVersion || object.apiVersion === undefined) return object;
  return (versionOf(kind, object.apiVersion)?.to(object) as T | undefined) ?? object;
}

/** What is stored, in the version that a client speaks. */
export function spoken<T extends KubeObject>(object: T, kind: Kind, apiVersion?: string): T {
  if (apiVersion === undefined || apiVersion === object.apiVersion) return object;
  return (versionOf(kind, apiVersion)?.from(object) as T | undefined) ?? object;
}
