/**
 * The `proxy` subresource of Pods, Services and Nodes: the request is handed to what stands behind a port (upstream's
 * ResourceLocation of each, and apimachinery's proxy handler).
 */

import { type KubeObject, makeKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import type { EndpointSlice } from '../api/service/endpointslice.ts';
import { rejection, type Status } from '../api/status.ts';
import { badRequest } from '../apiserver/reject.ts';
import type { Context, Incoming } from './context.ts';
import { type Answer, statusAnswer, textAnswer } from './reply.ts';
import type { ResourceRequest } from './requestinfo.ts';
import { reachable } from './streams/place.ts';
import { listenerOn, siteText, siteType } from './streams/site.ts';

/** `http:web:80`: which of the names an object goes by here. */
interface Meant {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

/** Where a name leads to; behind an address there need not be a Pod. */
interface Place {
  readonly ip: string;
  readonly port: string;
  readonly pod: Pod | undefined;
}

/** `undefined`: it is no proxy. */
export function answerProxy(
  incoming: Incoming,
  info: ResourceRequest,
  context: Context,
): Answer | undefined {
  const { group, resource, name = '', subresource, namespace } = info;
  if (group !== '' || subresource !== 'proxy') return undefined;
  const what = { pods: 'pod', services: 'service', nodes: 'node' }[resource];
  if (what === undefined) return undefined;
  const meant = split(name);
  if (meant === undefined) {
    return statusAnswer(badRequest(`invalid ${what} request ${JSON.stringify(name)}`));
  }
  const { path, method, query } = incoming;
  const isRoot = info.rest === '' && !path.endsWith('/');
  const search = query.size === 0 ? '' : `?${query}`;
  const url = `/${info.rest}${info.rest !== '' && path.endsWith('/') ? '/' : ''}${search}`;
  const redirect = {
    ...textAnswer(301, ''),
    headers: { Location: `${path}/${search}` },
  };
  const redirects = isRoot && (method === 'GET' || method === 'HEAD');
  if (resource === 'nodes') {
    const node = context.cluster.simulation.store.get<Node>('Node', meant.name);
    if (node === undefined) return statusAnswer(notFound('nodes', meant.name));
    return redirects ? redirect : kubeletAnswer(node, meant, info.rest, context);
  }
  const place =
    resource === 'pods'
      ? placeOfPod(meant, namespace ?? '', context)
      : placeOfService(meant, name, namespace ?? '', context);
  if ('code' in place) return statusAnswer(place);
  if (redirects) return redirect;
  return siteAnswer(place, meant.scheme, method, url, context);
}

/** `undefined`: it has another form, or a scheme that is none. */
function split(text: string): Meant | undefined {
  const parts = text.split(':');
  if (parts.length > 3) return undefined;
  const [scheme, name, port = ''] = (parts.length === 3 ? parts : ['', ...parts]) as [
    string,
    string,
    string?,
  ];
  const isKnown = scheme === '' || scheme === 'http' || scheme === 'https';
  return name !== '' && isKnown ? { scheme, name, port } : undefined;
}

const notFound = (resource: string, name: string): Status =>
  rejection('NotFound', `${resource} "${name}" not found`, { name, kind: resource });

const unavailable = (why: string): Status => rejection('ServiceUnavailable', why, undefined);

function placeOfPod(
  { name, port }: Meant,
  namespace: string,
  { cluster }: Context,
): Place | Status {
  const pod = cluster.simulation.store.get<Pod & KubeObject>('Pod', makeKey(namespace, name));
  if (pod === undefined) return notFound('pods', name);
  const ip = pod.status.podIP;
  if (ip === undefined) return badRequest('address not allowed');
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  return { ip, port: port || String(ports[0]?.containerPort ?? ''), pod };
}

interface Service extends KubeObject {
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
}

/** One of the addresses that are ready behind the port of that number or name. */
function placeOfService(
  { name, port }: Meant,
  id: string,
  namespace: string,
  { cluster }: Context,
): Place | Status {
  const { store } = cluster.simulation;
  const service = store.get<Service>('Service', makeKey(namespace, name));
  if (service === undefined) return notFound('services', name);
  const isNumber = /^\d+$/.test(port);
  const numbered = service.spec.ports?.find((one) => String(one.port) === port);
  if (isNumber && numbered === undefined) {
    return unavailable(`no service port ${port} found for service "${name}"`);
  }
  const wanted = isNumber ? (numbered!.name ?? '') : port;
  const slices = store
    .view()
    .list<EndpointSlice>('EndpointSlice')
    .filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[ofService] === name,
    );
  const ready = slices.flatMap(({ endpoints, ports }) =>
    (endpoints ?? [])
      .filter(({ conditions }) => conditions.ready !== false)
      .map((endpoint) => ({ endpoint, ports: ports ?? [] })),
  );
  if (ready.length === 0) return unavailable(`no endpoints available for service "${name}"`);
  for (const { endpoint, ports } of ready) {
    const found = ports.find((one) => (one.name ?? '') === wanted);
    if (found === undefined) continue;
    const { kind, name: podName = '' } = endpoint.targetRef ?? {};
    const pod = kind === 'Pod' ? store.get<Pod>('Pod', makeKey(namespace, podName)) : undefined;
    return { ip: endpoint.addresses[0] ?? '', port: String(found.port ?? ''), pod };
  }
  return unavailable(`no endpoints available for service "${id}"`);
}

const ofService = 'kubernetes.io/service-name';

function siteAnswer(
  { ip, port, pod }: Place,
  scheme: string,
  method: string,
  url: string,
  context: Context,
): Answer {
  const failed = (why: string) =>
    statusAnswer(unavailable(`error trying to reach service: ${why}`));
  const number = Number(port || (scheme === 'https' ? 443 : 80));
  if (!(number > 0 && number < 65_536)) return failed(`dial tcp: lookup tcp/${port}: unknown port`);
  const dialled = `dial tcp ${ip}:${number}: connect:`;
  const runtime = pod === undefined ? undefined : reachable(pod, context);
  if (pod === undefined || runtime === undefined) return failed(`${dialled} no route to host`);
  const container = listenerOn(pod, number, runtime);
  if (container === undefined) return failed(`${dialled} connection refused`);
  if (scheme === 'https') return failed('http: server gave HTTP response to HTTPS client');
  return textAnswer(200, siteText(pod, container, method, url), siteType);
}

/** The kubelet's own port: its health, and its Pods. */
function kubeletAnswer(node: Node, { port }: Meant, path: string, context: Context): Answer {
  const { cluster } = context;
  const { name } = node.metadata;
  const { address } = node.status.addresses?.find(({ type }) => type === 'InternalIP') ?? {};
  const isUp = cluster.simulation.process(`kubelet/${name}`) !== undefined;
  if (!isUp || (port !== '' && port !== kubeletPort)) {
    const why = isUp ? 'connection refused' : 'no route to host';
    const dialled = `dial tcp ${address ?? name}:${port || kubeletPort}: connect: ${why}`;
    return statusAnswer(unavailable(`error trying to reach service: ${dialled}`));
  }
  if (path === 'healthz') return textAnswer(200, 'ok');
  if (path === 'pods') {
    const items = cluster.simulation.store
      .view()
      .list<Pod>('Pod')
      .filter(({ spec }) => spec.nodeName === name);
    return { code: 200, body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items } };
  }
  return textAnswer(404, '404 page not found\n');
}

const kubeletPort = '10250';
