/** Reading side of the store: the objects as they were at some revision, whoever asks. */
import type { Key, KubeObject } from '../api/meta.ts';

/**
 * A lister. A process reads through one that shows what has been delivered to it; the API server
 * reads the newest; a debugger reads any. Objects are shared: never change them.
 */
export interface View {
  /** The newest revision that this view can show. */
  readonly revision: number;
  /** Kinds of which there is or was an object: what to look through for whatever it may be. */
  readonly kinds: readonly string[];
  get<T extends KubeObject = KubeObject>(kind: string, key: Key): T | undefined;
  /** All objects of a kind, in a stable order that means nothing. */
  list<T extends KubeObject = KubeObject>(kind: string): readonly T[];
  /**
   * Objects whose index has this value. Every kind has `namespace`, `controller` (uid of the
   * controllerRef, or `none/<namespace>` where there is none) and `owner` (uid of each reference);
   * kinds add their own, as Pod's `node`.
   */
  by<T extends KubeObject = KubeObject>(kind: string, index: string, value: string): readonly T[];
}
