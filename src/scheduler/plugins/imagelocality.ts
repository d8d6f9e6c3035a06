/** ImageLocality: prefers nodes that have the Pod's images, the larger and the more common the better. */
import type { Pod } from '../../api/pod/pod.ts';
import { type Cycle, type Plugin, type PluginState, scoreMax } from '../framework.ts';

const mebibyte = 1024 * 1024;
const least = 23 * mebibyte;
const mostPerContainer = 1000 * mebibyte;

/** The images that some node has, and what each counts on a node that has it: by its size, and how common it is. */
class Images implements PluginState {
  readonly parts: readonly (readonly [name: string, part: number])[];
  readonly containers: number;

  constructor({ pod, cache }: Cycle) {
    const { containers, initContainers = [] } = pod.spec;
    this.containers = containers.length + initContainers.length;
    this.parts = imagesOf(pod).flatMap((name) => {
      const known = cache.image(name);
      if (known === undefined) return [];
      const share = known.nodes / cache.nodes.length;
      return [[name, Math.trunc(known.sizeBytes * share)] as const];
    });
  }

  copy(): PluginState {
    return this;
  }
}

function imagesOf({ spec: { containers, initContainers = [], volumes = [] } }: Pod): string[] {
  const images: string[] = [];
  for (const { image } of initContainers) images.push(normalized(image ?? ''));
  for (const { image } of containers) images.push(normalized(image ?? ''));
  for (const volume of volumes) {
    const image = volume['image'] as { readonly reference?: string } | undefined;
    if (image?.reference) images.push(normalized(image.reference));
  }
  return images;
}

/** With the tag that it means. */
const normalized = (image: string): string =>
  image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;

const key = 'ImageLocality';

export const imageLocality: Plugin = {
  name: key,
  preScore(cycle) {
    cycle.state.set(key, new Images(cycle));
    return true;
  },
  score({ state }, node) {
    const { parts, containers } = state.get(key) as Images;
    if (parts.length === 0) return 0;
    let sum = 0;
    for (const [name, part] of parts) if (node.images.has(name)) sum += part;
    const most = mostPerContainer * containers;
    const clamped = Math.min(Math.max(sum, least), most);
    return Math.trunc((scoreMax * (clamped - least)) / (most - least));
  },
};
