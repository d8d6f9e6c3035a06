/**
 * Hashes that name things (ctl-01 §6): FNV sums, their decimal digits spelt in safe letters.
 *
 * Upstream hashes Go's dump of the template, which changes with the release; ours is of canonical
 * JSON. The value differs, the rule is the same: equal templates have equal hashes.
 */
import { canonicalJson } from '../api/canonicaljson.ts';
import type { PodTemplateSpec } from '../api/pod/podspec.ts';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const prime = 0x01000193;
const offset = 0x811c9dc5;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function fnv1a32(bytes: Iterable<number>, from = offset): number {
  let h = from;
  for (const byte of bytes) h = Math.imul(h ^ byte, prime);
  return h >>> 0;
}

export function fnv132(bytes: Iterable<number>, from = offset): number {
  let h = from;
  for (const byte of bytes) h = Math.imul(h, prime) ^ byte;
  return h >>> 0;
}

/** Decimal digits of a sum, each as a letter that no word is made of. */
export const safeEncode = (sum: number): string =>
  [...String(sum)].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');

/** Of a text that stands for a Pod template; a collision count changes it. */
export function podTemplateHash(dump: string, collisionCount?: number | null): string {
  let sum = fnv1a32(utf8(dump));
  if (collisionCount !== undefined && collisionCount !== null) {
    const bytes = [0, 8, 16, 24].map((shift) => (collisionCount >>> shift) & 0xff);
    sum = fnv1a32([...bytes, 0, 0, 0, 0], sum);
  }
  return safeEncode(sum);
}

/** Of a ControllerRevision's data. */
export function revisionHash(data: string, collisionCount?: number | null): string {
  let sum = fnv132(utf8(data));
  if (collisionCount !== undefined && collisionCount !== null) {
    sum = fnv132(utf8(String(collisionCount)), sum);
  }
  return safeEncode(sum);
}

export const hashOfTemplate = (template: PodTemplateSpec, collisionCount?: number): string =>
  podTemplateHash(canonicalJson(template), collisionCount);
