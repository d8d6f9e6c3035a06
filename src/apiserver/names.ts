/**
 * Generated names and uids. Real ones are random; these depend on the seed and on the revision that
 * the write will have, so a run has the same names whenever it is played.
 */
import { hashText, mix } from '../sim/chance.ts';

/** What upstream's `SimpleNameGenerator` draws from: no vowels, nothing that looks like another. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const generatedMax = 63 - suffixLength;

export function generateName(base: string, seed: number, revision: number, attempt: number): string {
  let h = mix(hashText(base, mix(seed) ^ (revision * 31 + attempt)));
  let suffix = '';
  for (let i = 0; i < suffixLength; i++) {
    suffix += alphabet[h % alphabet.length];
    h = mix(h ^ (i + 1));
  }
  return base.slice(0, generatedMax) + suffix;
}

/** In the shape of a random (version 4) uuid. */
export function generateUid(seed: number, revision: number): string {
  const a = hex(mix(mix(seed) ^ revision));
  const b = hex(mix(revision ^ 0x9e3779b9));
  const c = hex(mix(mix(seed ^ 0x51ed270b) + revision));
  const d = hex(mix(revision * 2_654_435_761 + seed));
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${'89ab'[revision & 3]}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
