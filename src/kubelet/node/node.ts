/** The Node object that a kubelet registers and keeps, and its Lease (kubelet-05). */
import { type Lease, leaseNamespace } from '../../api/lease.ts';
import type { Condition, Draft, Labels } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import { microTimestamp } from '../../api/time.ts';
import type { NodeSpec } from '../../sim/scenario/types.ts';
import { setPressure, setReady } from './nodeconditions.ts';

export function nodeDraft(
  spec: NodeSpec,
  status: Node['status'],
  annotations?: Labels,
): Draft<Node> {
  const { name, labels, taints, unschedulable } = spec;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...labels,
      },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      ...(taints === undefined ? {} : { taints }),
      ...(unschedulable === true ? { unschedulable } : {}),
    },
    status,
  };
}

/** Resources and addresses as the kubelet sees them. */
export function nodeStatus(
  { name, cpu = '4', memory = '16Gi', storage = '100Gi', pods = 110 }: NodeSpec,
  hostIP: string,
  before: Node['status'] | undefined,
  conditions: readonly Condition[],
): Node['status'] {
  const resources = { cpu, 'ephemeral-storage': storage, memory, pods: String(pods) };
  return {
    ...before,
    capacity: resources,
    allocatable: resources,
    conditions,
    addresses: [
      { type: 'InternalIP', address: hostIP },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: {
      machineID: '',
      systemUUID: '',
      bootID: '',
      kernelVersion: '',
      osImage: 'kubestep',
      containerRuntimeVersion: 'sim://1.0.0',
      kubeletVersion: 'v1.36.2',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
}

/** The conditions of a node that is never short of anything. */
export function healthyConditions(
  before: readonly Condition[] | undefined,
  now: number,
): readonly Condition[] {
  let conditions = before ?? [];
  for (const type of ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const) {
    conditions = setPressure('', conditions, type, false, now).conditions;
  }
  return setReady('', conditions, capacity, {}, now).conditions;
}

const capacity = { cpu: '', memory: '', pods: '', 'ephemeral-storage': '' };

export const leaseDraft = (node: Node, now: number): Draft<Lease> => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: node.metadata.name,
    namespace: leaseNamespace,
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid },
    ],
  },
  spec: {
    holderIdentity: node.metadata.name,
    leaseDurationSeconds: 40,
    renewTime: microTimestamp(now),
  },
});
