/** Every kind that the API server serves. A new kind adds its line. */
import { deploymentKind } from './deployment.ts';
import { eventKind } from './event.ts';
import type { IndexOf, Kind } from './kind.ts';
import { leaseKind } from './lease.ts';
import type { KubeObject } from './meta.ts';
import { namespaceKind } from './namespace.ts';
import { nodeKind } from './node.ts';
import { podKind } from './pod.ts';
import { replicaSetKind } from './replicaset.ts';

export const kinds: readonly Kind[] = [
  namespaceKind,
  nodeKind,
  podKind,
  replicaSetKind,
  deploymentKind,
  eventKind,
  leaseKind,
].map((kind) => kind as unknown as Kind<KubeObject>);

const byKind = new Map(kinds.map((kind) => [kind.kind, kind]));

export const kindOf = (kind: string): Kind | undefined => byKind.get(kind);

/** `deployments.apps`, as messages name a resource. */
export const resourceName = ({ resource, apiVersion }: Kind): string => {
  const group = groupOf(apiVersion);
  return group === '' ? resource : `${resource}.${group}`;
};

export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

export const indexesOf = (kind: string): Readonly<Record<string, IndexOf<never>>> | undefined =>
  byKind.get(kind)?.indexes as Readonly<Record<string, IndexOf<never>>> | undefined;
