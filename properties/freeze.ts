/** Freezes what is stored, so that whoever changes a cached object in place is caught in the act. */

const frozen = new WeakSet<object>();

/** Shared parts are frozen once. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || frozen.has(value)) return;
  frozen.add(value);
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}
