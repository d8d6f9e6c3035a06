/**
 * What plugins that look at one node at a time read of a Pod. Pods of one signature are told the same of a
 * node, so long as the node stays as it is (upstream's KEP-5598 builds on the same).
 */
import type { Container, PodSpec } from '../api/pod/podspec.ts';

/** Parts of a spec that Pods of a template share, and the text that they come to. */
interface Known {
  readonly spec: PodSpec;
  readonly signature: string;
}

const remembered = new WeakMap<object, Known>();

/** Equal for equal needs. Remembered: Pods of a template share the parts of their specs. */
export function signatureOf(spec: PodSpec): string {
  const known = remembered.get(spec.containers);
  if (known !== undefined && sharesParts(known.spec, spec)) return known.signature;
  const signature = textOf(spec);
  remembered.set(spec.containers, { spec, signature });
  return signature;
}

const sharesParts = (a: PodSpec, b: PodSpec): boolean =>
  a.initContainers === b.initContainers &&
  a.nodeName === b.nodeName &&
  a.nodeSelector === b.nodeSelector &&
  a.affinity === b.affinity &&
  a.tolerations === b.tolerations &&
  a.resources === b.resources &&
  a.overhead === b.overhead;

function textOf(spec: PodSpec): string {
  const { containers, initContainers, nodeName, nodeSelector, affinity, tolerations } = spec;
  return JSON.stringify([
    containers.map(needsOf),
    initContainers?.map(needsOf),
    nodeName,
    nodeSelector,
    affinity?.nodeAffinity,
    tolerations,
    spec.resources,
    spec.overhead,
  ]);
}

const needsOf = ({ resources, ports, restartPolicy }: Container) => [
  resources?.requests,
  ports,
  restartPolicy,
];
