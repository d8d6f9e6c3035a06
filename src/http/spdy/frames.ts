/** Frames of SPDY/3: eight bytes that say what follows, and what follows. */

export interface ControlFrame {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

export interface DataFrame {
  readonly type: 'data';
  readonly flags: number;
  readonly stream: number;
  readonly body: Buffer;
}

export type Frame = ControlFrame | DataFrame;

export const frameType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  ping: 6,
  goAway: 7,
} as const;

/** This side sends no more. */
export const flagFin = 1;

const version = 3;
const headBytes = 8;
const control = 0x80;

/** Longer ones are an attack. */
const frameBytesMax = 8 * 1024 * 1024;

/** Cuts what comes in into frames. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** Throws a RangeError on a frame that is too long. */
  feed(bytes: Buffer): readonly Frame[] {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    const frames: Frame[] = [];
    while (this.#bytes.length >= headBytes) {
      const length = this.#bytes.readUIntBE(5, 3);
      if (length > frameBytesMax) throw new RangeError(`a frame of ${length} bytes`);
      if (this.#bytes.length < headBytes + length) break;
      const flags = this.#bytes[4]!;
      const body = this.#bytes.subarray(headBytes, headBytes + length);
      const isControl = (this.#bytes[0]! & control) !== 0;
      frames.push(
        isControl
          ? { type: this.#bytes.readUInt16BE(2), flags, body }
          : { type: 'data', stream: this.#bytes.readUInt32BE(0), flags, body },
      );
      this.#bytes = this.#bytes.subarray(headBytes + length);
    }
    return frames;
  }
}

export function controlFrame(type: number, body: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE((control << 8) | version, 0);
  head.writeUInt16BE(type, 2);
  head[4] = flags;
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

export function dataFrame(stream: number, body: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(stream, 0);
  head[4] = flags;
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => void bytes.writeUInt32BE(value >>> 0, i * 4));
  return bytes;
}
