/** `metrics.k8s.io/v1beta1`, as a metrics-server beside the API server would serve it (api-01 §5). */
import type { KubeObject, Labels } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod/pod.ts';
import { parseSelector } from '../api/selectors/selectors.ts';
import { rejection } from '../api/status.ts';
import { parseTimestamp, timestamp } from '../api/time.ts';
import { badRequest } from '../apiserver/reject.ts';
import type { Cluster } from '../sim/cluster.ts';
import { resolutionMs } from '../sim/metrics.ts';
import type { Context, Incoming } from './context.ts';
import { type Answer, statusAnswer } from './reply.ts';
import type { ResourceRequest } from './requestinfo.ts';
import type { GroupEntry } from './resources.ts';
import { methodNotAllowed, verbOf } from './target.ts';

const group = 'metrics.k8s.io';
const version = 'v1beta1';
const apiVersion = `${group}/${version}`;

const entryOf = (resource: string, kind: string, scope: 'Namespaced' | 'Cluster') => ({
  resource,
  responseKind: { group: '', version: '', kind },
  scope,
  singularResource: resource.slice(0, -1),
  verbs: ['get', 'list'],
});

export const metricsGroup: GroupEntry = {
  metadata: { name: group },
  versions: [
    {
      version,
      freshness: 'Current',
      resources: [
        entryOf('nodes', 'NodeMetrics', 'Cluster'),
        entryOf('pods', 'PodMetrics', 'Namespaced'),
      ],
    },
  ],
};

export const isMetrics = (info: ResourceRequest): boolean =>
  info.group === group && info.version === version;

/** Makes it known to whoever lists APIServices. */
export function registerMetrics({ simulation }: Cluster): void {
  const kind = 'APIService';
  const name = `${version}.${group}`;
  if (simulation.store.get(kind, name) !== undefined) return;
  const object = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind,
    metadata: { name },
    spec: {
      group,
      version,
      service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
    },
  };
  simulation.submit({ verb: 'create', kind, object }, 'kube-apiserver');
  const condition = {
    type: 'Available',
    status: 'True',
    reason: 'Passed',
    message: 'all checks passed',
    lastTransitionTime: timestamp(simulation.now),
  };
  simulation.submit(
    {
      verb: 'patch',
      kind,
      name,
      subresource: 'status',
      patchType: 'merge',
      patch: { status: { conditions: [condition] } },
    },
    'kube-apiserver',
  );
}

interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

/** As the metrics server writes them: nanocores, and kibibytes. */
const usageText = ({ cpu, memory }: Usage) => ({
  cpu: cpu === 0 ? '0' : `${Math.round(cpu * 1e6)}n`,
  memory: memory === 0 ? '0' : `${Math.ceil(memory / 1000 / 1024)}Ki`,
});

export function answerMetrics(
  incoming: Incoming,
  info: ResourceRequest,
  { cluster, clock }: Context,
): Answer {
  const verb = verbOf(incoming, info);
  if (info.subresource !== undefined || (verb !== 'get' && verb !== 'list')) {
    return statusAnswer(methodNotAllowed());
  }
  const selector = parseSelector(incoming.query.get('labelSelector') ?? '');
  if (!selector.ok) return statusAnswer(badRequest('unable to parse the label selector'));
  clock.catchUp();
  const isNodes = info.resource === 'nodes';
  const all = isNodes ? nodeMetrics(cluster) : podMetrics(cluster, info.namespace);
  if (info.name === undefined) {
    const kind = isNodes ? 'NodeMetricsList' : 'PodMetricsList';
    const items = all
      .filter(({ metadata }) => selector.matches(metadata.labels))
      .map(({ kind: _kind, apiVersion: _version, ...item }) => item);
    return { code: 200, body: { kind, apiVersion, metadata: {}, items } };
  }
  const found = all.find(({ metadata }) => metadata.name === info.name);
  if (found !== undefined) return { code: 200, body: found };
  const name = isNodes ? info.name : `${info.namespace}/${info.name}`;
  const kind = isNodes ? 'nodemetrics' : 'podmetrics';
  const why = `${kind}.${group} "${name}" not found`;
  return statusAnswer(rejection('NotFound', why, { name, group, kind }));
}

/** When the server last looked, and over how long a time. */
const measuredAt = (cluster: Cluster): number =>
  Math.floor(cluster.simulation.now / resolutionMs) * resolutionMs;

function headOf(
  kind: string,
  { metadata: { name, namespace, labels } }: KubeObject,
  cluster: Cluster,
) {
  const metadata: { name: string; namespace?: string; labels?: Labels; creationTimestamp: string } =
    {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      creationTimestamp: timestamp(cluster.simulation.now),
    };
  const window = `${resolutionMs / 1000}s`;
  return { kind, apiVersion, metadata, timestamp: timestamp(measuredAt(cluster)), window };
}

function podMetrics(cluster: Cluster, namespace: string | undefined) {
  return podsIn(cluster, namespace).flatMap((pod) => {
    const containers = containersOf(pod, cluster).map(({ name, usage }) => ({
      name,
      usage: usageText(usage),
    }));
    if (containers.length === 0) return [];
    return [{ ...headOf('PodMetrics', pod, cluster), containers }];
  });
}

function nodeMetrics(cluster: Cluster) {
  const view = cluster.simulation.store.view();
  const pods = podsIn(cluster, undefined);
  return view
    .list<Node>('Node')
    .filter(({ metadata: { name } }) => cluster.simulation.process(`kubelet/${name}`) !== undefined)
    .map((node) => {
      const sum = { cpu: 0, memory: 0 };
      for (const pod of pods) {
        if (pod.spec.nodeName !== node.metadata.name) continue;
        for (const { usage } of containersOf(pod, cluster)) {
          sum.cpu += usage.cpu;
          sum.memory += usage.memory;
        }
      }
      return { ...headOf('NodeMetrics', node, cluster), usage: usageText(sum) };
    });
}

function podsIn({ simulation }: Cluster, namespace: string | undefined): readonly Pod[] {
  const view = simulation.store.view();
  const pods =
    namespace === undefined ? view.list<Pod>('Pod') : view.by<Pod>('Pod', 'namespace', namespace);
  return pods.filter(({ status }) => status.phase === 'Running');
}

/** Containers that ran when the server last looked. One of which nothing is said uses nothing. */
function containersOf(pod: Pod, cluster: Cluster) {
  const { metrics } = cluster.simulation;
  const at = measuredAt(cluster);
  return (pod.status.containerStatuses ?? []).flatMap(({ name, state }) => {
    const { startedAt } = state?.running ?? {};
    if (startedAt === undefined || parseTimestamp(startedAt) > at) return [];
    const cpu = metrics.usageOf(pod, name, 'cpu') ?? 0;
    const memory = metrics.usageOf(pod, name, 'memory') ?? 0;
    return [{ name, usage: { cpu, memory } }];
  });
}
