/** Warning headers: what the author of a request should know, though it is answered (api-02). */
import type { Kind } from '../api/kind.ts';

const lengthMax = 4_096;

/** Each warning is a header of its own; that a kind is deprecated is said first. */
export function warningsOf(
  { deprecation }: Kind,
  warnings: readonly string[] = [],
): readonly string[] {
  const texts: string[] = [];
  let length = 0;
  for (const text of deprecation === undefined ? warnings : [deprecation, ...warnings]) {
    length += text.length;
    if (length > lengthMax) break;
    texts.push(`299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'))}`);
  }
  return texts;
}
