/** PrioritySort: the more important Pod first, among equals the one that waits longer. */

export interface Waiting {
  readonly priority: number;
  /** When it was last put into a queue by a failure, or came. */
  readonly since: number;
}

export const comesFirst = (a: Waiting, b: Waiting): boolean =>
  a.priority > b.priority || (a.priority === b.priority && a.since < b.since);
