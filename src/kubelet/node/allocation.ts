/**
 * What a node has set aside for a Pod, which is what the Pod asked for when it was last let in: a resize asks for
 * something else until the node agrees (upstream's pkg/kubelet/allocation).
 */
import { semanticDeepEqual } from '../../api/equal.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container, PodSpec, ResourceRequirements } from '../../api/pod/podspec.ts';

const none: readonly Container[] = [];

/** Containers whose resources can change while the Pod is there: those of one that has ended change nothing. */
export const resizable = ({ containers, initContainers = none }: PodSpec): readonly Container[] =>
  initContainers.length === 0 ? containers : [...initContainers, ...containers];

const resourcesIn = (spec: PodSpec, name: string): ResourceRequirements | undefined =>
  resizable(spec).find((container) => container.name === name)?.resources;

/** Of any of its containers. */
export const allocatedResources = (name: string, spec: PodSpec) => resourcesIn(spec, name);

/** Whether the Pod asks for nothing but what it has. */
export const isAllocated = (spec: PodSpec, allocated: PodSpec): boolean =>
  spec === allocated ||
  (semanticDeepEqual(spec.resources, allocated.resources) &&
    resizable(spec).every(
      ({ name, resources }) =>
        resources === resourcesIn(allocated, name) ||
        semanticDeepEqual(resources, resourcesIn(allocated, name)),
    ));

/** The container with what it has, and not what it asks for. */
export function allocatedContainer(container: Container, allocated: PodSpec): Container {
  const { resources: _asked, ...rest } = container;
  if (!resizable(allocated).some(({ name }) => name === container.name)) return container;
  const resources = resourcesIn(allocated, container.name);
  if (resources === container.resources) return container;
  return resources === undefined ? rest : { ...rest, resources };
}

/** The Pod with what it has, and not what it asks for: itself, if that is the same. */
export function allocatedPod(pod: Pod, allocated: PodSpec): Pod {
  const { spec } = pod;
  if (isAllocated(spec, allocated)) return pod;
  const { resources: _asked, ...rest } = spec;
  const own = (container: Container) => allocatedContainer(container, allocated);
  return {
    ...pod,
    spec: {
      ...rest,
      ...(allocated.resources === undefined ? {} : { resources: allocated.resources }),
      containers: spec.containers.map(own),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map(own) }),
    },
  };
}
