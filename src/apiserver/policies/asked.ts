/** What admission policies are asked about: one change of one object, before it is made. */

import type { KubeObject, Labels } from '../../api/meta.ts';
import type { LabelSelector } from '../../api/pod/podspec.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface Asked {
  readonly operation: Operation;
  /** As it will be; absent where it goes. */
  readonly object?: KubeObject | undefined;
  /** As it is; absent where there is none yet. */
  readonly before?: KubeObject | undefined;
  readonly subresource?: string | undefined;
  /** What the body is, where it is no object of the kind: a Scale, an Eviction. */
  readonly bodyKind?: { readonly group: string; readonly version: string; readonly kind: string };
}

export interface NamedRule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

export interface MatchResources {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly NamedRule[];
  readonly excludeResourceRules?: readonly NamedRule[];
  readonly matchPolicy?: string;
}

export interface Named {
  readonly name: string;
  readonly expression: string;
}

interface PolicySpec {
  readonly failurePolicy?: string;
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
  readonly matchConstraints?: MatchResources;
  readonly matchConditions?: readonly Named[];
  readonly variables?: readonly Named[];
}

export interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

export interface Policy extends KubeObject {
  readonly spec: PolicySpec & {
    readonly validations?: readonly Validation[];
    readonly auditAnnotations?: readonly {
      readonly key: string;
      readonly valueExpression: string;
    }[];
    readonly mutations?: readonly {
      readonly patchType: string;
      readonly applyConfiguration?: { readonly expression: string };
      readonly jsonPatch?: { readonly expression: string };
    }[];
    readonly reinvocationPolicy?: string;
  };
}

export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: string;
}

export interface Binding extends KubeObject {
  readonly spec: {
    readonly policyName: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
    readonly validationActions?: readonly string[];
  };
}

export const labelsOf = (object: KubeObject | undefined): Labels => object?.metadata.labels ?? {};
