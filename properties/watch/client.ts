/**
 * A client of the API server's watches: lists, watches with a selector, reads at its own pace, goes on
 * after what breaks from the newest revision that it knows, and lists anew when that is forgotten.
 */
import { kindIn } from '../../src/api/custom/index.ts';
import { type Key, type KubeObject, keyOf } from '../../src/api/meta.ts';
import { selectionOf } from '../../src/apiserver/selection.ts';
import { tooOld, WatchStream } from '../../src/apiserver/watch.ts';
import { invariant } from '../../src/errors.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import type { Told, Trace } from './trace.ts';

/** So many changes may wait for a client before its watch is ended. */
const lagMax = 2;

export class WatchClient {
  readonly who: string;
  readonly kind: string;
  /** What it knows: the fold of its lists and of what it was told. */
  readonly cache = new Map<Key, KubeObject>();
  readonly matches: (object: KubeObject) => boolean;
  readonly #simulation: Simulation;
  readonly #selector: string;
  readonly #traces: Trace[] = [];
  /** The newest revision that it knows; undefined: it has to list. */
  #version: number | undefined;
  #stream: WatchStream | undefined;
  #told: Told[] = [];

  constructor(simulation: Simulation, who: string, kind: string, selector = '') {
    this.#simulation = simulation;
    this.who = who;
    this.kind = kind;
    this.#selector = selector;
    const selection = selectionOf({ labelSelector: selector }, this.#served);
    invariant(selection.ok, `no selector: ${selector}`);
    this.matches = selection.matches;
  }

  /** Its watches, the open one last. */
  get traces(): readonly Trace[] {
    return this.#traces.map((trace, i) =>
      this.#stream !== undefined && i === this.#traces.length - 1
        ? { ...trace, complete: this.#stream.lag === 0 }
        : trace,
    );
  }

  /** Reads at most so many events. Returns how many there were. */
  read(most: number): number {
    for (let count = 0; count < most; count++) {
      if (this.#stream === undefined) this.#open();
      if (this.#stream!.overrun) {
        this.disconnect();
        return count;
      }
      const event = this.#stream!.next();
      if (event === undefined) return count;
      const { type, object } = event;
      const key = keyOf(object);
      const revision = Number(object.metadata.resourceVersion);
      this.#told.push({ type, key, revision, object });
      this.#version = revision;
      if (type === 'DELETED') this.cache.delete(key);
      else this.cache.set(key, object);
    }
    return most;
  }

  /** The server says up to where it has told everything. */
  bookmark(): void {
    if (this.#stream === undefined) return;
    const { revision } = this.#stream;
    this.#told.push({ type: 'BOOKMARK', key: '', revision });
    this.#version = revision;
  }

  disconnect(): void {
    this.#stream = undefined;
  }

  /** Until there is nothing left to read. */
  catchUp(): void {
    while (this.read(1_000) > 0 || this.#stream === undefined);
  }

  #open(): void {
    const { store } = this.#simulation;
    if (this.#version !== undefined && tooOld(this.#version, store) !== undefined)
      this.#version = undefined;
    if (this.#version === undefined) this.#list();
    const since = this.#version!;
    const { who, kind, matches } = this;
    const options = { namespace: undefined, since, matches, lagMax };
    this.#stream = new WatchStream(store, this.#served, options);
    this.#told = [];
    const { compacted } = store;
    const selected = this.#selector === '' ? {} : { matches };
    this.#traces.push({
      who,
      kind,
      since,
      compacted,
      ...selected,
      told: this.#told,
      complete: false,
      tellsOld: false,
    });
  }

  #list(): void {
    const { kind } = this;
    const found = this.#simulation.submit(
      { verb: 'list', kind, labelSelector: this.#selector },
      this.who,
    );
    invariant(found.ok && found.list !== undefined, `${this.who} cannot list ${kind}`);
    this.cache.clear();
    for (const object of found.list.items) this.cache.set(keyOf(object), object);
    this.#version = Number(found.list.resourceVersion);
  }

  get #served() {
    return kindIn(this.kind, this.#simulation.store.view())!;
  }
}

const clients = new WeakMap<Simulation, readonly WatchClient[]>();

/** Those who watch in a trial. */
export const clientsOf = (simulation: Simulation): readonly WatchClient[] =>
  clients.get(simulation) ?? [];

export function addClients(simulation: Simulation): readonly WatchClient[] {
  const made = [
    new WatchClient(simulation, 'user/everything', 'ConfigMap'),
    new WatchClient(simulation, 'user/selective', 'ConfigMap', 'tier=a'),
  ];
  clients.set(simulation, made);
  return made;
}
