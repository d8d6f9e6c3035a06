/** The tables of devices and of claims to them (api-08 §3). */
import type { KubeObject } from '../meta.ts';
import { at, cell, size } from './cells.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

function claimState(claim: KubeObject): string {
  const isDeleted = claim.metadata.deletionTimestamp !== undefined;
  const isAllocated = at(claim, 'status.allocation') !== undefined;
  const isReserved = isAllocated && size(at(claim, 'status.reservedFor')) > 0;
  const states = [
    ...(isDeleted ? ['deleted'] : []),
    ...(isAllocated ? ['allocated'] : isDeleted ? [] : ['pending']),
    ...(isReserved ? ['reserved'] : []),
  ];
  return states.join(',');
}

export const deviceColumns: Readonly<Record<string, readonly Column[]>> = {
  DeviceClass: [nameColumn, ageColumn],
  ResourceClaim: [nameColumn, column('State', claimState), ageColumn],
  ResourceClaimTemplate: [nameColumn, ageColumn],
  ResourceSlice: [
    nameColumn,
    cell('Node', 'spec.nodeName', '<unset>'),
    cell('Driver', 'spec.driver', ''),
    cell('Pool', 'spec.pool.name', ''),
    ageColumn,
  ],
};
