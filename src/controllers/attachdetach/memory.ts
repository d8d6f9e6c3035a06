/** What the controller remembers beyond its caches: what it asked for, and whom it has told what. */
import type { VolumeAttachment } from '../../api/volume/volumeattachment.ts';

export class Memory {
  /** Nodes by volume, at which it is or may be by now, whatever the cache shows. */
  readonly #asked = new Map<string, Set<string>>();
  /** Attachments by name whose Pods are still to be told. */
  readonly #awaited = new Set<string>();
  /** When an attachment was first in nobody's use, by name, in milliseconds. */
  readonly #unusedSince = new Map<string, number>();
  /** Attachments by name that no kubelet may rely on any more. */
  readonly #leaving = new Set<string>();
  /** Nodes by volume whose Pods know that another node has it. */
  readonly #refused = new Map<string, Set<string>>();

  ask(volume: string, node: string, attachment: string): void {
    of(this.#asked, volume).add(node);
    this.#awaited.add(attachment);
  }

  /** The API server refused it for good. */
  unask(volume: string, node: string, attachment: string): void {
    this.#asked.get(volume)?.delete(node);
    this.#awaited.delete(attachment);
  }

  askedFor(volume: string): ReadonlySet<string> {
    return this.#asked.get(volume) ?? none;
  }

  /** Once for each attachment that was asked for. */
  takeAwaited(attachment: string): boolean {
    return this.#awaited.delete(attachment);
  }

  /** Milliseconds for which nobody has wanted it. */
  unusedFor({ metadata: { name } }: VolumeAttachment, now: number): number {
    const since = this.#unusedSince.get(name) ?? now;
    this.#unusedSince.set(name, since);
    return now - since;
  }

  keep({ metadata: { name } }: VolumeAttachment): void {
    this.#unusedSince.delete(name);
    this.#leaving.delete(name);
  }

  leave({ metadata: { name } }: VolumeAttachment): void {
    this.#leaving.add(name);
  }

  isLeaving({ metadata: { name } }: VolumeAttachment): boolean {
    return this.#leaving.has(name);
  }

  detached(attachment: VolumeAttachment): void {
    const { metadata, spec } = attachment;
    this.keep(attachment);
    this.unask(spec.source.persistentVolumeName ?? '', spec.nodeName, metadata.name);
  }

  /** Whether the Pods there have not been told yet. */
  refuse(volume: string, node: string): boolean {
    const nodes = of(this.#refused, volume);
    return nodes.size !== nodes.add(node).size;
  }

  /** Whoever comes back to a node is told anew. */
  forgetRefusals(volume: string, users: ReadonlyMap<string, unknown>): void {
    for (const node of this.#refused.get(volume) ?? none) {
      if (!users.has(node)) this.#refused.get(volume)?.delete(node);
    }
  }

  plain(): unknown {
    const lists = (map: ReadonlyMap<string, ReadonlySet<string>>) =>
      [...map].filter(([, set]) => set.size > 0).map(([name, set]) => [name, ...set]);
    return [
      lists(this.#asked),
      [...this.#awaited],
      [...this.#unusedSince.keys()],
      [...this.#leaving],
      lists(this.#refused),
    ];
  }
}

const none: ReadonlySet<string> = new Set();

function of(map: Map<string, Set<string>>, name: string): Set<string> {
  let set = map.get(name);
  if (set === undefined) {
    set = new Set();
    map.set(name, set);
  }
  return set;
}
