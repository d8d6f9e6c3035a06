/** Where a stream leads: the container that `exec` and `attach` mean, or the Pod of a port-forward. */
import { type KubeObject, makeKey } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container } from '../../api/pod/podspec.ts';
import type { Status } from '../../api/status.ts';
import { badRequest, notFound } from '../../apiserver/reject.ts';
import type { ContainerRuntime, SimulatedContainer } from '../../kubelet/runtime/runtime.ts';
import type { Context, Incoming } from '../context.ts';
import type { Target } from '../target.ts';

/** Subresources of Pods that are streams both ways. */
const connections = new Set(['exec', 'attach', 'portforward']);

export const isConnection = ({ info: { resource, subresource } }: Target): boolean =>
  resource === 'pods' && connections.has(subresource ?? '');

export interface Place {
  readonly pod: Pod;
  /** None where the Pod as a whole is meant. */
  readonly container: Container | undefined;
}

/** What the API server itself finds out before it turns to a kubelet (pod/strategy.go). */
export function placeOf(
  { query }: Incoming,
  { info, kind }: Target,
  { cluster }: Context,
): Place | Status {
  const { namespace, name = '' } = info;
  const pod = cluster.simulation.store.get<Pod & KubeObject>('Pod', makeKey(namespace, name));
  if (pod === undefined) return notFound(kind, name);
  const wanted = query.get('container') ?? '';
  const container = info.subresource === 'portforward' ? undefined : containerOf(pod, wanted);
  if (container !== undefined && 'status' in container) return container;
  if (!pod.spec.nodeName) return badRequest(`pod ${name} does not have a host assigned`);
  return { pod, container };
}

const namesOf = (containers: readonly Container[]): string =>
  containers.map(({ name }) => name).join(' ');

function containerOf({ metadata, spec }: Pod, wanted: string): Container | Status {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  if (wanted === '') {
    if (containers.length === 1) return containers[0]!;
    const choice = `choose one of: [${namesOf(containers)}]`;
    const more =
      initContainers.length === 0
        ? ''
        : ` or one of the init containers: [${namesOf(initContainers)}]`;
    return badRequest(
      `a container name must be specified for pod ${metadata.name}, ${choice}${more}`,
    );
  }
  const all = [...containers, ...initContainers, ...ephemeralContainers];
  const found = all.find(({ name }) => name === wanted);
  return found ?? badRequest(`container ${wanted} is not valid for pod ${metadata.name}`);
}

/** Asked for as an ordinary request. */
export function unupgraded(incoming: Incoming, target: Target, context: Context): Status {
  const place = placeOf(incoming, target, context);
  return 'status' in place && !('pod' in place) ? place : badRequest('Upgrade request required');
}

/** A container that runs. */
export interface Running {
  readonly ok: true;
  readonly runtime: ContainerRuntime;
  readonly record: SimulatedContainer;
  readonly startedAt: number;
}

/** Why the kubelet has none, as a client whose protocol is translated is told. */
export type Found =
  | Running
  | { readonly ok: false; readonly why: string; readonly refusal: Refusal };

/** What other clients get instead of another protocol. */
export type Refusal =
  | { readonly type: 'kubelet'; readonly text: string }
  | { readonly type: 'unreachable'; readonly text: string };

export function runningIn({ pod, container }: Place, verb: string, context: Context): Found {
  const { name } = container!;
  const runtime = reachable(pod, context);
  if (runtime === undefined) {
    const { namespace, name: podName } = pod.metadata;
    const path = `/${verb}/${namespace}/${podName}/${name}`;
    const url = unreachable(pod, path, context);
    const dialled = url.slice(url.indexOf('dial '));
    return {
      ok: false,
      why: `error sending request: Post "${url}`,
      refusal: { type: 'unreachable', text: `error dialing backend: ${dialled}` },
    };
  }
  const record = runtime
    .pod(pod.metadata.uid)
    ?.containers.find((one) => one.name === name && one.state === 'running');
  if (record?.startedAt === undefined) {
    const text = `container not found ("${name}")`;
    const refusal: Refusal = { type: 'kubelet', text };
    return { ok: false, why: `unable to upgrade connection: ${text}`, refusal };
  }
  return { ok: true, runtime, record, startedAt: record.startedAt };
}

/** The runtime of a node whose kubelet answers. */
export function reachable({ spec }: Pod, { cluster }: Context): ContainerRuntime | undefined {
  const { nodeName = '' } = spec;
  const isUp = cluster.simulation.process(`kubelet/${nodeName}`) !== undefined;
  return isUp ? cluster.runtimeOf(nodeName) : undefined;
}

/** How a kubelet that does not answer is told of. */
export function unreachable({ spec }: Pod, path: string, { cluster }: Context): string {
  const node = cluster.simulation.store.get<Node>('Node', spec.nodeName ?? '');
  const { address } = node?.status.addresses?.find(({ type }) => type === 'InternalIP') ?? {};
  const host = `${address ?? spec.nodeName}:10250`;
  return `https://${host}${path}": dial tcp ${host}: connect: no route to host`;
}
