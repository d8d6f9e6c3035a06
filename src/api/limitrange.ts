/** LimitRanges: how much single Pods, containers and claims of a namespace may, must and by default do ask for. */
import type { KubeObject } from './meta.ts';
import type { QuantityTexts } from './quantities.ts';

export interface LimitRangeItem {
  /** `Container`, `Pod`, `PersistentVolumeClaim`. */
  readonly type: string;
  readonly min?: QuantityTexts;
  readonly max?: QuantityTexts;
  /** Limits of containers that have none. */
  readonly default?: QuantityTexts;
  readonly defaultRequest?: QuantityTexts;
  readonly maxLimitRequestRatio?: QuantityTexts;
}

export interface LimitRange extends KubeObject {
  readonly spec: { readonly limits?: readonly LimitRangeItem[] };
}
