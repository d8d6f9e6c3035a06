/** MD5 (RFC 1321) of a text: upstream puts the ports of Endpoints in the order of their sums. */

const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

const sines = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** The sum in lower case hexadecimal digits: texts of one length, so that their order is that of the bytes. */
export function md5(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const blocks = ((bytes.length + 8) >> 6) + 1;
  const padded = new DataView(new ArrayBuffer(blocks * 64));
  bytes.forEach((byte, i) => {
    padded.setUint8(i, byte);
  });
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(blocks * 64 - 8, bytes.length * 8, true);
  const sum: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.byteLength; at += 64) {
    let [a, b, c, d] = sum;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const [mixed, word] = mix(round, i, b, c, d);
      const added = (a + mixed + sines[i]! + padded.getUint32(at + word * 4, true)) | 0;
      const shift = shifts[round]![i % 4]!;
      [a, d, c, b] = [d, c, b, (b + ((added << shift) | (added >>> (32 - shift)))) | 0];
    }
    sum[0] = (sum[0] + a) | 0;
    sum[1] = (sum[1] + b) | 0;
    sum[2] = (sum[2] + c) | 0;
    sum[3] = (sum[3] + d) | 0;
  }
  const out = new DataView(new ArrayBuffer(16));
  sum.forEach((word, i) => {
    out.setUint32(i * 4, word, true);
  });
  return Array.from(new Uint8Array(out.buffer), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** The function of a round, and the word of the block that the step takes. */
function mix(round: number, i: number, b: number, c: number, d: number): readonly [number, number] {
  if (round === 0) return [(b & c) | (~b & d), i];
  if (round === 1) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (round === 2) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}
