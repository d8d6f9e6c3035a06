/** What is wrong with an expression, or with what it is about. */

export class CelError extends Error {
  override readonly name = 'CelError';
  /** Where in the expression, counted from 0, where that is known. */
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}

export const noOverload = (): CelError => new CelError('no such overload');

/** As cel-go shows an error: with the line that it is in, and where. */
export function shownError({ message, at = 0 }: CelError, source: string): string {
  const before = source.slice(0, at).split('\n');
  const line = source.split('\n')[before.length - 1]!;
  const column = before.at(-1)!.length;
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`;
}
