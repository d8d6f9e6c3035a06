/**
 * The server's side of SPDY/3.1, as far as Kubernetes needs it: the client opens streams, and both
 * sides write to them. As in the library that kubectl uses, windows are not counted.
 */
import { Duplex } from 'node:stream';
import {
  controlFrame,
  type DataFrame,
  dataFrame,
  type Frame,
  FrameReader,
  flagFin,
  frameType,
  words,
} from './frames.ts';
import { HeaderCodec, type Headers } from './headers.ts';

/** What carries the bytes: a socket, or messages of a WebSocket. */
export interface Transport {
  send(bytes: Buffer): void;
  close(): void;
}

const cancelled = 5;

/** Parts of this size go into one frame. */
const chunkBytesMax = 1024 * 1024;

/** A stream that the client opened. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  readonly #transport: Transport;
  #open = true;

  constructor(id: number, headers: Headers, transport: Transport) {
    super();
    this.id = id;
    this.headers = headers;
    this.#transport = transport;
    this.on('error', () => {});
  }

  /** Resets are told to the client, unless it said so itself. */
  reset(): void {
    if (this.#open) {
      this.#transport.send(controlFrame(frameType.rstStream, words(this.id, cancelled)));
    }
    this.cut();
  }

  cut(): void {
    this.#open = false;
    this.destroy();
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    for (let at = 0; at < bytes.length && this.#open; at += chunkBytesMax) {
      this.#transport.send(dataFrame(this.id, bytes.subarray(at, at + chunkBytesMax)));
    }
    done();
  }

  override _final(done: () => void): void {
    if (this.#open) this.#transport.send(dataFrame(this.id, Buffer.alloc(0), flagFin));
    done();
  }
}

export class SpdyConnection {
  readonly #transport: Transport;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #reader = new FrameReader();
  readonly #codec = new HeaderCodec();
  readonly #streams = new Map<number, SpdyStream>();
  /** Frames are dealt with one after the other: headers take time. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(transport: Transport, onStream: (stream: SpdyStream) => void) {
    this.#transport = transport;
    this.#onStream = onStream;
  }

  feed(bytes: Buffer): void {
    try {
      for (const frame of this.#reader.feed(bytes)) {
        this.#last = this.#last.then(() => this.#take(frame)).catch(() => this.close());
      }
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of this.#streams.values()) stream.cut();
    this.#streams.clear();
    this.#codec.close();
    this.#transport.close();
  }

  async #take(frame: Frame): Promise<void> {
    if (this.#closed) return;
    const { body } = frame;
    switch (frame.type) {
      case 'data':
        return this.#data(frame);
      case frameType.synStream:
        return this.#opened(body, frame.flags);
      case frameType.rstStream:
        this.#streams.get(body.readUInt32BE(0))?.cut();
        return void this.#streams.delete(body.readUInt32BE(0));
      case frameType.ping:
        return this.#transport.send(controlFrame(frameType.ping, body));
      case frameType.goAway:
        return this.close();
    }
  }

  #data({ stream: id, body, flags }: DataFrame): void {
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.destroyed) return;
    if (body.length > 0) stream.push(Buffer.from(body));
    if ((flags & flagFin) !== 0) stream.push(null);
  }

  async #opened(body: Buffer, flags: number): Promise<void> {
    const id = body.readUInt32BE(0);
    const headers = await this.#codec.decode(body.subarray(10));
    if (this.#closed) return;
    const stream = new SpdyStream(id, headers, this.#transport);
    this.#streams.set(id, stream);
    stream.on('close', () => this.#streams.delete(id));
    const block = await this.#codec.encode(new Map());
    if (this.#closed) return;
    this.#transport.send(controlFrame(frameType.synReply, Buffer.concat([words(id), block])));
    if ((flags & flagFin) !== 0) stream.push(null);
    this.#onStream(stream);
  }
}
