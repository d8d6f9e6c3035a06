/** What a kubelet asks of the API server about one Pod. */
import type { KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Requests } from '../../sim/component.ts';
import { call } from '../../sim/controller.ts';
import { type Referenced, referencesOf, referenceText } from './references.ts';

export const readPod = ({ metadata: { namespace = '', name } }: Pod) =>
  call<Pod>({ verb: 'get', kind: 'Pod', namespace, name });

/** The Pod as the API has it now, if it is the same one; undefined: there was no answer. */
export function* confirmed(pod: Pod): Requests<Pod | 'gone' | undefined> {
  const found = yield* readPod(pod);
  if (!found.ok) return found.status.reason === 'NotFound' ? 'gone' : undefined;
  return found.object.metadata.uid === pod.metadata.uid ? found.object : 'gone';
}

export const isOlder = ({ metadata: a }: Pod, { metadata: b }: Pod): boolean =>
  Number(a.resourceVersion) < Number(b.resourceVersion);

/** For good, and nobody else of its name. Undefined: it is gone; otherwise why it is not. */
export function* removeFromApi({ metadata }: Pod): Requests<string | undefined> {
  const { namespace = '', name, uid } = metadata;
  const options = { gracePeriodSeconds: 0, preconditions: { uid } };
  const deleted = yield* call<Pod>({ verb: 'delete', kind: 'Pod', namespace, name, options });
  if (deleted.ok || ['NotFound', 'Conflict'].includes(deleted.status.reason ?? ''))
    return undefined;
  return deleted.status.message;
}

/** What the Pod's containers and volumes are made of; undefined if they name nothing. */
export function* readReferences(pod: Pod): Requests<Referenced | undefined> {
  const references = referencesOf(pod);
  if (references.length === 0) return undefined;
  const { namespace = '' } = pod.metadata;
  const read = new Map<string, KubeObject | string>();
  for (const one of references) {
    const found = yield* call({ verb: 'get', ...one, namespace });
    const kind = one.kind.toLowerCase();
    read.set(
      referenceText(one),
      found.ok
        ? found.object
        : found.status.reason === 'NotFound'
          ? `${kind} "${one.name}" not found`
          : `failed to sync ${kind} cache: timed out waiting for the condition`,
    );
  }
  return read;
}
