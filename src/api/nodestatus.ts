/** What controllers ask of a Node. */
import { type Condition, conditionOf } from './meta.ts';
import type { Node } from './node.ts';

export const readyOf = ({ status }: Node): Condition | undefined =>
  conditionOf(status.conditions, 'Ready');

export const isNodeReady = (node: Node): boolean => readyOf(node)?.status === 'True';
