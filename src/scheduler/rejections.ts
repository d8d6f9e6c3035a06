/** The nodes that a cycle turned down, and why: kept flat, since on a full cluster they are many. */
import type { Unfit } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';

export interface Rejection {
  readonly plugin: string;
  readonly why: Unfit;
}

export class Rejections {
  /** In the order in which they were looked at. */
  readonly nodes: NodeInfo[] = [];
  /** Why, one for each node; nodes that were turned down for the same may share one. */
  readonly whys: Rejection[] = [];
  #byName: ReadonlyMap<string, Rejection> | undefined;

  get size(): number {
    return this.nodes.length;
  }

  add(node: NodeInfo, why: Rejection): void {
    this.nodes.push(node);
    this.whys.push(why);
  }

  /** Why a node was turned down, if it was. To be asked when the cycle is over. */
  of(node: string): Rejection | undefined {
    this.#byName ??= new Map(this.nodes.map(({ name }, i) => [name, this.whys[i]!]));
    return this.#byName.get(node);
  }
}

export const noRejections = new Rejections();
