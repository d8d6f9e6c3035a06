/** Nodes. */
import type { Kind } from './kind.ts';
import { nodeLifecycle } from './lifecycle/node.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  readonly timeAdded?: string;
}

export interface Node extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Node';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly Taint[];
  };
  readonly status: {
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly images?: readonly { readonly names?: readonly string[]; readonly sizeBytes?: number }[];
    readonly nodeInfo?: Readonly<Record<string, string>>;
  };
}

export const nodeKind: Kind<Node> = {
  kind: 'Node',
  apiVersion: 'v1',
  resource: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: ['status'],
  hasStatus: true,
  defaults(node) {
    const { status = {}, spec = {} } = node;
    const { capacity, allocatable = capacity } = status;
    if (allocatable === status.allocatable && node.spec === spec) return node;
    return { ...node, spec, status: { ...status, ...(allocatable ? { allocatable } : {}) } };
  },
  keepsStatusOnCreate: true,
  validate: () => [],
  validateUpdate: () => [],
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec.unschedulable ?? false) }),
  lifecycle: nodeLifecycle,
};
