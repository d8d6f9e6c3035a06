/**
 * The two errors that are not rejections: a user's mistake, told in one line, and a bug of ours.
 *
 * A request that the API server refuses is neither: it is data, see `api/status.ts`.
 */

/** A mistake in what the user gave us: says what, where, what was expected and what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** For conditions that only a bug in this program can violate. Never caught. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant violated: ${message}`);
}
