/** A DaemonSet's Pods: what one for a node looks like, which node one is for, which template it has. */
import { type DaemonSet, templateGeneration } from '../../api/daemonset.ts';
import { controllerRef, type Draft } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { PodSpec } from '../../api/pod/podspec.ts';
import { daemonTolerations } from './eligibility.ts';

export const hashLabel = 'controller-revision-hash';
const generationLabel = 'pod-template-generation';

/** Not bound: the scheduler is told by an affinity that only one node will do. */
export function podsFrom(ds: DaemonSet, hash: string): (node: string) => Draft<Pod> {
  const { metadata = {}, spec } = ds.spec.template;
  const { labels, annotations, finalizers } = metadata;
  const generation = templateGeneration(ds);
  const tolerations = daemonTolerations(spec);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${ds.metadata.name}-`,
      labels: {
        ...labels,
        ...(generation === undefined ? {} : { [generationLabel]: String(generation) }),
        [hashLabel]: hash,
      },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(ds)],
    },
  } as const;
  return (node) => ({ ...pod, spec: { ...spec, affinity: onlyOn(spec, node), tolerations } });
}

/** Replaces all that the template requires of nodes: whether it holds was asked before. */
function onlyOn({ affinity }: PodSpec, node: string): NonNullable<PodSpec['affinity']> {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }] as const;
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: required,
    },
  };
}

/** The node that a Pod is bound to, or waits for. */
export function targetNode({ spec: { nodeName, affinity } }: Pod): string | undefined {
  if (nodeName) return nodeName;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values = [] } of matchFields) {
      if (key === 'metadata.name' && operator === 'In' && values.length === 1) return values[0];
    }
  }
  return undefined;
}

/** Of the newest template, by its hash, or by the count of changes that older releases wrote. */
export function isUpdated(
  ds: DaemonSet,
  { metadata: { labels = {} } }: Pod,
  hash: string,
): boolean {
  const generation = templateGeneration(ds);
  return (
    (hash !== '' && labels[hashLabel] === hash) ||
    (generation !== undefined && labels[generationLabel] === String(generation))
  );
}
