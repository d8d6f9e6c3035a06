/**
 * What simulated containers do, as data (docs/runtime.md): by image, or by annotation of a Pod. How
 * long things take, when probes would be answered how, when and how it ends, what it logs.
 */

import { milliOf, wholeOf } from '../../api/quantity.ts';
import type { BehaviourSpec } from '../../sim/scenario/types.ts';
import { durationMs } from './behaviourtext.ts';

/** Milliseconds from the container's start, if nothing else is said; `Infinity` for never. */
export interface Behaviour {
  readonly pullMs: number;
  /** What the registry says instead of giving the image, and to how many first tries. */
  readonly pullError: string | undefined;
  readonly pullErrors: number;
  readonly imageBytes: number;
  /** From created to started. */
  readonly startMs: number;
  readonly startError: string | undefined;
  /** Why its configuration cannot be made. */
  readonly configError: string | undefined;
  /**
   * When it turns ready, unready, ready …; undefined: it is ready as soon as it is asked. Without a
   * readiness probe, the container is as ready as this says.
   */
  readonly ready: readonly number[] | undefined;
  /** When a liveness probe begins to fail, to succeed again …. */
  readonly live: readonly number[];
  /** When a startup probe begins to succeed. */
  readonly started: readonly number[] | undefined;
  /** Exit codes of the first, second … run; the last one serves all further ones. */
  readonly exit: readonly number[] | undefined;
  readonly exitAfterMs: number;
  /** From SIGTERM to its end, and the exit code then. */
  readonly stopMs: number;
  readonly stopCode: number;
  readonly postStartMs: number;
  readonly postStartError: string | undefined;
  readonly preStopMs: number;
  readonly preStopError: string | undefined;
  readonly memory: readonly Usage[];
  readonly disk: readonly Usage[];
  readonly processes: readonly Usage[];
  readonly cpu: readonly ProcessorUsage[];
  readonly logs: readonly LogLine[];
  /** What it leaves in its termination log. */
  readonly message: string | undefined;
  /** Part by which times vary, by chance that the seed decides. */
  readonly jitter: number;
  /** Reason for which the kubelet turns the Pod away. */
  readonly reject: string | undefined;
}

/** So much from then on: bytes, or processes. */
export interface Usage {
  readonly atMs: number;
  readonly amount: number;
}

/** So many thousandths of a processor from then on. */
export interface ProcessorUsage {
  readonly atMs: number;
  readonly milli: number;
}

export interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

/** How long things take of which no behaviour says it. */
export interface Tempo {
  readonly sandboxMs: number;
  /** Pulling an image that the node does not have; 0: every image is there. */
  readonly pullMs: number;
  /** Pulling one that it has. */
  readonly pullAgainMs: number;
  readonly startMs: number;
  readonly readyMs: number | undefined;
  readonly exitAfterMs: number;
  /** Whether init containers and containers of Jobs end, with 0, if nothing else is said. */
  readonly tasksEnd: boolean;
  readonly stopMs: number;
  /** Time that the n-th Pod (from 0, over all nodes) takes more to start. */
  readonly staggerMs: (n: number) => number;
}

/** The stand-in kubelet of the recordings. */
export const standIn: Tempo = {
  sandboxMs: 0,
  pullMs: 0,
  pullAgainMs: 0,
  startMs: 200,
  readyMs: 500,
  exitAfterMs: 600,
  tasksEnd: false,
  stopMs: 300,
  staggerMs: (n) => (n % 16) * 25,
};

/** What a well-behaved kubelet and a small image take. */
export const typical: Tempo = {
  sandboxMs: 100,
  pullMs: 1_400,
  pullAgainMs: 300,
  startMs: 150,
  readyMs: undefined,
  exitAfterMs: 600,
  tasksEnd: true,
  stopMs: 100,
  staggerMs: () => 0,
};

export class Behaviours {
  readonly tempo: Tempo;
  readonly #specs: readonly BehaviourSpec[];
  readonly #byImage = new Map<string, Behaviour>();
  readonly #bySpec = new WeakMap<BehaviourSpec, Behaviour>();
  readonly #ending = new WeakMap<Behaviour, Behaviour>();
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

  /** What a container does whose work ends: nobody who starts it expects it to run on. */
  ofTask(image: string, own?: Omit<BehaviourSpec, 'image'>): Behaviour {
    const behaviour = this.of(image, own);
    if (!this.tempo.tasksEnd || behaviour.exit !== undefined) return behaviour;
    let ending = this.#ending.get(behaviour);
    if (ending === undefined) {
      ending = { ...behaviour, exit: [0] };
      this.#ending.set(behaviour, ending);
    }
    return ending;
  }

  /** The first that matches the image; `*` matches all. `own`: what an annotation says, on top. */
  of(image: string, own?: Omit<BehaviourSpec, 'image'>): Behaviour {
    let found = this.#byImage.get(image);
    if (found === undefined) {
      found = behaviourOf(this.#specOf(image), this.tempo);
      this.#byImage.set(image, found);
    }
    if (own === undefined) return found;
    const spec = own as BehaviourSpec;
    let combined = this.#bySpec.get(spec);
    if (combined === undefined) {
      combined = behaviourOf({ ...this.#specOf(image), ...spec, image }, this.tempo);
      this.#bySpec.set(spec, combined);
    }
    return combined;
  }

  #specOf(image: string): BehaviourSpec | undefined {
    return this.#specs.find((spec) => spec.image === image || spec.image === '*');
  }
}

const never = Number.POSITIVE_INFINITY;

function behaviourOf(spec: BehaviourSpec | undefined, tempo: Tempo): Behaviour {
  const time = (text: string | undefined, otherwise: number) =>
    text === undefined ? otherwise : durationMs(text);
  const times = (given: string | readonly string[] | undefined) =>
    given === undefined ? undefined : [given].flat().map(durationMs);
  const ready = times(spec?.ready) ?? (tempo.readyMs === undefined ? undefined : [tempo.readyMs]);
  const unreadyAfterMs = time(spec?.unreadyAfter, never);
  const { exit, memory, disk, processes, cpu, logs } = spec ?? {};
  return {
    pullMs: time(spec?.pull, tempo.pullMs),
    pullError: spec?.pullError,
    pullErrors: spec?.pullErrors ?? never,
    imageBytes: spec?.imageSize === undefined ? 0 : wholeOf(spec.imageSize),
    startMs: time(spec?.start, tempo.startMs),
    startError: spec?.startError,
    configError: spec?.configError,
    ready: withEnd(ready, unreadyAfterMs),
    live: times(spec?.live) ?? [],
    started: times(spec?.started),
    exit: exit === undefined ? undefined : typeof exit === 'number' ? [exit] : exit,
    exitAfterMs: time(spec?.exitAfter, tempo.exitAfterMs),
    stopMs: time(spec?.stop, tempo.stopMs),
    stopCode: spec?.stopCode ?? 0,
    postStartMs: time(spec?.postStart, 0),
    postStartError: spec?.postStartError,
    preStopMs: time(spec?.preStop, 0),
    preStopError: spec?.preStopError,
    memory: amounts(memory),
    disk: amounts(disk),
    processes: amounts(processes),
    cpu: usages(cpu).map(({ atMs, use }) => ({ atMs, milli: milliOf(use) })),
    logs: (logs ?? []).map((line) =>
      typeof line === 'string'
        ? { atMs: 0, text: line }
        : { atMs: durationMs(line.at), text: line.line },
    ),
    message: spec?.message,
    jitter: spec?.jitter === undefined ? 0 : Number.parseFloat(spec.jitter) / 100,
    reject: spec?.reject,
  };
}

/** Amounts as they are written, each from a time on; one alone is from the beginning on. */
const usages = (given: BehaviourSpec['memory'] | BehaviourSpec['processes'] = []) =>
  typeof given === 'string' || typeof given === 'number'
    ? [{ atMs: 0, use: String(given) }]
    : given.map(({ at, use }) => ({ atMs: durationMs(at), use: String(use) }));

const amounts = (given: Parameters<typeof usages>[0]): readonly Usage[] =>
  usages(given).map(({ atMs, use }) => ({ atMs, amount: wholeOf(use) }));

/** `unreadyAfter` counts from when it became ready. */
function withEnd(
  ready: readonly number[] | undefined,
  unreadyAfterMs: number,
): readonly number[] | undefined {
  if (unreadyAfterMs === never) return ready;
  const from = ready ?? [0];
  return [...from, from.at(-1)! + unreadyAfterMs];
}

/** Whether it holds at `atMs`, given when it turns: an odd number of turns makes the other of `from`. */
export function turned(turns: readonly number[], atMs: number, from: boolean): boolean {
  let holds = from;
  for (const turn of turns) if (turn <= atMs) holds = !holds;
  return holds;
}

/** The first turn after `atMs`. */
export function nextTurn(turns: readonly number[], atMs: number): number | undefined {
  const next = turns.find((turn) => turn > atMs);
  return next === never ? undefined : next;
}
