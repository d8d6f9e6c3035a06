/** The Node object that a kubelet registers and keeps, and its Lease (kubelet-05). */

import type { Lease } from '../api/lease.ts';
import type { Condition, Draft } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { microTimestamp, timestamp } from '../api/time.ts';
import type { NodeSpec } from '../sim/scenario/types.ts';

export const leaseNamespace = 'kube-node-lease';

export function nodeDraft(spec: NodeSpec, hostIP: string, now: number): Draft<Node> {
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
    },
    spec: {
      ...(taints === undefined ? {} : { taints }),
      ...(unschedulable === true ? { unschedulable } : {}),
    },
    status: nodeStatus(spec, hostIP, undefined, now),
  };
}

/** Resources, addresses and conditions as the kubelet sees them. */
export function nodeStatus(
  { name, cpu = '4', memory = '16Gi', pods = 110 }: NodeSpec,
  hostIP: string,
  before: Node['status'] | undefined,
  now: number,
): Node['status'] {
  const resources = { cpu, 'ephemeral-storage': '100Gi', memory, pods: String(pods) };
  return {
    ...before,
    capacity: resources,
    allocatable: resources,
    conditions: conditions(before?.conditions, now),
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

const reported = [
  [
    'MemoryPressure',
    'False',
    'KubeletHasSufficientMemory',
    'kubelet has sufficient memory available',
  ],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

function conditions(before: readonly Condition[] | undefined, now: number): readonly Condition[] {
  return reported.map(([type, status, reason, message]) => {
    const old = before?.find((condition) => condition.type === type);
    const since = old?.status === status ? old.lastTransitionTime : undefined;
    return {
      type,
      status,
      lastHeartbeatTime: timestamp(now),
      lastTransitionTime: since ?? timestamp(now),
      reason,
      message,
    };
  });
}

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
