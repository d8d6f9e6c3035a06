/** A terminal between a person and a program: echo, lines, Ctrl-C and Ctrl-D. */
import type { Screen } from './session.ts';

/** What keys come to: something to show, and what the program gets. */
export interface Typed {
  readonly echo: string;
  readonly events: readonly (
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'end' | 'interrupt' }
  )[];
}

const [interrupt, end, backspace, remove] = ['\x03', '\x04', '\b', '\x7f'];

export class Terminal {
  readonly screen: Screen = { rows: 24, columns: 80 };
  #line = '';

  type(keys: string): Typed {
    let echo = '';
    const events: Typed['events'][number][] = [];
    for (const key of keys) {
      if (key === '\r' || key === '\n') {
        events.push({ type: 'text', text: `${this.#line}\n` });
        this.#line = '';
        echo += '\r\n';
      } else if (key === interrupt) {
        events.push({ type: 'interrupt' });
        this.#line = '';
        echo += '^C';
      } else if (key === end) {
        if (this.#line === '') events.push({ type: 'end' });
        else events.push({ type: 'text', text: this.#line });
        this.#line = '';
      } else if (key === backspace || key === remove) {
        if (this.#line !== '') echo += '\b \b';
        this.#line = this.#line.slice(0, -1);
      } else {
        this.#line += key;
        echo += key;
      }
    }
    return { echo, events };
  }
}

/** How a terminal shows what a program prints. */
export const shown = (text: string): string => text.replace(/\r?\n/g, '\r\n');
