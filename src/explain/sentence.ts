/** One sentence for each entry: who did what to which object, in words. */
import type { Deployment } from '../api/deployment.ts';
import type { Event } from '../api/event.ts';
import type { KubeObject } from '../api/meta.ts';
import { controllerOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodReady } from '../api/pod/podstatus.ts';
import type { ReplicaSet } from '../api/replicaset.ts';
import type { Entry, Finding, WriteEntry } from '../log/entry.ts';
import { summaryOf } from './summary.ts';

/** `Pod web-x`, with the namespace unless it is the default one. */
export const nameOf = (kind: string, key: string): string =>
  `${kind} ${key.startsWith('default/') ? key.slice('default/'.length) : key}`;

export function sentence(entry: Entry): string {
  switch (entry.type) {
    case 'write':
      return writeSentence(entry);
    case 'rejected': {
      const subresource = entry.subresource === undefined ? '' : `/${entry.subresource}`;
      const what = `${entry.verb} ${nameOf(entry.kind, entry.key)}${subresource}`;
      return `${entry.by} was refused to ${what}: ${entry.message}`;
    }
    case 'delivered': {
      const how = entry.relisted === true ? 'listed' : 'saw';
      return `${entry.process} ${how} ${entry.kind} up to revision ${entry.revision}`;
    }
    case 'reconciled':
      return `${entry.by} reconciled ${entry.key}: ${resultOf(entry)}`;
    case 'runtime': {
      const container = entry.container === undefined ? '' : ` ${entry.container}`;
      const detail = Object.entries(entry.detail ?? {}).map(([name, value]) => `${name} ${value}`);
      const more = detail.length === 0 ? '' : ` (${detail.join(', ')})`;
      return `${entry.by}: ${entry.event}${container} of ${nameOf('Pod', entry.key)}${more}`;
    }
    case 'clock':
      return `time passed, ${seconds(entry.t - entry.from)}`;
    case 'fault':
      return `fault: ${entry.fault}, ${entry.target}`;
  }
}

function resultOf({ result, writes }: Extract<Entry, { type: 'reconciled' }>): string {
  const wrote = writes.length === 0 ? 'nothing to do' : `wrote #${writes.join(' #')}`;
  switch (result.type) {
    case 'done':
      return wrote;
    case 'requeued':
      return `${wrote}, looks again after ${seconds(result.afterMs)}`;
    case 'error':
      return `failed (${result.message})${result.retryMs === undefined ? '' : `, tries again after ${seconds(result.retryMs)}`}`;
    case 'lost':
      return 'lost when its process crashed';
  }
}

/** `Pod default/web is in phase: pending, which refuses pod.becameReady`. */
export const findingSentence = ({ kind, key, event, state }: Finding): string =>
  `${kind} ${key} is in ${state}, which refuses ${event}`;

export const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(3))} s`;

function writeSentence(entry: WriteEntry): string {
  const { by, kind, key, before, after, subresource } = entry;
  const name = nameOf(kind, key);
  if (kind === 'Event') return eventSentence(entry);
  if (after === undefined) return `${by} removed ${name}`;
  if (before === undefined) return `${by} created ${name}${createdDetail(after)}`;
  if (subresource === 'binding')
    return `${by} bound ${name} to node ${(after as Pod).spec.nodeName}`;
  if (subresource === 'eviction') return `${by} evicts ${name}`;
  const marked =
    after.metadata.deletionTimestamp !== undefined &&
    before.metadata.deletionTimestamp === undefined;
  if (marked) return `${by} asked for the deletion of ${name}${graceOf(after)}`;
  return `${by} updated ${name}: ${updateDetail(before, after)}`;
}

function eventSentence({ by, after, before }: WriteEntry): string {
  const { involvedObject, reason, message, count } = (after ?? before) as Event;
  const about = `${involvedObject.kind} ${involvedObject.name}`;
  const again = before === undefined ? '' : ` (${count} times)`;
  return `${by} on ${about}, ${reason}: ${message}${again}`;
}

function createdDetail(object: KubeObject): string {
  const owner = controllerOf(object);
  const parts: string[] = [];
  if (['Deployment', 'ReplicaSet', 'ReplicationController'].includes(object.kind)) {
    const { replicas, template } = (object as Deployment | ReplicaSet).spec;
    parts.push(
      `${replicas} ${replicas === 1 ? 'replica' : 'replicas'} of ${imagesOf(template.spec)}`,
    );
  }
  if (owner !== undefined) parts.push(`for ${owner.kind} ${owner.name}`);
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

const imagesOf = ({ containers }: { containers: readonly { image: string }[] }): string =>
  containers.map(({ image }) => image).join(' and ');

function graceOf({ metadata: { deletionGracePeriodSeconds: grace } }: KubeObject): string {
  return grace ? `, with ${grace} s of grace` : '';
}

function updateDetail(before: KubeObject, after: KubeObject): string {
  if (after.kind === 'Pod') {
    const [was, is] = [before as Pod, after as Pod];
    if (was.status.phase !== is.status.phase) {
      return `${is.status.phase}${is.status.phase === 'Running' && isPodReady(is) ? ' and ready' : ''}`;
    }
    if (isPodReady(was) !== isPodReady(is)) return isPodReady(is) ? 'ready' : 'no longer ready';
  }
  const told = summaryOf(before, after);
  const shown = told.slice(0, 3);
  const more = told.length > 3 ? ` and ${told.length - 3} more` : '';
  return shown.length === 0 ? 'only what every write changes' : shown.join(', ') + more;
}
