/** A published bug as a small patch of the source: product code carries no hooks for it. */
import type { Family } from '../worlds/index.ts';

export interface Patch {
  /** Path from the root of the project. */
  readonly file: string;
  /** Stands in the file exactly once; a patch that does not apply any more fails. */
  readonly text: string;
  readonly replacement: string;
}

export interface Mutant {
  readonly id: string;
  /** The worlds in which it is searched for; `canaries`: it is in the checker itself. */
  readonly family: Family | 'canaries';
  /** Where the bug was published. */
  readonly source: string;
  readonly about: string;
  readonly patches: readonly Patch[];
  /** Rules of which one is expected to see it. */
  readonly killedBy: readonly string[];
  /** Only they judge: others would see it first, and it is these that are on trial. */
  readonly alone?: true;
  /** Runs after which it counts as survived. */
  readonly runs?: number;
  /** Of the search, where another one finds it much sooner (1). */
  readonly seed?: number;
}

/** The source with the patches applied, by file. Throws if one does not apply. */
export function applied(
  mutant: Mutant,
  read: (file: string) => string,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { file, text, replacement } of mutant.patches) {
    const before = files.get(file) ?? read(file);
    const times = before.split(text).length - 1;
    if (times !== 1) {
      throw new Error(`mutant ${mutant.id}: its text stands ${times} times in ${file}, not once`);
    }
    files.set(
      file,
      before.replace(text, () => replacement),
    );
  }
  return files;
}
