/** Volumes that a driver has to bring to a node before anything there can use them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type CsiDriver, csiOf } from './csi.ts';
import type { PersistentVolume } from './persistentvolume.ts';

/** A volume of a CSI driver. */
export interface Attachable {
  readonly driver: string;
  readonly handle: string;
  /** What Nodes call it. */
  readonly uniqueName: string;
}

/** Undefined: it is wherever it is needed. `driver`: what the API knows of the driver, if anything. */
export function attachableOf(
  volume: PersistentVolume,
  driverOf: (name: string) => CsiDriver | undefined,
): Attachable | undefined {
  const csi = csiOf(volume);
  if (csi === undefined) return undefined;
  const { driver, volumeHandle: handle } = csi;
  if (driverOf(driver)?.spec.attachRequired === false) return undefined;
  return { driver, handle, uniqueName: `kubernetes.io/csi/${driver}^${handle}` };
}

/** Of its VolumeAttachment: one for each volume and node. */
export const attachmentName = ({ driver, handle }: Attachable, node: string): string =>
  `csi-${bytesToHex(sha256(utf8ToBytes(`${handle}${driver}${node}`)))}`;

const shared = new Set(['ReadWriteMany', 'ReadOnlyMany']);

/** Whether it may be at several nodes at a time. One that says nothing of access may. */
export const isShareable = ({ spec: { accessModes = [] } }: PersistentVolume): boolean =>
  accessModes.length === 0 || accessModes.some((mode) => shared.has(mode));

/** The kubelet leaves attaching to the controller: volumes of other nodes are no business of it. */
export const controllerAttaches = 'volumes.kubernetes.io/controller-managed-attach-detach';
