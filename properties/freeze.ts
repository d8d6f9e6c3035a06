/** Freezes what is stored, so that whoever changes a cached object in place is caught in the act. */

type Json = Readonly<Record<string, unknown>>;

/** Whether somebody tried to write to what is frozen. */
export const isFrozenWrite = (error: unknown): error is TypeError =>
  error instanceof TypeError && /read only|not extensible|Cannot delete/.test(error.message);

/** Parts that are those of `known`, the version before, are frozen already. */
export function deepFreeze(value: unknown, known?: unknown): void {
  if (typeof value !== 'object' || value === null || value === known) return;
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  const old = typeof known === 'object' && known !== null ? (known as Json) : undefined;
  for (const name in value) deepFreeze((value as Json)[name], old?.[name]);
}
