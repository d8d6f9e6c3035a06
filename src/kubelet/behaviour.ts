/**
 * What simulated containers do, as data: when they start, become ready, end, and how they take it
 * when they are told to stop.
 */
import type { BehaviourSpec } from '../sim/scenario/types.ts';

/** Milliseconds; `Infinity` for never. */
export interface Behaviour {
  readonly startMs: number;
  /** From started to ready; undefined: as soon as its readiness probe is asked, or at once. */
  readonly readyMs: number | undefined;
  /** Exit codes of the first, second … Pod seen; the last one serves all further Pods. */
  readonly exit: readonly number[] | undefined;
  /** From started to its own end. */
  readonly exitAfterMs: number;
  /** From ready to unready. */
  readonly unreadyAfterMs: number;
  /** From being asked to stop to its end. */
  readonly stopMs: number;
  /** Reason for which the kubelet turns the Pod away. */
  readonly reject: string | undefined;
}

/** How long a kubelet of a kind takes for what no behaviour says. */
export interface Tempo {
  readonly startMs: number;
  readonly readyMs: number | undefined;
  readonly exitAfterMs: number;
  readonly stopMs: number;
  /** Time that the n-th Pod (from 0, over all nodes) takes more to start. */
  readonly staggerMs: (n: number) => number;
  /** Pulling an image that the node does not have; 0: every image is there. */
  readonly pullMs: number;
  /** Whether containers that end are started again, as their Pod's restart policy says. */
  readonly restarts: boolean;
  /** Whether the kubelet reports a Pod before its containers run, and emits Events. */
  readonly verbose: boolean;
}

/** The stand-in kubelet of the recordings: one write when it runs, one when it is ready. */
export const standIn: Tempo = {
  startMs: 200,
  readyMs: 500,
  exitAfterMs: 600,
  stopMs: 300,
  staggerMs: (n) => (n % 16) * 25,
  pullMs: 0,
  restarts: false,
  verbose: false,
};

/** What a well-behaved kubelet and a small image take. */
export const typical: Tempo = {
  startMs: 150,
  readyMs: undefined,
  exitAfterMs: 600,
  stopMs: 100,
  staggerMs: () => 0,
  pullMs: 1_500,
  restarts: true,
  verbose: true,
};

export class Behaviours {
  readonly tempo: Tempo;
  readonly #specs: readonly BehaviourSpec[];
  readonly #byImage = new Map<string, Behaviour>();
  /** Pods that kubelets ever saw, over all nodes. */
  #seen = 0;

  constructor(tempo: Tempo, specs: readonly BehaviourSpec[]) {
    this.tempo = tempo;
    this.#specs = specs;
  }

  /** Numbers the Pods in the order in which kubelets see them, from 0. */
  nextPod(): number {
    return this.#seen++;
  }

  /** The first that matches the image; `*` matches all. */
  of(image: string): Behaviour {
    let found = this.#byImage.get(image);
    if (found === undefined) {
      found = this.#make(this.#specs.find((spec) => spec.image === image || spec.image === '*'));
      this.#byImage.set(image, found);
    }
    return found;
  }

  #make(spec: BehaviourSpec | undefined): Behaviour {
    const { start, ready, exit, exitAfter, unreadyAfter, stop, reject } = spec ?? {};
    return {
      startMs: start === undefined ? this.tempo.startMs : durationMs(start),
      readyMs: ready === undefined ? this.tempo.readyMs : durationMs(ready),
      exit: exit === undefined ? undefined : typeof exit === 'number' ? [exit] : exit,
      exitAfterMs: exitAfter === undefined ? this.tempo.exitAfterMs : durationMs(exitAfter),
      unreadyAfterMs:
        unreadyAfter === undefined ? Number.POSITIVE_INFINITY : durationMs(unreadyAfter),
      stopMs: stop === undefined ? this.tempo.stopMs : durationMs(stop),
      reject,
    };
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `200ms`, `3s`, `1m30s`, `never`; NaN for anything else. */
export function durationMs(text: string): number {
  if (text === 'never') return Number.POSITIVE_INFINITY;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return Number.NaN;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(number) * units[unit!]!;
  }
  return total;
}
