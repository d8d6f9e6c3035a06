/**
 * Generated names and uids. Real ones are random; these depend on the seed and on the revision that
 * the write will have, so a run has the same names whenever it is played.
 */
import { flat } from '../flat.ts';
import { hashText, mix } from '../sim/chance.ts';

/** What upstream's `SimpleNameGenerator` draws from: no vowels, nothing that looks like another. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const generatedMax = 63 - suffixLength;

export function generateName(
  base: string,
  seed: number,
  revision: number,
  attempt: number,
): string {
  let h = mix(hashText(base, mix(seed) ^ (revision * 31 + attempt)));
  let suffix = '';
  for (let i = 0; i < suffixLength; i++) {
    suffix += alphabet[h % alphabet.length];
    h = mix(h ^ (i + 1));
  }
  return flat(base.slice(0, generatedMax) + suffix);
}

/** In the shape of a random (version 4) uuid. */
export function generateUid(seed: number, revision: number): string {
  const a = mix(mix(seed) ^ revision);
  const b = mix(revision ^ 0x9e3779b9);
  const c = mix(mix(seed ^ 0x51ed270b) + revision);
  const d = mix(revision * 2_654_435_761 + seed);
  return flat(
    `${word(a >>> 16)}${word(a)}-${word(b)}-${word(0x4000 | (b >>> 20))}-${word(0x8000 | (c >>> 18))}-${word(c)}${word(d >>> 16)}${word(d)}`,
  );
}

const words: (string | undefined)[] = [];

/** Four hexadecimal digits. */
function word(value: number): string {
  const low = value & 0xffff;
  words[low] ??= low.toString(16).padStart(4, '0');
  return words[low]!;
}
