/** TaintNodesByCondition: a new Node is not ready until it says so. */
import type { Node, Taint } from '../../api/node.ts';

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export function taintedNotReady(node: Node): Node {
  const { taints = [] } = node.spec;
  const tainted = taints.some(
    ({ key, effect }) => key === notReady.key && effect === notReady.effect,
  );
  if (tainted) return node;
  return { ...node, spec: { ...node.spec, taints: [...taints, notReady] } };
}
