/** Runs a program of the simulated shell: gives it what comes in, and lets it wait. */
import { Interrupted, type Program } from '../../kubelet/runtime/shell/program.ts';

export interface DriverHost {
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** Calls back after so many simulated milliseconds; returns how to call it off. */
  wait(ms: number, then: () => void): () => void;
  ended(code: number): void;
}

export class Driver {
  readonly #program: Program;
  readonly #host: DriverHost;
  readonly #isTerminal: boolean;
  #input = '';
  #inputEnded = false;
  #reading = false;
  #cancel: (() => void) | undefined;
  #done = false;

  /** @param isTerminal the end of what comes in may come more than once */
  constructor(program: Program, isTerminal: boolean, host: DriverHost) {
    this.#program = program;
    this.#isTerminal = isTerminal;
    this.#host = host;
  }

  start(): void {
    this.#go(() => this.#program.next(''));
  }

  feed(text: string): void {
    this.#input += text;
    this.#answer();
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#answer();
  }

  interrupt(): void {
    this.#cancel?.();
    this.#reading = false;
    this.#go(() => this.#program.throw(new Interrupted()));
  }

  /** Nobody waits for it any more. */
  stop(): void {
    this.#cancel?.();
    this.#done = true;
  }

  #answer(): void {
    if (!this.#reading || (this.#input === '' && !this.#inputEnded)) return;
    this.#reading = false;
    const text = this.#input;
    this.#input = '';
    if (text === '' && this.#isTerminal) this.#inputEnded = false;
    this.#go(() => this.#program.next(text));
  }

  #go(resume: () => IteratorResult<unknown, number>): void {
    if (this.#done) return;
    let step = resume() as ReturnType<Program['next']>;
    for (;;) {
      if (step.done === true) {
        this.#done = true;
        return this.#host.ended(step.value);
      }
      const ask = step.value;
      if (ask.type === 'read') {
        this.#reading = true;
        return this.#answer();
      }
      if (ask.type === 'sleep') {
        this.#cancel = this.#host.wait(ask.ms, () => this.#go(() => this.#program.next('')));
        return;
      }
      this.#host.write(ask.type === 'out' ? 'stdout' : 'stderr', ask.text);
      step = this.#program.next('');
    }
  }
}
