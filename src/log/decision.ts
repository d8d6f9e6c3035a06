/**
 * What the scheduler found out about a Pod in one cycle: kept with the pass that it ended, so that
 * nobody has to keep it in an object.
 */

/** One number per feasible node, in their order; a single one if all are equal. */
export type PerNode = number | readonly number[];

export interface DecidedScore {
  readonly plugin: string;
  readonly weight: number;
  /** Absent if normalizing changed nothing. */
  readonly raw?: PerNode;
  readonly normalized: PerNode;
}

export interface DecidedRejection {
  readonly plugin: string;
  readonly reasons: readonly string[];
  /** Preempting others would not help. */
  readonly unresolvable: boolean;
  readonly nodes: readonly string[];
  /** Nodes besides those that are named. */
  readonly more?: number;
}

export interface SchedulingDecision {
  readonly attempt: number;
  /** The profile that decided. */
  readonly scheduler: string;
  /** How many nodes there were. */
  readonly nodes: number;
  readonly chosen?: string;
  /** How many have the best total, if more than one, and who won: see `Ties`. */
  readonly tied?: { readonly nodes: number; readonly by: 'heap' | 'seeded' };
  /** The node that the Pod had been promised: looked at first, and alone if it would do. */
  readonly promised?: string;
  /** The plugins that had something to filter, in their order. */
  readonly filters: readonly string[];
  /** Those that would do; of many, those with the best totals. */
  readonly feasible: readonly string[];
  readonly moreFeasible?: number;
  readonly scores: readonly DecidedScore[];
  readonly rejections: readonly DecidedRejection[];
  /** Why it was not bound. */
  readonly message?: string;
  readonly preemption?: {
    readonly node: string;
    /** Keys of Pods. */
    readonly victims: readonly string[];
    /** Budgets that this violates. */
    readonly violations: number;
  };
}

export const at = (values: PerNode, i: number): number =>
  typeof values === 'number' ? values : values[i]!;

/** Weighted sums, one per feasible node. */
export const totalsOf = ({ feasible, scores }: SchedulingDecision): readonly number[] =>
  feasible.map((_, i) =>
    scores.reduce((sum, { weight, normalized }) => sum + weight * at(normalized, i), 0),
  );
