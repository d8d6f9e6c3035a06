/** Nodes. */
import { blank } from '../blank.ts';
import { nodeColumns } from './columns/node.ts';
import type { Kind } from './kind.ts';
import { nodeLifecycle } from './lifecycle/node.ts';
import type { Condition, KubeObject, ObjectMeta } from './meta.ts';
import { normalized } from './normalize.ts';
import { filled } from './pod/poddefaults.ts';
import { validateNode, validateNodeStatusUpdate, validateNodeUpdate } from './validation/node.ts';

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
    /** Nobody reads these two any more. */
    readonly configSource?: unknown;
    readonly externalID?: string;
  };
  readonly status: {
    readonly config?: unknown;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly images?: readonly {
      readonly names?: readonly string[];
      readonly sizeBytes?: number;
    }[];
    readonly daemonEndpoints?: { readonly kubeletEndpoint: { readonly Port: number } };
    readonly declaredFeatures?: readonly string[];
    readonly nodeInfo?: Readonly<Record<string, string>>;
    /** What its kubelet uses, or is about to use, by unique names. */
    readonly volumesInUse?: readonly string[];
    readonly volumesAttached?: readonly { readonly name: string; readonly devicePath: string }[];
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
  keepsStatusOnCreate: true,
  defaults: (node) =>
    filled(node, {
      spec: normalized(node.spec ?? {}, 'core.v1.NodeSpec'),
      status: withStatusDefaults(node.status ?? {}),
    }),
  prepareForStatusUpdate: (next) => filled(next, { status: withStatusDefaults(next.status) }),
  prepareForCreate: withoutConfig,
  prepareForUpdate: withoutConfig,
  warnings: ({ spec }) => (spec.externalID ? [`spec.externalID: ${unused}`] : []),
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeStatusUpdate,
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  columns: nodeColumns,
  lifecycle: nodeLifecycle,
};

/** Kubelets took their configuration from there once: nobody may say so any more. */
function withoutConfig(node: Node): Node {
  const { spec, status } = node;
  if (spec.configSource === undefined && status.config === undefined) return node;
  const { configSource: _source, ...ownSpec } = spec;
  const { config: _config, ...ownStatus } = status;
  return { ...node, spec: ownSpec, status: ownStatus };
}

const unused = 'this field is deprecated, and is unused by Kubernetes';

/** Go writes these two structs even when nobody has filled them in. */
const noEndpoints = { kubeletEndpoint: { Port: 0 } };
const noInfo = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
};

function withStatusDefaults(status: Node['status']): Node['status'] {
  const { capacity, allocatable = capacity } = status;
  return filled(status, {
    ...blank,
    ...(allocatable === undefined ? {} : { allocatable }),
    daemonEndpoints: status.daemonEndpoints ?? noEndpoints,
    nodeInfo: status.nodeInfo ?? noInfo,
  });
}
