/** Another version of a kind than the stored one: the same objects in other words. */
import type { KubeObject } from '../meta.ts';

export interface Version {
  readonly apiVersion: string;
  /** An object as it is stored, in this version. */
  from(stored: KubeObject): KubeObject;
  /** An object of this version, as it is stored. */
  to(given: KubeObject): KubeObject;
}
