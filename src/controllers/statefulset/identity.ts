/** Who a Pod of a set is: its name, labels, host name and volumes follow from its ordinal. */
import { controllerRef, type Draft } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { PodSpec, PodTemplateSpec } from '../../api/pod/podspec.ts';
import type { StatefulSet } from '../../api/statefulset.ts';
import { claimName } from './claims.ts';
import { podName } from './ordinals.ts';
import { revisionLabel } from './podstate.ts';

const nameLabel = 'statefulset.kubernetes.io/pod-name';
const indexLabel = 'apps.kubernetes.io/pod-index';

/** A Pod that is not there yet. */
export function podFrom(
  set: StatefulSet,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { name, namespace } = set.metadata;
  const { serviceName } = set.spec;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(set, ordinal),
      generateName: `${name}-`,
      namespace: namespace!,
      labels: { ...labels, ...identityLabels(set, ordinal), [revisionLabel]: revision },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(set)],
    },
    spec: withVolumes(set, ordinal, {
      ...template.spec,
      hostname: podName(set, ordinal),
      ...(serviceName === '' ? {} : { subdomain: serviceName }),
    }),
  };
}

const identityLabels = (set: StatefulSet, ordinal: number) => ({
  [nameLabel]: podName(set, ordinal),
  [indexLabel]: String(ordinal),
});

type Volume = NonNullable<PodSpec['volumes']>[number];

/** Volumes of the claim templates; what the Pod template has under these names is replaced. */
function withVolumes(set: StatefulSet, ordinal: number, spec: PodSpec): PodSpec {
  const templates = set.spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return spec;
  const own = templates.map((template): Volume => {
    const source = { claimName: claimName(set, template, ordinal) };
    return { name: template.metadata.name, persistentVolumeClaim: source };
  });
  const names = new Set(own.map(({ name }) => name));
  const others = (spec.volumes ?? []).filter(({ name }) => !names.has(name));
  return { ...spec, volumes: [...own, ...others] };
}

const identityMatches = (set: StatefulSet, pod: Pod, ordinal: number): boolean =>
  pod.metadata.labels?.[nameLabel] === podName(set, ordinal);

export function storageMatches(set: StatefulSet, pod: Pod, ordinal: number): boolean {
  return (set.spec.volumeClaimTemplates ?? []).every((template) => {
    const volume = pod.spec.volumes?.find(({ name }) => name === template.metadata.name);
    const source = volume?.['persistentVolumeClaim'] as { readonly claimName?: string } | undefined;
    return source?.claimName === claimName(set, template, ordinal);
  });
}

/** The Pod as it should be; the same object if it is. */
export function identified(set: StatefulSet, pod: Pod, ordinal: number): Pod {
  const labelled = identityMatches(set, pod, ordinal)
    ? pod
    : {
        ...pod,
        metadata: {
          ...pod.metadata,
          labels: { ...pod.metadata.labels, ...identityLabels(set, ordinal) },
        },
      };
  if (storageMatches(set, pod, ordinal)) return labelled;
  return { ...labelled, spec: withVolumes(set, ordinal, labelled.spec) };
}
