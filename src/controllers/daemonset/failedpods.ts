/**
 * How long a DaemonSet waits before it replaces a failed Pod on a node again: 1 s, doubled up to
 * 15 min. Without it, it would fight at full speed with a kubelet that turns its Pods away.
 */
import type { DaemonSet } from '../../api/daemonset.ts';

const initialMs = 1_000;
const maxMs = 15 * 60_000;

interface Entry {
  readonly backoffMs: number;
  readonly since: number;
}

export class FailedPodBackoff {
  readonly #entries = new Map<string, Entry>();

  /** A new spec starts anew. */
  static key({ metadata, status }: DaemonSet, node: string): string {
    return `${metadata.uid}/${status.observedGeneration ?? 0}/${node}`;
  }

  /** Milliseconds to wait; undefined: it may be replaced now, and the next wait is longer. */
  waitMs(key: string, now: number): number | undefined {
    const entry = this.#entries.get(key);
    const idleMs = now - (entry?.since ?? 0);
    if (entry === undefined || idleMs > 2 * maxMs) {
      this.#entries.set(key, { backoffMs: initialMs, since: now });
      return undefined;
    }
    if (idleMs < entry.backoffMs) return entry.backoffMs;
    this.#entries.set(key, { backoffMs: Math.min(2 * entry.backoffMs, maxMs), since: now });
    return undefined;
  }

  memory(): unknown {
    return [...this.#entries].map(([key, { backoffMs }]) => [key, backoffMs]);
  }
}
