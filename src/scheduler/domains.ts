/** Which domain each node is of, by its value of a label: numbers, so that counting Pods by domain needs no text. */
import type { NodeInfo } from './nodeinfo.ts';

export class Domains {
  /** Values of the label, by number; '' stands for nodes without the label, too. */
  readonly values: string[] = [];
  readonly #numbers: number[] = [];
  readonly #lacks: boolean[] = [];

  constructor(nodes: readonly NodeInfo[], key: string) {
    const known = new Map<string, number>();
    for (const { labels } of nodes) {
      const label = labels[key];
      const value = label ?? '';
      let number = known.get(value);
      if (number === undefined) {
        number = this.values.length;
        this.values.push(value);
        known.set(value, number);
      }
      this.#numbers.push(number);
      this.#lacks.push(label === undefined);
    }
  }

  of({ index }: NodeInfo): number {
    return this.#numbers[index]!;
  }

  /** Whether the node has no such label. */
  lacks({ index }: NodeInfo): boolean {
    return this.#lacks[index]!;
  }
}
