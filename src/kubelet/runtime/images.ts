/** The images of one node, and the registry that they come from. One is pulled at a time. */
import type { Behaviour, Tempo } from './behaviour.ts';

export interface Pull {
  readonly arrivesAt: number;
  readonly tookMs: number;
  readonly waitedMs: number;
  /** What the registry says instead. */
  readonly error: string | undefined;
}

export class Images {
  readonly #clock: { readonly now: number };
  readonly #tempo: Tempo;
  /** Bytes, by name. */
  readonly #images = new Map<string, number>();
  /** When an image that is being pulled will be there. */
  readonly #pulling = new Map<string, number>();
  #pullsUntil = 0;
  /** Tries so far, by Pod and image, where a registry refuses. */
  readonly #tries = new Map<string, number>();

  constructor(clock: { readonly now: number }, tempo: Tempo) {
    this.#clock = clock;
    this.#tempo = tempo;
  }

  has(image: string): boolean {
    return this.#tempo.pullMs === 0 || this.#images.has(image);
  }

  /** Who asks for what is on its way already gets it with the first who asked. */
  pull(uid: string, image: string, behaviour: Behaviour, jittered: (ms: number) => number): Pull {
    const { now } = this.#clock;
    const error = this.#refusal(behaviour, uid, image);
    const isHere = error === undefined && this.#images.has(image);
    const tookMs = jittered(isHere ? this.#tempo.pullAgainMs : behaviour.pullMs);
    const underWay = this.#pulling.get(image);
    if (error === undefined && underWay !== undefined && underWay >= now) {
      return { arrivesAt: underWay, tookMs, waitedMs: 0, error };
    }
    const waitedMs = Math.max(this.#pullsUntil - now, 0);
    const arrivesAt = now + waitedMs + tookMs;
    this.#pullsUntil = arrivesAt;
    if (error === undefined) this.#pulling.set(image, arrivesAt);
    return { arrivesAt, tookMs, waitedMs, error };
  }

  get bytes(): number {
    let sum = 0;
    for (const bytes of this.#images.values()) sum += bytes;
    return sum;
  }

  /** The others go. */
  keep(used: ReadonlySet<string>): void {
    for (const image of this.#images.keys()) if (!used.has(image)) this.#images.delete(image);
  }

  arrived(image: string, bytes: number): void {
    this.#images.set(image, bytes);
    this.#pulling.delete(image);
  }

  /** What is on the disk stays. */
  powerOff(): void {
    this.#pulling.clear();
    this.#pullsUntil = 0;
  }

  #refusal({ pullError, pullErrors }: Behaviour, uid: string, image: string): string | undefined {
    if (pullError === undefined) return undefined;
    const key = `${uid} ${image}`;
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    return tries <= pullErrors ? pullError : undefined;
  }
}
