/** Channels in a WebSocket: the first byte of a message says which one (`v5.channel.k8s.io`). */
import type { RawData, WebSocket } from 'ws';
import { type Channels, type Ending, failedToBegin, type Listener, sizeOf } from './channels.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Which can be spoken; the newest knows of the end of stdin. */
export const newest = 'v5.channel.k8s.io';
export const channelProtocols = [newest, 'v4.channel.k8s.io'];

/** More than this that the client has not taken, and it is let go. */
const backlogBytesMax = 64 * 1024 * 1024;

const normalClosure = 1000;

export class WebSocketChannels implements Channels {
  readonly #socket: WebSocket;

  /** @param first the lowest channel that is written to: a message on it says that all is set up. */
  constructor(socket: WebSocket, first: 'stdout' | 'stderr' | 'error') {
    this.#socket = socket;
    this.#send(channel[first], Buffer.alloc(0));
  }

  write(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    if (bytes.length > 0) this.#send(channel[stream], bytes);
  }

  end(status: Ending): void {
    this.#send(channel.error, Buffer.from(JSON.stringify(status)));
    this.#socket.close(normalClosure);
  }

  /** The fifth protocol is translated on the way, and the translator says once more what went wrong. */
  fail(why: string): void {
    const isTranslated = this.#socket.protocol === newest;
    this.end(failedToBegin(isTranslated ? `Internal error occurred: ${why}` : why));
  }

  listen(listener: Listener): void {
    this.#socket.on('message', (data: RawData) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer);
      const [first] = bytes;
      const rest = bytes.subarray(1);
      if (first === channel.stdin && rest.length > 0) listener.input(rest);
      else if (first === channel.close && rest[0] === channel.stdin)
        listener.input(rest.subarray(1));
      else if (first === channel.resize) {
        const size = sizeOf(rest.toString());
        if (size !== undefined) listener.resize(size.width, size.height);
      }
    });
    this.#socket.on('close', () => listener.closed());
    this.#socket.on('error', () => this.#socket.terminate());
  }

  #send(to: number, bytes: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > backlogBytesMax) return this.#socket.terminate();
    this.#socket.send(Buffer.concat([Buffer.of(to), bytes]));
  }
}
