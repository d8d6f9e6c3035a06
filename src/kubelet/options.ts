/** What a kubelet is configured with, and the machine that it runs on. */
import type { FirstList, NodeSpec } from '../sim/scenario/types.ts';
import type { Behaviours } from './runtime/behaviour.ts';
import type { ContainerRuntime } from './runtime/runtime.ts';
import type { StaticManifests } from './staticpods.ts';

export interface KubeletOptions {
  readonly node: NodeSpec;
  readonly hostIP: string;
  readonly runtime: ContainerRuntime;
  readonly behaviours: Behaviours;
  /** Static Pods of the machine. */
  readonly manifests?: StaticManifests;
  /** `confirmed` if nothing is said. */
  readonly firstList?: FirstList;
  /** How often the Lease is renewed and the status posted; undefined: never. */
  readonly heartbeats?: { readonly leaseMs: number; readonly statusMs: number };
}
