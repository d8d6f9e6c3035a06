/** What the containers of one Pod do: by their images, and by annotations of the Pod. */
import { controllerOf } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container } from '../../api/pod/podspec.ts';
import { isSidecar } from '../../api/pod/restartpolicy.ts';
import { wholeOf } from '../../api/quantity.ts';
import { UsageError } from '../../errors.ts';
import type { BehaviourSpec } from '../../sim/scenario/types.ts';
import type { Behaviour, Behaviours } from './behaviour.ts';
import { annotated, behaviourKey } from './behaviourtext.ts';

export function podBehaviour(behaviours: Behaviours, pod: Pod, container: Container): Behaviour {
  const { name, image } = container;
  const own = ownBehaviour(pod, name);
  return isTask(pod, container) ? behaviours.ofTask(image, own) : behaviours.of(image, own);
}

/** It is there to end: an init container that is no sidecar, or a container of a Job. */
function isTask(pod: Pod, container: Container): boolean {
  const isInit = pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false;
  return isInit ? !isSidecar(container) : controllerOf(pod)?.kind === 'Job';
}

/** What annotations say of it. */
function ownBehaviour(
  { metadata: { annotations } }: Pod,
  name: string,
): Omit<BehaviourSpec, 'image'> | undefined {
  const text = annotations?.[`${behaviourKey}.${name}`] ?? annotations?.[behaviourKey];
  if (text === undefined) return undefined;
  const own = annotated(text);
  return own instanceof UsageError ? unreadable(own) : own;
}

const complaints = new Map<string, Omit<BehaviourSpec, 'image'>>();
const rememberMax = 1_000;

/** An annotation that cannot be read keeps its containers from being configured, and says why. */
function unreadable({ message }: UsageError): Omit<BehaviourSpec, 'image'> {
  let found = complaints.get(message);
  if (found === undefined) {
    found = { configError: message };
    if (complaints.size >= rememberMax) complaints.clear();
    complaints.set(message, found);
  }
  return found;
}

/** Bytes beyond which the kernel kills a container. */
export function memoryLimit({ spec }: Pod, name: string): number {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const limit = all.find((container) => container.name === name)?.resources?.limits?.memory;
  return limit === undefined ? Number.POSITIVE_INFINITY : wholeOf(limit);
}
