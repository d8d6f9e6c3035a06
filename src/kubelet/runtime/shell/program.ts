/**
 * A program in a container as a generator of what it asks for: to print, to read, to wait. Who runs it
 * answers; so it needs neither a clock nor a terminal. Texts hold one byte a character.
 */

export type Ask =
  | { readonly type: 'out' | 'err'; readonly text: string }
  /** The answer is what came in; nothing means that nothing comes any more. */
  | { readonly type: 'read' }
  | { readonly type: 'sleep'; readonly ms: number };

/** Returns its exit code. */
export type Program = Generator<Ask, number, string>;

/** Thrown into a program by Ctrl-C. */
export class Interrupted extends Error {}

export const interruptedCode = 130;

export const out = (text: string): Ask => ({ type: 'out', text });
export const err = (text: string): Ask => ({ type: 'err', text });

const utf8 = new TextEncoder();

/** A text as programs see it: each byte of it a character. */
export const asBytes = (text: string): string =>
  Array.from(utf8.encode(text), (byte) => String.fromCharCode(byte)).join('');

/** Runs a program with its asks changed on the way; `undefined` if there is nothing to pass on. */
export function* through(program: Program, change: (ask: Ask) => Ask | undefined): Program {
  let step = program.next('');
  while (step.done !== true) {
    const passed = change(step.value);
    let answer = '';
    try {
      if (passed !== undefined) answer = yield passed;
    } catch (error) {
      step = program.throw(error);
      continue;
    }
    step = program.next(answer);
  }
  return step.value;
}

/** What a program reads: from a pipe or a file, or as it comes in. */
export class Input {
  #text: string;
  readonly #isWhole: boolean;

  /** @param text all there is; without, whoever runs the program is asked. */
  constructor(text?: string) {
    this.#text = text ?? '';
    this.#isWhole = text !== undefined;
  }

  /** What is there, or comes next; nothing at the end. */
  *some(): Generator<Ask, string, string> {
    if (this.#text === '') yield* this.#more();
    const text = this.#text;
    this.#text = '';
    return text;
  }

  *all(): Generator<Ask, string, string> {
    while (yield* this.#more());
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Without its end; `undefined` when there is none any more. */
  *line(): Generator<Ask, string | undefined, string> {
    while (!this.#text.includes('\n') && (yield* this.#more()));
    if (this.#text === '') return undefined;
    const at = this.#text.indexOf('\n');
    const line = at < 0 ? this.#text : this.#text.slice(0, at);
    this.#text = at < 0 ? '' : this.#text.slice(at + 1);
    return line;
  }

  /** Whether there was more. */
  *#more(): Generator<Ask, boolean, string> {
    if (this.#isWhole) return false;
    const text = yield { type: 'read' };
    this.#text += text;
    return text !== '';
  }
}
