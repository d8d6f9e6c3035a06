/** Printing: data on stdout, chatter on stderr, tables, and colours only where they are seen. */
import { styleText } from 'node:util';
import { stringify } from 'yaml';

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

const coloured = (): boolean =>
  process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export const style = (how: Style, text: string): string =>
  coloured() ? styleText(how, text) : text;

/** Columns as kubectl prints them: three spaces apart, as wide as needed. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  return [headings, ...rows]
    .map((row) =>
      row
        .map((cell, i) => (i === headings.length - 1 ? cell : cell.padEnd(widths[i]! + 3)))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

export const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 });

/** Says what goes on, on a terminal only, and only if it takes longer than a second. */
export class Progress {
  readonly #began = process.hrtime.bigint();
  #shown = false;
  #lastAt = 0;

  tick(text: () => string): void {
    if (process.stderr.isTTY !== true) return;
    const elapsedMs = Number(process.hrtime.bigint() - this.#began) / 1e6;
    if (elapsedMs < 1_000 || elapsedMs - this.#lastAt < 200) return;
    this.#lastAt = elapsedMs;
    this.#shown = true;
    process.stderr.write(`\r\u001b[K${text()}`);
  }

  done(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
  }
}
