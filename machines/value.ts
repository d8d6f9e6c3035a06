/** State values, as XState writes them, as paths and as words. */
import type { StateValue } from 'xstate';

/** Every active state, as a path from the root: `existing`, `existing.phase`, … */
export function pathsOf(value: StateValue, root = ''): string[] {
  if (typeof value === 'string') return [root + value];
  return Object.entries(value).flatMap(([name, inner]) => [
    root + name,
    ...(inner === undefined ? [] : pathsOf(inner, `${root}${name}.`)),
  ]);
}

/** The innermost states, each after its region; a name that all share is left out. */
export function textOf(value: StateValue): string {
  if (typeof value === 'string') return value;
  const regions = Object.entries(value);
  if (regions.length === 1) {
    const [[name, inner]] = regions as [[string, StateValue]];
    return isParallel(inner) ? textOf(inner) : `${name}.${textOf(inner)}`;
  }
  return regions.map(([name, inner]) => `${name}: ${textOf(inner!)}`).join(', ');
}

const isParallel = (value: StateValue): boolean =>
  typeof value !== 'string' && Object.keys(value).length > 1;
