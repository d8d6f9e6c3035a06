/** Nodes and Pods for tests of the scheduler. */
import type { ObjectMeta } from '../../src/api/meta.ts';
import type { Node } from '../../src/api/node.ts';
import type { Pod, PodStatus } from '../../src/api/pod/pod.ts';
import type { PodSpec } from '../../src/api/pod/podspec.ts';

type More = Partial<Omit<ObjectMeta, 'name'>>;

export const node = (
  name: string,
  metadata: More = {},
  allocatable: Readonly<Record<string, string>> = { cpu: '4', memory: '8Gi', pods: '110' },
): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, ...metadata },
    spec: {},
    status: { allocatable },
  }) as unknown as Node;

export const pod = (
  name: string,
  spec: Partial<PodSpec> = {},
  { metadata = {}, status = {} }: { readonly metadata?: More; readonly status?: PodStatus } = {},
): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, ...metadata },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
    status,
  }) as unknown as Pod;
