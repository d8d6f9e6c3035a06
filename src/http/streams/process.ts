/** A program that runs in a container, and those who are connected to it. */
import type { SimulatedContainer } from '../../kubelet/runtime/runtime.ts';
import type { Program } from '../../kubelet/runtime/shell/program.ts';
import { shown, type Terminal } from '../../kubelet/runtime/shell/terminal.ts';
import type { Context } from '../context.ts';
import type { Channels } from './channels.ts';
import { Driver } from './driver.ts';

/** Which of the standard streams somebody is connected to. */
export interface Streams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

const lookEveryMs = 100;
const killedCode = 137;

/** Programs know bytes only: a character each. */
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

export class Process {
  readonly #terminal: Terminal | undefined;
  readonly #driver: Driver;
  readonly #connected = new Map<Channels, Streams>();
  readonly #timer: NodeJS.Timeout;

  /** @param ended with its exit code; 137 when its container ends before it */
  constructor(
    program: Program,
    terminal: Terminal | undefined,
    record: SimulatedContainer,
    context: Context,
    ended: (code: number) => void,
  ) {
    this.#terminal = terminal;
    const end = (code: number) => {
      this.stop();
      ended(code);
    };
    this.#driver = new Driver(program, terminal !== undefined, {
      write: (to, text) => this.#write(to, text),
      wait: (ms, then) => after(ms, then, context),
      ended: end,
    });
    this.#timer = setInterval(() => {
      if (record.state !== 'running') end(killedCode);
    }, lookEveryMs);
  }

  /** @param left they are not connected any more */
  connect(channels: Channels, streams: Streams, left: () => void): void {
    this.#connected.set(channels, streams);
    channels.listen({
      input: (bytes) => {
        if (streams.stdin) this.#input(bytes);
      },
      resize: (width, height) => {
        const size = { rows: height, columns: width };
        if (this.#terminal !== undefined) Object.assign(this.#terminal.screen, size);
      },
      closed: () => {
        this.#connected.delete(channels);
        left();
      },
    });
  }

  start(): void {
    this.#driver.start();
  }

  /** Nothing comes from its standard input any more. */
  endInput(): void {
    this.#driver.endInput();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#driver.stop();
  }

  #write(to: 'stdout' | 'stderr', text: string): void {
    for (const [channels, streams] of this.#connected) {
      if (this.#terminal !== undefined) channels.write('stdout', bytesOf(shown(text)));
      else if (streams[to]) channels.write(to, bytesOf(text));
    }
  }

  #input(bytes: Buffer): void {
    if (bytes.length === 0) return this.#driver.endInput();
    const text = bytes.toString('latin1');
    if (this.#terminal === undefined) return this.#driver.feed(text);
    const { echo, events } = this.#terminal.type(text);
    for (const channels of this.#connected.keys()) channels.write('stdout', bytesOf(echo));
    for (const event of events) {
      if (event.type === 'text') this.#driver.feed(event.text);
      else if (event.type === 'end') this.#driver.endInput();
      else this.#driver.interrupt();
    }
  }
}

/** Waits until simulated time has come so far, however fast it goes. */
function after(ms: number, then: () => void, { clock, cluster }: Context): () => void {
  const { simulation } = cluster;
  clock.catchUp();
  const until = simulation.now + ms;
  let timer: NodeJS.Timeout;
  const look = () => {
    clock.catchUp();
    const left = until - simulation.now;
    if (left <= 0 || clock.speed === 'max') return then();
    const realMs = clock.paused ? lookEveryMs : left / clock.speed;
    timer = setTimeout(look, Math.min(Math.max(realMs, 1), 60_000));
  };
  timer = setTimeout(look, 0);
  return () => clearTimeout(timer);
}
