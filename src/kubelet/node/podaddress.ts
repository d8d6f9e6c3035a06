/** Addresses of Pods: 10.0.0.0/8 without the Services' part, a part of 253 for each node and another for many Pods. */

/** Those that a node can give. */
export const addressesMax = 2 * 253;

/** The first number of each part: what is usual comes first. */
const first = [...range(244, 256), ...range(112, 244), ...range(0, 96)];
const spare = (first.length * 256) / 2;

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** `place`: of the node, below 30,720; `nth`: from 0, below `addressesMax`. */
export function podAddress(place: number, nth: number): string {
  const part = place + Math.floor(nth / 253) * spare;
  return `10.${first[part >> 8]}.${part & 255}.${2 + (nth % 253)}`;
}
