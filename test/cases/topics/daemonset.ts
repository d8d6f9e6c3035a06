/** Decisions of the DaemonSet controller: which nodes it runs on, and which Pods an update takes. */
import { type DaemonSet, daemonSetKind } from '../../../src/api/daemonset.ts';
import type { Node } from '../../../src/api/node.ts';
import type { Pod } from '../../../src/api/pod/pod.ts';
import { daemonsByNode } from '../../../src/controllers/daemonset/daemons.ts';
import { eligible } from '../../../src/controllers/daemonset/eligibility.ts';
import { limitsOf, updatesOf } from '../../../src/controllers/daemonset/rolling.ts';
import { hashLabel } from '../../../src/controllers/daemonset/template.ts';
import type { Input, Topics } from '../topic.ts';
import { pod } from './objects.ts';

const plain = (name: string) => ({ name, uid: name, resourceVersion: '1', creationTimestamp: '' });

const split = (text: string) => {
  const at = text.lastIndexOf(':');
  return { key: text.slice(0, at), effect: text.slice(at + 1) };
};

const daemonSet = (template: object, rollingUpdate: object = {}): DaemonSet =>
  daemonSetKind.defaults({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: plain('ds'),
    spec: {
      selector: { matchLabels: { app: 'ds' } },
      template: { metadata: { labels: { app: 'ds' } }, spec: { containers: [], ...template } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate },
    },
  } as unknown as DaemonSet);

const node = (name: string, taints: readonly object[] = [], labels = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...plain(name), labels },
    spec: { taints },
    status: {},
  }) as unknown as Node;

const hash = 'new';

/** A daemon as `old:available` tells it, on its node. */
function daemon(text: string, nodeName: string): Pod {
  const [revision, state] = text.split(':');
  const one = pod(
    { name: `${nodeName}-${revision}`, phase: 'Running', ready: state === 'available' },
    0,
  );
  const labels = { app: 'ds', [hashLabel]: revision === 'new' ? hash : 'old' };
  return { ...one, metadata: { ...one.metadata, labels }, spec: { ...one.spec, nodeName } };
}

const pairs: Readonly<Record<string, readonly string[]>> = {
  none: [],
  both: ['old:available', 'new:unavailable'],
  'both:newAvailable': ['old:available', 'new:available'],
  'both:newUnavailable': ['old:available', 'new:unavailable'],
};

function step({ maxUnavailable, maxSurge, nodes: states }: Input) {
  const ds = daemonSet({}, { maxUnavailable, maxSurge });
  const nodes = states.map((_: string, i: number) => node(`n${i}`));
  const pods = states.flatMap((state: string, i: number) =>
    (pairs[state] ?? [state]).map((one) => daemon(one, `n${i}`)),
  );
  const seen = { ds, hash, nodes, daemons: daemonsByNode(pods), eligible: eligible(ds), now: 0 };
  const { maxUnavailable: unavailable, maxSurge: surge } = limitsOf(ds, nodes.length);
  const updates = updatesOf(seen);
  const isOldAvailable = ({ status }: Pod) =>
    status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
  const deleted = updates.delete;
  return {
    resolvedMaxUnavailable: unavailable,
    resolvedMaxSurge: surge,
    deleteOldUnavailable: deleted.filter((one) => !isOldAvailable(one)).length,
    deleteOldAvailable: deleted.filter(isOldAvailable).length,
    createOnNodes: updates.create.length,
  };
}

export const daemonSets: Topics = {
  ds_node_should_run(input) {
    const { nodeName, templateNodeName, nodeSelectorMatches, taints, hostNetwork } = input;
    const ds = daemonSet({
      nodeName: templateNodeName,
      nodeSelector: { wanted: 'yes' },
      hostNetwork,
      tolerations: input.tolerations.map((t: string) => ({ ...split(t), operator: 'Exists' })),
    });
    const labels = nodeSelectorMatches ? { wanted: 'yes' } : {};
    return eligible(ds)(node(nodeName, taints.map(split), labels));
  },
  ds_rolling: step,
};
