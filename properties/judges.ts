/** The rules of one run with their memories, and which of them an entry is for. */
import type { Entry } from '../src/log/entry.ts';
import type { Always, Judged, World } from './rule.ts';

/** Places of rules, by what they are asked about: the same in every run. */
interface Asked {
  /** By kind. */
  readonly ofWrites: Map<string, readonly number[]>;
  /** By type. */
  readonly ofOthers: Map<string, readonly number[]>;
}

const known = new WeakMap<readonly Always[], Asked>();

/** A write to a Pod asks rules of Pods, and no rule is asked that looks at other entries only. */
export class Judges {
  readonly rules: readonly Always[];
  readonly #asked: Asked;
  readonly #begun: ReturnType<Always['begin']>[] = [];

  constructor(rules: readonly Always[]) {
    this.rules = rules;
    let asked = known.get(rules);
    if (asked === undefined) {
      asked = { ofWrites: new Map(), ofOthers: new Map() };
      known.set(rules, asked);
    }
    this.#asked = asked;
  }

  /** Places in `rules` of those that the entry is for. */
  of(entry: Entry): readonly number[] {
    const { ofWrites, ofOthers } = this.#asked;
    const [places, name] =
      entry.type === 'write' ? [ofWrites, entry.kind] : [ofOthers, entry.type as string];
    let found = places.get(name);
    if (found === undefined) {
      found = placesFor(this.rules, entry);
      places.set(name, found);
    }
    return found;
  }

  /** What one of them says. Its memory begins when it is first asked. */
  judge(place: number, entry: Entry, world: World): Judged {
    this.#begun[place] ??= this.rules[place]!.begin();
    return this.#begun[place]!(entry, world);
  }
}

function placesFor(rules: readonly Always[], entry: Entry): readonly number[] {
  const places: number[] = [];
  rules.forEach(({ types, kinds }, place) => {
    const isOfType = types?.includes(entry.type) !== false;
    const isOfKind = entry.type !== 'write' || kinds?.includes(entry.kind) !== false;
    if (isOfType && isOfKind) places.push(place);
  });
  return places;
}
