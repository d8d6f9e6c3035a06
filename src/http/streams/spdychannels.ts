/** Channels in SPDY, a stream each: how kubectl before 1.31 speaks, and how newer ones fall back. */
import type { SpdyConnection, SpdyStream } from '../spdy/connection.ts';
import { type Channels, type Ending, failedToBegin, type Listener, sizeOf } from './channels.ts';
import type { Wishes } from './wishes.ts';

type Name = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

export class SpdyChannels implements Channels {
  readonly #streams = new Map<Name, SpdyStream>();
  readonly #missing: Set<Name>;
  readonly #ready: (channels: SpdyChannels) => void;
  #listener: Listener | undefined;
  connection: SpdyConnection | undefined;

  /** @param ready called when the client has opened all streams that it wished for. */
  constructor({ stdin, stdout, stderr, tty }: Wishes, ready: (channels: SpdyChannels) => void) {
    this.#missing = new Set([
      'error',
      ...(stdin ? (['stdin'] as const) : []),
      ...(stdout ? (['stdout'] as const) : []),
      ...(stderr && !tty ? (['stderr'] as const) : []),
      ...(tty ? (['resize'] as const) : []),
    ]);
    this.#ready = ready;
  }

  take(stream: SpdyStream): void {
    const name = stream.headers.get('streamtype') as Name;
    if (!this.#missing.delete(name)) return stream.reset();
    this.#streams.set(name, stream);
    if (this.#missing.size === 0) this.#ready(this);
  }

  write(to: 'stdout' | 'stderr', bytes: Buffer): void {
    if (bytes.length > 0) this.#streams.get(to)?.write(bytes);
  }

  end(status: Ending): void {
    this.#streams.get('error')?.end(JSON.stringify(status));
    for (const name of ['stdout', 'stderr'] as const) this.#streams.get(name)?.end();
    // The client closes; if it does not, nobody is there any more.
    setTimeout(() => this.connection?.close(), 1_000).unref();
  }

  fail(why: string): void {
    this.end(failedToBegin(why));
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    const stdin = this.#streams.get('stdin');
    stdin?.on('data', (bytes: Buffer) => listener.input(bytes));
    stdin?.on('end', () => listener.input(Buffer.alloc(0)));
    this.#streams.get('resize')?.on('data', (bytes: Buffer) => {
      for (const line of bytes.toString().split('\n')) {
        const size = sizeOf(line);
        if (size !== undefined) listener.resize(size.width, size.height);
      }
    });
  }

  closed(): void {
    this.#listener?.closed();
  }
}
