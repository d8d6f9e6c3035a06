/** What becomes of an object whose owners are what they are (ctl-06, api-07 §3). */

/** How each owner reference of an object stands, by a live look. */
export interface Owners {
  readonly solid: number;
  /** Absent, or another object by now. */
  readonly dangling: number;
  /** Being deleted in the foreground: it waits for its dependents. */
  readonly waiting: number;
}

export type Decision =
  | 'nothing'
  | 'patch'
  | 'delete Foreground'
  | 'delete Background'
  | 'delete Orphan';

/** `finalizers` are the object's own; `hasDependents`: it owns something itself. */
export function decide(
  { solid, dangling, waiting }: Owners,
  hasDependents: boolean,
  finalizers: readonly string[],
): Decision {
  if (solid + dangling + waiting === 0) return 'nothing';
  if (solid > 0) return dangling + waiting > 0 ? 'patch' : 'nothing';
  if (waiting > 0 && hasDependents) return 'delete Foreground';
  if (finalizers.includes('orphan')) return 'delete Orphan';
  if (finalizers.includes('foregroundDeletion')) return 'delete Foreground';
  return 'delete Background';
}
