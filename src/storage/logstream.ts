/** A log that is written while it grows: lines are collected, written in batches, and made durable together. */
import { closeSync, existsSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { Encoder, encodeHeader } from '../log/codec.ts';
import type { Entry } from '../log/entry.ts';
import type { Log } from '../log/log.ts';

/** Characters that may wait for the next flush. */
const waitingMax = 1 << 20;

/** Longest time that an entry waits, milliseconds. */
const flushEveryMs = 50;

export class LogStream {
  readonly #fd: number;
  readonly #encoder = new Encoder();
  #waiting: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  #unobserve: (() => void) | undefined;

  /** Goes on with a file that is there; its last line must be whole. */
  constructor(path: string, engine: string) {
    if (path.endsWith('.gz')) {
      throw new UsageError(
        `${path}: a log that grows cannot be compressed; use a name that ends in .jsonl`,
      );
    }
    const isNew = !existsSync(path);
    try {
      this.#fd = openSync(path, 'a');
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? 'error';
      throw new UsageError(`${path}: cannot be written (${why}); choose another place`);
    }
    if (isNew) this.#line(encodeHeader(engine, undefined));
  }

  /** Writes what the log has beyond `from` entries, and all that it will get. */
  follow(log: Log, from: number): void {
    for (const entry of log.since(from)) this.append(entry);
    this.#unobserve = log.observe((entry) => this.append(entry));
  }

  append(entry: Entry): void {
    this.#line(this.#encoder.entry(entry));
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#length = 0;
    writeSync(this.#fd, text);
    fsyncSync(this.#fd);
  }

  close(): void {
    this.#unobserve?.();
    this.flush();
    closeSync(this.#fd);
  }

  #line(text: string): void {
    this.#waiting.push(`${text}\n`);
    this.#length += text.length;
    if (this.#length > waitingMax) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), flushEveryMs);
  }
}
