/** How many Pods of a Job should be active, and what follows for those that are (ctl-04 §A.4). */

export interface Sizes {
  /** Undefined: the Pods know themselves when the work is done. */
  readonly completions: number | undefined;
  readonly parallelism: number;
  readonly succeeded: number;
  readonly active: number;
  /** Counts only where Pods are replaced when they have failed, and not before. */
  readonly terminating: number;
}

export function wantedActive({ completions, parallelism, succeeded, active }: Sizes): number {
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

export interface Change {
  readonly create: number;
  /**
   * Too many, with those on their way out counted (ctl-04 §A.4). Upstream takes away no more than
   * what is active beyond `wantedActive`, and so does the pass.
   */
  readonly delete: number;
}

export function changeOf(sizes: Sizes): Change {
  const surplus = sizes.active + sizes.terminating - wantedActive(sizes);
  return { create: Math.max(0, -surplus), delete: Math.min(sizes.active, Math.max(0, surplus)) };
}
