/** Reading ASN.1 as certificates are encoded (DER): tags, lengths and values, and no more than that. */

export interface Element {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** What is no DER. */
export class DerError extends Error {}

export const tags = {
  sequence: 0x30,
  set: 0x31,
  oid: 0x06,
  octets: 0x04,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** The elements that stand one after the other in some bytes. */
export function elementsOf(bytes: Uint8Array): readonly Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at]!;
    const { length, start } = lengthAt(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new DerError('data truncated');
    elements.push({ tag, bytes: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
}

function lengthAt(bytes: Uint8Array, at: number): { length: number; start: number } {
  const first = bytes[at];
  if (first === undefined) throw new DerError('syntax error');
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new DerError('length too large');
  let length = 0;
  for (let i = 1; i <= count; i++) length = length * 256 + (bytes[at + i] ?? 0);
  return { length, start: at + 1 + count };
}

/** The parts of an element that must be of this tag. */
export function inside(element: Element | undefined, tag: number): readonly Element[] {
  if (element?.tag !== tag) throw new DerError('structure error');
  return elementsOf(element.bytes);
}

/** `2.5.4.3` */
export function oidOf({ bytes }: Element): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (numbers.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      numbers.push(first, value - first * 40);
    } else numbers.push(value);
    value = 0;
  }
  return numbers.join('.');
}

const decoder = new TextDecoder();

export const textOf = ({ bytes }: Element): string => decoder.decode(bytes);
