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
  if (Array.isArray(value)) {
    const old = Array.isArray(known) ? known : none;
    for (let i = 0; i < value.length; i++) freezePart(value[i], old[i]);
    return;
  }
  const old = typeof known === 'object' && known !== null ? (known as Json) : noFields;
  for (const name in value) freezePart((value as Json)[name], old[name]);
}

const none: readonly unknown[] = [];
const noFields: Json = {};

function freezePart(value: unknown, known: unknown): void {
  if (typeof value === 'object' && value !== known) deepFreeze(value, known);
}
