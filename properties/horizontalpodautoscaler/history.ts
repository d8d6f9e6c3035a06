/**
 * What an autoscaler has to remember, as the rules have it: what was recommended, how its target was
 * resized, and what it selects. Whoever starts again has forgotten all of it.
 */
import type { Matches } from '../../src/api/selectors/selectors.ts';
import type { Entry, WriteEntry } from '../../src/log/entry.ts';
import { controllerManager } from '../../src/sim/cluster.ts';
import type { World } from '../rule.ts';
import { autoscalerKind, by, type Look } from './look.ts';

interface Recommendation {
  readonly replicas: number;
  readonly at: number;
}

interface Resize {
  /** Upwards above 0, downwards below. */
  readonly change: number;
  readonly at: number;
}

export interface Remembered {
  readonly uid: string;
  readonly recommendations: Recommendation[];
  readonly resizes: Resize[];
  selects: Matches | undefined;
}

/** An autoscaler writes the size of its target. */
export const isResize = (entry: Entry): boolean =>
  entry.type === 'write' && entry.by === by && entry.subresource === 'scale';

export const sizeOf = (object: WriteEntry['before']): number =>
  (object as { readonly spec?: { readonly replicas?: number } } | undefined)?.spec?.replicas ?? 0;

export class Autoscalers {
  readonly #byKey = new Map<string, Remembered>();
  readonly #noted = new WeakSet<object>();

  /** The look on which what is judged was decided, and what was known by then. */
  observe(
    entry: Entry,
    world: World,
  ): { readonly look: Look; readonly known: Remembered } | undefined {
    if (entry.type === 'fault' && entry.target === controllerManager) this.#restarted(entry.fault);
    const pass = world.acting?.pass;
    const look = pass && world.looked(pass);
    if (look === undefined) return undefined;
    const known = this.#of(pass!.key, look);
    if (!this.#noted.has(pass!)) {
      this.#noted.add(pass!);
      this.#note(pass!.key, known, look, world);
    }
    return { look, known };
  }

  /** A resize that was judged. */
  resized(known: Remembered, { before, after, t: at }: WriteEntry): void {
    known.resizes.push({ change: sizeOf(after) - sizeOf(before), at });
  }

  /** Others that were looked at since the controller started, and select one of these Pods. */
  rivals({ autoscaler, pods }: Look, { now, seen }: World): readonly string[] {
    const { namespace = '', uid } = autoscaler.metadata;
    return [...this.#byKey].flatMap(([key, { uid: other, selects }]) => {
      const isThere = [now, seen].every(
        (view) => view.get(autoscalerKind, key)?.metadata.uid === other,
      );
      const isRival =
        other !== uid &&
        isThere &&
        key.startsWith(`${namespace}/`) &&
        pods.some(({ metadata }) => selects?.(metadata.labels) === true);
      return isRival ? [key] : [];
    });
  }

  #restarted(fault: string): void {
    if (fault === 'exit' || fault.startsWith('crash')) this.#byKey.clear();
  }

  #of(key: string, { autoscaler }: Look): Remembered {
    const { uid } = autoscaler.metadata;
    let found = this.#byKey.get(key);
    if (found?.uid !== uid) {
      found = { uid, recommendations: [], resizes: [], selects: undefined };
      this.#byKey.set(key, found);
    }
    return found;
  }

  /** The first look notes the size that it finds. Metrics are not asked where others ask, too. */
  #note(key: string, known: Remembered, look: Look, { seen }: World): void {
    for (const [other, { uid }] of this.#byKey) {
      if (seen.get(autoscalerKind, other)?.metadata.uid !== uid) this.#byKey.delete(other);
    }
    const { t: at, current, matches, measures, recommended, pods } = look;
    if (known.recommendations.length === 0) known.recommendations.push({ replicas: current, at });
    if (!measures) return;
    known.selects = matches;
    const isAlone = ![...this.#byKey].some(
      ([other, { selects }]) =>
        other !== key && pods.some(({ metadata }) => selects?.(metadata.labels) === true),
    );
    if (recommended === undefined || !isAlone) return;
    known.recommendations.push({ replicas: recommended.replicas, at });
  }
}
