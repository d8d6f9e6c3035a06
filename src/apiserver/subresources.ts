/** POST to a subresource of an object: binding a Pod to its node. */
import { makeKey } from '../api/meta.ts';
import type { Condition } from '../api/meta.ts';
import type { Pod } from '../api/pod.ts';
import { podCondition } from '../api/podstatus.ts';
import { rejection } from '../api/status.ts';
import { timestamp } from '../api/time.ts';
import type { Handling } from './apiserver.ts';
import { badRequest, conflict, notFound } from './reject.ts';
import { type PostRequest, type Response, refused } from './request.ts';

export function post(request: PostRequest, handling: Handling): Response {
  if (handling.kind.kind === 'Pod' && request.subresource === 'binding') {
    return bind(request, handling);
  }
  return refused(rejection('NotFound', 'the server could not find the requested resource'));
}

interface Binding {
  readonly metadata?: { readonly uid?: string; readonly name?: string };
  readonly target?: { readonly kind?: string; readonly name?: string };
}

/** Sets `spec.nodeName`, once, and the PodScheduled condition. */
function bind({ namespace, name, object }: PostRequest, handling: Handling): Response {
  const { kind, store, now } = handling;
  const pod = store.get<Pod>('Pod', makeKey(namespace, name));
  if (pod === undefined) return refused(notFound(kind, name));
  const { metadata = {}, target = {} } = (object ?? {}) as Binding;
  if (!target.name) return refused(badRequest('target.name: Required value'));
  if (metadata.uid && metadata.uid !== pod.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`;
    return refused(conflict(kind, name, why));
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    return refused(conflict(kind, name, `pod ${name} is being deleted, cannot be assigned to a host`));
  }
  const { nodeName } = pod.spec;
  if (nodeName !== undefined) {
    const why = `pod ${name} is already assigned to node ${JSON.stringify(nodeName)}`;
    return refused(conflict(kind, name, why));
  }
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    return refused(conflict(kind, name, `pod ${name} has non-empty .spec.schedulingGates`));
  }
  const next: Pod = {
    ...pod,
    spec: { ...pod.spec, nodeName: target.name },
    status: { ...pod.status, conditions: withScheduled(pod, now) },
  };
  return { ok: true, object: handling.write('create', pod, next, 'binding') };
}

function withScheduled(pod: Pod, now: number): readonly Condition[] {
  const scheduled: Condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(now),
  };
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  return podCondition(pod, 'PodScheduled')?.status === 'True'
    ? pod.status.conditions!
    : [...others, scheduled];
}
