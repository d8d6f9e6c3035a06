/** How quotas count the objects of one kind (api-07 §7, ctl-08 §B). */
import { groupOf } from '../groups.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type { Quantities } from '../quantities.ts';
import type { ScopeRequirement } from '../resourcequota.ts';

export interface Evaluator {
  /** Whether the resource of a quota counts objects of this kind. */
  covers(resource: string): boolean;
  /** What one object takes. */
  usage(object: KubeObject, now: number): Quantities;
  /** Absent: objects of this kind are in no scope. */
  isIn?(scope: ScopeRequirement, object: KubeObject): boolean;
  /** What an object must say and does not, where one of these resources is counted. */
  missing?(resources: readonly string[], object: KubeObject): string | undefined;
  /** An update may take more than what was there before. */
  readonly countsUpdates?: true;
  /** An update has given something back, without the object being gone. */
  frees?(next: KubeObject, current: KubeObject, now: number): boolean;
}

/** `count/deployments.apps` */
export function objectCountName({ resource, apiVersion }: Kind): string {
  const group = groupOf(apiVersion);
  return group === '' ? `count/${resource}` : `count/${resource}.${group}`;
}

/** Whether a name is one that a scope asks for; in none, if there is no name. */
export function isNamed(
  { operator, values = [] }: ScopeRequirement,
  name: string | undefined,
): boolean {
  switch (operator) {
    case 'In':
      return name !== undefined && values.includes(name);
    case 'NotIn':
      return name === undefined || !values.includes(name);
    case 'Exists':
      return name !== undefined;
    default:
      return name === undefined;
  }
}
