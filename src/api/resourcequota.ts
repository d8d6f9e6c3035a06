/** ResourceQuotas: how much a namespace may have of what is counted. */
import type { KubeObject } from './meta.ts';
import type { QuantityTexts } from './quantities.ts';

export interface ScopeRequirement {
  /** `Terminating`, `BestEffort`, `PriorityClass`, … */
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface ResourceQuota extends KubeObject {
  readonly spec: {
    readonly hard?: QuantityTexts;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
  };
  /** Admission goes by this alone: until it is filled in, a quota does nothing. */
  readonly status: { readonly hard?: QuantityTexts; readonly used?: QuantityTexts };
}

/** All that an object must match to be counted. */
export const scopesOf = ({ spec }: ResourceQuota): readonly ScopeRequirement[] => [
  ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
  ...(spec.scopeSelector?.matchExpressions ?? []),
];
