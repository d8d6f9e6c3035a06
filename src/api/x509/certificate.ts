/** What has to be known of a certificate: when it ends. */
import { parseTimestamp } from '../time.ts';
import { DerError, elementsOf, inside, tags, textOf } from './der.ts';
import { pemBytes } from './pem.ts';

/** Simulated milliseconds; undefined: it is none that can be read. */
export function notAfterOf(pem: string): number | undefined {
  const bytes = pemBytes(pem, 'CERTIFICATE');
  if (bytes === undefined) return undefined;
  try {
    const [whole] = elementsOf(bytes);
    const [body] = inside(whole, tags.sequence);
    const parts = inside(body, tags.sequence);
    // The version, which stands first, may be left out.
    const [, , , validity] = parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
    const [, end] = inside(validity, tags.sequence);
    return end === undefined ? undefined : instantOf(textOf(end), end.tag);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** `491231235959Z` is 2049, `500101000000Z` is 1950. */
function instantOf(text: string, tag: number): number | undefined {
  const isShort = tag === tags.utcTime;
  if (!isShort && tag !== tags.generalizedTime) return undefined;
  const full = isShort ? `${text < '50' ? '20' : '19'}${text}` : text;
  const iso = full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const instant = parseTimestamp(iso);
  return Number.isNaN(instant) ? undefined : instant;
}
