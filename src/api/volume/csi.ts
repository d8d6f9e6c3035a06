/** CSI drivers, and the volumes that they have made. */
import type { KubeObject } from '../meta.ts';
import type { PersistentVolume } from './persistentvolume.ts';

/** What a volume says of its driver. */
export interface CsiSource {
  readonly driver: string;
  readonly volumeHandle: string;
}

/** Undefined: it has none. */
export const csiOf = ({ spec }: PersistentVolume): CsiSource | undefined =>
  spec['csi'] as CsiSource | undefined;

/** What is known of a driver. */
export interface CsiDriver extends KubeObject {
  readonly spec: {
    /** Volumes need not be brought to nodes if this is false. */
    readonly attachRequired?: boolean;
    readonly storageCapacity?: boolean;
    readonly preventPodSchedulingIfMissing?: boolean;
  };
}
