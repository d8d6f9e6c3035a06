/** An operator on trial, as its rules know it. */
import type { KubeObject } from '../../src/api/meta.ts';
import type { ClusterOptions } from '../../src/sim/cluster.ts';
import type { World } from '../rule.ts';

export interface OperatorUnderTest {
  /** The name of its process among `cluster.managers`. */
  readonly process: string;
  /** The kind that it is for, as `Website.example.com`. */
  readonly kind: string;
  /** What the cluster is made with: the operator is one of its managers. */
  readonly cluster: ClusterOptions;
  /** Specs to go to and come back from: mistakes that a user makes and takes back. */
  readonly detours?: readonly object[];
  /** What stands for things outside of the cluster: nobody takes them away but the operator. */
  readonly external?: (object: KubeObject) => boolean;
}

/** The resource that a pass of the operator is about, as it saw it. */
export function aboutOf(
  { acting, seen }: World,
  { process, kind }: OperatorUnderTest,
): KubeObject | undefined {
  if (acting === undefined || acting.slot.process.name !== process) return undefined;
  return seen.get(kind, acting.pass.key);
}
