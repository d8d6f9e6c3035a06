/** POST to a subresource of an object: binding a Pod to its node, or evicting it (api-02 §10). */

import type { Condition, KubeObject, Labels } from '../api/meta.ts';
import { makeKey } from '../api/meta.ts';
import { isObject } from '../api/patch/merge.ts';
import type { Pod } from '../api/pod/pod.ts';
import { timestamp } from '../api/time.ts';
import { required, unsupported } from '../api/validation/errors.ts';
import { blank } from '../blank.ts';
import type { Handling } from './apiserver.ts';
import { uidMismatch } from './etcd.ts';
import { evictPod } from './eviction.ts';
import { homeOf } from './metadata.ts';
import type { Asked } from './policies/asked.ts';
import { policyRefusal } from './policies/validating.ts';
import { badRequest, conflict, internalError, noSuchResource, notFound } from './reject.ts';
import { type PostRequest, type Response, refused } from './request.ts';

export function post(request: PostRequest, handling: Handling): Response {
  const denied = policyRefusal(posted(request, handling), handling);
  if (denied !== undefined) return refused(denied);
  if (handling.kind.kind === 'Pod' && request.subresource === 'binding') {
    return bind(request, handling);
  }
  if (handling.kind.kind === 'Pod' && request.subresource === 'eviction') {
    return evictPod(request, handling);
  }
  return refused(noSuchResource());
}

const bodyKinds = {
  binding: { group: '', version: 'v1', kind: 'Binding' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
} as const;

/** What is posted, as policies see it: an object of its own, by the name of the Pod. */
function posted({ name, namespace, subresource, object }: PostRequest, { kind }: Handling): Asked {
  const body = isObject(object) ? object : {};
  const home = homeOf(kind, namespace);
  const metadata = { ...(isObject(body['metadata']) ? body['metadata'] : {}), name };
  return {
    operation: 'CREATE',
    object: {
      ...body,
      metadata: home === undefined ? metadata : { ...metadata, namespace: home },
    } as unknown as KubeObject,
    subresource,
    ...(subresource === 'binding' || subresource === 'eviction'
      ? { bodyKind: bodyKinds[subresource] }
      : {}),
  };
}

interface Binding {
  readonly metadata?: {
    readonly uid?: string;
    readonly name?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly target?: { readonly kind?: string; readonly name?: string };
}

/** Sets `spec.nodeName`, once, and the PodScheduled condition. It is no change of generation. */
function bind({ namespace, name, object }: PostRequest, handling: Handling): Response {
  const { kind, store, now } = handling;
  const { metadata = {}, target = {} } = (object ?? {}) as Binding;
  if (metadata.name !== undefined && metadata.name !== name) {
    return refused(badRequest('name in URL does not match name in Binding object'));
  }
  const errors = targetErrors(target);
  if (errors.length > 0) {
    return refused(internalError(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`));
  }
  const home = homeOf(kind, namespace);
  const pod = store.get<Pod>('Pod', makeKey(home, name));
  if (pod === undefined) return refused(notFound(kind, name));
  const { uid } = pod.metadata;
  if (metadata.uid && metadata.uid !== uid) {
    return refused(uidMismatch(kind, home, name, metadata.uid, uid));
  }
  const why = unbindable(pod);
  if (why !== undefined) return refused(conflict(kind, name, why, 'pods/binding'));
  const { nominatedNodeName: _past, ...status } = pod.status;
  const next: Pod = {
    ...pod,
    metadata: withMaps(pod.metadata, metadata),
    spec: { ...blank, ...pod.spec, nodeName: target.name! },
    status: { ...blank, ...status, conditions: withScheduled(pod, now) },
  };
  return { ok: true, object: handling.write('create', pod, next, 'binding') };
}

function targetErrors({ kind, name }: NonNullable<Binding['target']>): readonly string[] {
  const errors = [];
  if (kind && kind !== 'Node') {
    errors.push(unsupported('target.kind', kind, ['Node', '<empty>']));
  }
  if (!name) errors.push(required('target.name'));
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

function unbindable({ metadata, spec }: Pod): string | undefined {
  const { name, deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined) {
    return `pod ${name} is being deleted, cannot be assigned to a host`;
  }
  if (spec.nodeName !== undefined) {
    return `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`;
  }
  if ((spec.schedulingGates ?? []).length > 0)
    return `pod ${name} has non-empty .spec.schedulingGates`;
  return undefined;
}

/** Annotations of the binding win over the Pod's, labels only fill in. */
function withMaps(metadata: Pod['metadata'], given: NonNullable<Binding['metadata']>) {
  const { labels, annotations } = given;
  if (labels === undefined && annotations === undefined) return metadata;
  return {
    ...metadata,
    ...(labels === undefined ? {} : { labels: { ...labels, ...metadata.labels } }),
    ...(annotations === undefined
      ? {}
      : { annotations: { ...metadata.annotations, ...annotations } }),
  };
}

function withScheduled({ status: { conditions = [] } }: Pod, now: number): readonly Condition[] {
  const at = conditions.findIndex(({ type }) => type === 'PodScheduled');
  const before = conditions[at];
  const since = before?.status === 'True' ? before.lastTransitionTime : undefined;
  const scheduled: Condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: since ?? timestamp(now),
  };
  return at < 0 ? [...conditions, scheduled] : conditions.with(at, scheduled);
}
