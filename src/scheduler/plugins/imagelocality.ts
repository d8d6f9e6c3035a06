/** ImageLocality: prefers nodes that have the Pod's images, the larger and the more common the better. */
import type { Pod } from '../../api/pod.ts';
import { type Cycle, type Plugin, type PluginState, scoreMax } from '../framework.ts';

const mebibyte = 1024 * 1024;
const least = 23 * mebibyte;
const mostPerContainer = 1000 * mebibyte;

/** The images that some node has, with the share of nodes that have them. */
class Images implements PluginState {
  readonly shares: readonly (readonly [name: string, share: number])[];
  readonly containers: number;

  constructor({ pod, cache }: Cycle) {
    const { containers, initContainers = [] } = pod.spec;
    this.containers = containers.length + initContainers.length;
    this.shares = imagesOf(pod).flatMap((name) => {
      const nodes = cache.nodesWithImage(name);
      return nodes === 0 ? [] : [[name, nodes / cache.nodes.length] as const];
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
    const { shares, containers } = state.get(key) as Images;
    if (shares.length === 0) return 0;
    let sum = 0;
    for (const [name, share] of shares) {
      sum += Math.trunc((node.images.get(name) ?? 0) * share);
    }
    const most = mostPerContainer * containers;
    const clamped = Math.min(Math.max(sum, least), most);
    return Math.trunc((scoreMax * (clamped - least)) / (most - least));
  },
};
