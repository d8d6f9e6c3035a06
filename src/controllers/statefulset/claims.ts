/** The claims of a set's Pods, by name (ctl-03 §B.3): `<template>-<set>-<ordinal>`. */
import type { Draft } from '../../api/meta.ts';
import { makeKey } from '../../api/meta.ts';
import type { StatefulSet, VolumeClaimTemplate } from '../../api/statefulset.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { View } from '../../store/view.ts';

export const claimName = (
  { metadata }: StatefulSet,
  template: VolumeClaimTemplate,
  ordinal: number,
): string => `${template.metadata.name}-${metadata.name}-${ordinal}`;

/** One claim that a Pod must have. */
export interface Wanted {
  readonly name: string;
  readonly draft: Draft<PersistentVolumeClaim>;
  /** As the cache shows it. */
  readonly claim: PersistentVolumeClaim | undefined;
}

export function claimsOf(set: StatefulSet, ordinal: number, view: View): readonly Wanted[] {
  const { namespace } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const name = claimName(set, template, ordinal);
    const { labels, annotations } = template.metadata;
    const claim = view.get<PersistentVolumeClaim>(
      'PersistentVolumeClaim',
      makeKey(namespace, name),
    );
    const draft: Draft<PersistentVolumeClaim> = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        namespace: namespace!,
        labels: { ...labels, ...set.spec.selector.matchLabels },
        ...(annotations === undefined ? {} : { annotations }),
      },
      spec: template.spec,
    };
    return { name, draft, claim };
  });
}
