/** What a claim is filled from: said in an older and in a newer field, which come to say the same (KEP-1495). */
import { mapping } from '../fields.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from './persistentvolumeclaim.ts';

/** The older field may name claims and snapshots only: anything else in it alone means nothing. */
function isOfOld(source: unknown): boolean {
  const { apiGroup, kind } = mapping(source);
  return (
    (kind === 'PersistentVolumeClaim' && !apiGroup) ||
    (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')
  );
}

const without = (
  spec: PersistentVolumeClaimSpec,
  field: 'dataSource' | 'dataSourceRef',
): PersistentVolumeClaimSpec => {
  const { [field]: _dropped, ...rest } = spec;
  return rest;
};

/** Without what may not be said, unless it was said before; sources in other namespaces are behind a gate. */
function allowed(
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec | undefined,
): PersistentVolumeClaimSpec {
  const isForeign = Boolean(mapping(spec.dataSourceRef)['namespace']);
  const own = isForeign && old?.dataSourceRef === undefined ? without(spec, 'dataSourceRef') : spec;
  const wasThere = old?.dataSource !== undefined || old?.dataSourceRef !== undefined;
  const isKept = wasThere || own.dataSourceRef !== undefined || own.dataSource === undefined;
  return isKept || isOfOld(own.dataSource) ? own : without(own, 'dataSource');
}

/** Of a new claim: both fields are there, or none is. */
export function withSources(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const spec = allowed(claim.spec, undefined);
  const { dataSource, dataSourceRef } = spec;
  if (dataSource !== undefined && dataSourceRef === undefined) {
    return { ...claim, spec: { ...spec, dataSourceRef: dataSource } };
  }
  if (dataSourceRef !== undefined && dataSource === undefined) {
    const { namespace, ...local } = mapping(dataSourceRef);
    return namespace ? { ...claim, spec } : { ...claim, spec: { ...spec, dataSource: local } };
  }
  return spec === claim.spec ? claim : { ...claim, spec };
}

export function keptSources(
  next: PersistentVolumeClaim,
  current: PersistentVolumeClaim,
): PersistentVolumeClaim {
  const spec = allowed(next.spec, current.spec);
  return spec === next.spec ? next : { ...next, spec };
}
