/** Every kind that the API server serves. A new kind adds its line. */
import { configMapKind } from './configmap.ts';
import { controllerRevisionKind } from './controllerrevision.ts';
import { customResourceDefinitionKind } from './customresourcedefinition.ts';
import { daemonSetKind } from './daemonset.ts';
import { deploymentKind } from './deployment.ts';
import { eventKind } from './event.ts';
import { genericKinds } from './generic.ts';
import { groupOf } from './groups.ts';
import { horizontalPodAutoscalerKind } from './horizontalpodautoscaler.ts';
import { cronJobKind } from './job/cronjob.ts';
import { jobKind } from './job/job.ts';
import type { IndexOf, Kind } from './kind.ts';
import { leaseKind } from './lease.ts';
import type { KubeObject } from './meta.ts';
import { namespaceKind } from './namespace.ts';
import { nodeKind } from './node.ts';
import { podKind } from './pod/pod.ts';
import { podDisruptionBudgetKind } from './poddisruptionbudget.ts';
import { priorityClassKind } from './priorityclass.ts';
import { replicaSetKind } from './replicaset.ts';
import { replicationControllerKind } from './replicationcontroller.ts';
import { secretKind } from './secret.ts';
import { serviceKind } from './service/service.ts';
import { serviceAccountKind } from './serviceaccount.ts';
import { statefulSetKind } from './statefulset.ts';
import { otherVersions } from './versions/index.ts';
import { persistentVolumeKind } from './volume/persistentvolume.ts';
import { persistentVolumeClaimKind } from './volume/persistentvolumeclaim.ts';
import { storageClassKind } from './volume/storageclass.ts';
import { volumeAttachmentKind } from './volume/volumeattachment.ts';

const written: readonly Kind[] = [
  namespaceKind,
  nodeKind,
  podKind,
  replicaSetKind,
  replicationControllerKind,
  deploymentKind,
  eventKind,
  leaseKind,
  statefulSetKind,
  daemonSetKind,
  controllerRevisionKind,
  persistentVolumeKind,
  persistentVolumeClaimKind,
  storageClassKind,
  volumeAttachmentKind,
  podDisruptionBudgetKind,
  horizontalPodAutoscalerKind,
  customResourceDefinitionKind,
  jobKind,
  cronJobKind,
  serviceKind,
  serviceAccountKind,
  configMapKind,
  secretKind,
  priorityClassKind,
].map((kind) => kind as unknown as Kind<KubeObject>);

/** Those that have a file of their own, and all others that the API has. */
export const kinds: readonly Kind[] = [...written, ...genericKinds(written)];

const byKind = new Map(kinds.map((kind) => [kind.kind, kind]));

export const kindOf = (kind: string): Kind | undefined => byKind.get(kind);

/**
 * What the store and requests call the kind of an object: `Pod`; and with its group, as
 * `Website.example.com`, where it is none of the API's own.
 */
export function kindNameOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  const own = byKind.get(kind);
  if (own?.apiVersion === apiVersion) return kind;
  const group = groupOf(apiVersion);
  if (group === '' || (own !== undefined && isOfGroup(own, group))) return kind;
  return `${kind}.${group}`;
}

const isOfGroup = (kind: Kind, group: string): boolean =>
  groupOf(kind.apiVersion) === group ||
  otherVersions(kind).some(({ apiVersion }) => groupOf(apiVersion) === group);

export { groupOf };

/** `deployments.apps`, as messages name a resource. */
export const resourceName = ({ resource, apiVersion }: Kind): string => {
  const group = groupOf(apiVersion);
  return group === '' ? resource : `${resource}.${group}`;
};

export const indexesOf = (kind: string): Readonly<Record<string, IndexOf<never>>> | undefined =>
  byKind.get(kind)?.indexes as Readonly<Record<string, IndexOf<never>>> | undefined;
