/**
 * `/metrics`: some of what Kubernetes' components tell of themselves, under their names. Here one address
 * tells it for all of them, because one process is all of them.
 */
import { kindsIn } from '../../api/custom/index.ts';
import { groupOf, resourceName } from '../../api/index.ts';
import { nameOf } from '../../api/kind.ts';
import type { Cluster } from '../../sim/cluster.ts';
import type { Measures } from '../../sim/component.ts';
import type { Context } from '../context.ts';
import { type Answer, textAnswer } from '../reply.ts';
import { serverVersion } from '../version.ts';
import { queueNameOf } from './queuenames.ts';
import { contentType, exposition, type Family, type Sample, type Timed } from './text.ts';

export const answerPrometheus = ({ cluster, requests, etcd }: Context): Answer =>
  textAnswer(
    200,
    exposition([
      buildInfo,
      ...requests.families(),
      ...etcd.families(),
      ...objects(cluster),
      ...loops(cluster),
    ]),
    contentType,
  );

const {
  major,
  minor,
  gitVersion,
  gitCommit,
  gitTreeState,
  buildDate,
  goVersion,
  compiler,
  platform,
} = serverVersion;

const buildInfo: Family = {
  name: 'kubernetes_build_info',
  help: '[ALPHA] 1, with the version as labels.',
  type: 'gauge',
  samples: [
    {
      labels: {
        major,
        minor,
        git_version: gitVersion,
        git_commit: gitCommit,
        git_tree_state: gitTreeState,
        build_date: buildDate,
        go_version: goVersion,
        compiler,
        platform,
      },
      value: 1,
    },
  ],
};

/** How many objects are stored, of each resource. */
function objects({ simulation: { store } }: Cluster): readonly Family[] {
  const view = store.view();
  const resources: Sample[] = [];
  const storage: Sample[] = [];
  for (const kind of kindsIn(view)) {
    const { resource, apiVersion } = kind;
    const group = groupOf(apiVersion);
    const value = view.list(nameOf(kind)).length;
    resources.push({ labels: { group, resource }, value });
    storage.push({ labels: { resource: resourceName(kind) }, value });
  }
  const type = 'gauge';
  return [
    {
      name: 'apiserver_resource_objects',
      help: '[ALPHA] Objects that are stored, by group and resource.',
      type,
      samples: resources,
    },
    {
      name: 'apiserver_storage_objects',
      help: '[STABLE] (Deprecated since 1.34.0) Objects that are stored, by resource.',
      type,
      samples: storage,
    },
  ];
}

/** Queues of controllers, and of the scheduler. */
function loops({ simulation }: Cluster): readonly Family[] {
  const depth: Sample[] = [];
  const adds: Sample[] = [];
  const retries: Sample[] = [];
  const pending: Sample[] = [];
  const waits: Timed[] = [];
  const works: Timed[] = [];
  for (const { slots } of simulation.processes) {
    for (const { component } of slots) {
      const { workqueue, pendingPods = {} }: Measures = component.measures?.() ?? {};
      for (const [queue, value] of Object.entries(pendingPods)) {
        pending.push({ labels: { queue }, value });
      }
      if (workqueue === undefined) continue;
      const labels = { name: queueNameOf(component.actor) };
      depth.push({ labels, value: workqueue.depth });
      adds.push({ labels, value: workqueue.adds });
      retries.push({ labels, value: workqueue.retries });
      waits.push({ labels, histogram: workqueue.waits });
      works.push({ labels, histogram: workqueue.works });
    }
  }
  return [
    {
      name: 'workqueue_depth',
      help: '[BETA] Keys that wait in a workqueue.',
      type: 'gauge',
      samples: depth,
    },
    {
      name: 'workqueue_adds_total',
      help: '[BETA] Keys that a workqueue has taken.',
      type: 'counter',
      samples: adds,
    },
    {
      name: 'workqueue_retries_total',
      help: '[BETA] Keys that were put back after an error.',
      type: 'counter',
      samples: retries,
    },
    {
      name: 'workqueue_queue_duration_seconds',
      help: '[BETA] How long keys waited in a workqueue, in simulated time.',
      type: 'histogram',
      samples: [],
      times: waits,
    },
    {
      name: 'workqueue_work_duration_seconds',
      help: '[BETA] How long it took to process a key of a workqueue, in simulated time.',
      type: 'histogram',
      samples: [],
      times: works,
    },
    {
      name: 'scheduler_pending_pods',
      help: '[STABLE] Pods without a node, by the queue that they are in.',
      type: 'gauge',
      samples: pending,
    },
  ];
}
