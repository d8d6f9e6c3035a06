/** NodeDeclaredFeatures: what a Pod needs of a kubelet, the node must have declared (1.36). */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { type Plugin, unfit } from '../framework.ts';

const mismatch = unfit("node(s) didn't match Pod's required features", true);

const restartsAll = 'RestartAllContainersOnContainerExits';

function neededBy({ spec: { containers, initContainers = [] } }: Pod): readonly string[] {
  const asks = [...containers, ...initContainers].some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'),
  );
  return asks ? [restartsAll] : [];
}

function declares({ status }: Node, feature: string): boolean {
  const { declaredFeatures = [] } = status as { readonly declaredFeatures?: readonly string[] };
  return declaredFeatures.includes(feature);
}

const suits = (pod: Pod, node: Node): boolean =>
  neededBy(pod).every((feature) => declares(node, feature));

export const nodeDeclaredFeatures: Plugin = {
  name: 'NodeDeclaredFeatures',
  preFilter: ({ pod }) => neededBy(pod).length > 0,
  filter: ({ pod }, { node }) => (suits(pod, node) ? undefined : mismatch),
  hints: [
    {
      on: ['Node/Add', 'Node/UpdateNodeDeclaredFeature'],
      helps: (pod, { object }) => suits(pod, object as Node),
    },
  ],
};
