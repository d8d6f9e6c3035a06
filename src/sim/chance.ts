/** Chance as a function: a number that depends on the seed and on what it is about, nothing else. */

/** FNV-1a over UTF-16 units, continued from `hash`. */
export function hashText(text: string, hash = 0x811c9dc5): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Spreads the bits of a 32-bit number (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** In [0, 1). */
export function chance(seed: number, about: readonly string[]): number {
  let h = mix(seed ^ 0x9e3779b9);
  for (const text of about) h = hashText(text, h ^ 0x5bd1e995);
  return mix(h) / 0x1_0000_0000;
}
