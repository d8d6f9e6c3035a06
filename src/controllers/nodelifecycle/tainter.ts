/** Nodes that wait to be given up, zone by zone, as fast as each zone's rate allows. */
import { TokenBucket } from '../../sim/ratelimiter.ts';
import type { ZoneState } from './zones.ts';

interface Zone {
  readonly waiting: Set<string>;
  state: ZoneState | 'Initial';
  rate: number;
  bucket: TokenBucket;
}

const initialRate = 0.1;
const burst = 1;

export class Tainter {
  readonly #zones = new Map<string, Zone>();

  /** States of the zones that have nodes. */
  get states(): ReadonlyMap<string, ZoneState | 'Initial'> {
    return new Map([...this.#zones].map(([name, { state }]) => [name, state]));
  }

  get isWaiting(): boolean {
    return [...this.#zones.values()].some(({ waiting, rate }) => waiting.size > 0 && rate > 0);
  }

  has(node: string): boolean {
    return [...this.#zones.values()].some(({ waiting }) => waiting.has(node));
  }

  add(zone: string, node: string): void {
    this.#zoneOf(zone).waiting.add(node);
  }

  remove(node: string): void {
    for (const { waiting } of this.#zones.values()) waiting.delete(node);
  }

  set(name: string, state: ZoneState, rate: number, now: number): void {
    const zone = this.#zoneOf(name);
    zone.state = state;
    if (zone.rate === rate) return;
    const isDrained = zone.rate === 0 || zone.bucket.memory(now) > 0;
    zone.rate = rate;
    zone.bucket = bucketOf(rate, now);
    if (isDrained) zone.bucket.take(now);
  }

  forgetZones(but: ReadonlySet<string>): void {
    for (const name of this.#zones.keys()) if (!but.has(name)) this.#zones.delete(name);
  }

  /** Those whose turn it is now; each costs its zone a token. */
  *take(now: number): Generator<string> {
    for (const { waiting, rate, bucket } of this.#zones.values()) {
      for (const node of waiting) {
        if (rate === 0 || !bucket.take(now)) break;
        waiting.delete(node);
        yield node;
      }
    }
  }

  /** Milliseconds until one has its turn; undefined: none waits. */
  waitMs(now: number): number | undefined {
    let soonest: number | undefined;
    for (const { waiting, rate, bucket } of this.#zones.values()) {
      if (waiting.size === 0 || rate === 0) continue;
      const ms = (bucket.memory(now) / rate) * 1000;
      if (soonest === undefined || ms < soonest) soonest = ms;
    }
    return soonest;
  }

  memory(now: number): unknown {
    return [...this.#zones].map(([name, { waiting, state, rate, bucket }]) => [
      name,
      [...waiting],
      state,
      rate,
      rate === 0 ? 0 : bucket.memory(now),
    ]);
  }

  #zoneOf(name: string): Zone {
    let zone = this.#zones.get(name);
    if (zone === undefined) {
      const bucket = bucketOf(initialRate, 0);
      zone = { waiting: new Set(), state: 'Initial', rate: initialRate, bucket };
      this.#zones.set(name, zone);
    }
    return zone;
  }
}

function bucketOf(rate: number, now: number): TokenBucket {
  const bucket = new TokenBucket(rate, burst);
  bucket.memory(now);
  return bucket;
}
