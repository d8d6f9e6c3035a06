/** [K-S4] How long an image that was refused has to wait until it is asked for again (kubelet-01). */
import type { RuntimeEntry } from '../../src/log/entry.ts';
import type { Component } from '../../src/sim/component.ts';
import type { Always, Judged } from '../rule.ts';

const firstMs = 10_000;
const mostMs = 300_000;
/** A refusal of so long ago is forgotten. */
const forgottenMs = 600_000;

interface Refusal {
  readonly at: number;
  readonly delayMs: number;
}

/** What one kubelet was told of images, by uid of the Pod and name of the image. */
class Memory {
  readonly #refusals = new Map<string, Refusal>();
  /** One that started anew may hear of what the one before it has asked for. */
  readonly #isFirst: boolean;

  constructor(isFirst: boolean) {
    this.#isFirst = isFirst;
  }

  refused({ uid, key, t, detail }: RuntimeEntry): Judged {
    const { image } = detail as { readonly image: string };
    const id = `${uid} ${image}`;
    const before = this.#refusals.get(id);
    if (before === undefined || t - before.at > forgottenMs) {
      this.#refusals.set(id, { at: t, delayMs: this.#isFirst ? firstMs : 0 });
      return undefined;
    }
    const { delayMs: dueMs } = before;
    const delayMs = dueMs === 0 ? firstMs : Math.min(dueMs * 2, mostMs);
    this.#refusals.set(id, { at: t, delayMs });
    const waitedMs = t - before.at;
    if (waitedMs >= dueMs) return undefined;
    return `${image} is asked for ${key} ${waitedMs} ms after it was refused, and ${dueMs} ms are due`;
  }
}

export const pulls: Always = {
  id: 'K-S4',
  claim:
    'an image that is refused again and again is asked for after 10 s, 20 s … 5 min, once for a Pod',
  types: ['runtime'],
  begin() {
    const memories = new WeakMap<Component, Memory>();
    const nodes = new Set<string>();
    return (entry, { simulation }): Judged => {
      if (entry.type !== 'runtime') return undefined;
      const { node, event } = entry;
      const kubelet = simulation.process(`kubelet/${node}`)?.slots[0]?.component;
      if (kubelet === undefined) return undefined;
      let memory = memories.get(kubelet);
      if (memory === undefined) {
        memory = new Memory(!nodes.has(node));
        memories.set(kubelet, memory);
        nodes.add(node);
      }
      return event === 'image not pulled' ? memory.refused(entry) : undefined;
    };
  },
};
