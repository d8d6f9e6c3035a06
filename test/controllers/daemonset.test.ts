/** What the DaemonSet controller decides and writes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WriteEntry } from '../../src/log/entry.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import type { NodeSpec } from '../../src/sim/scenario/types.ts';
import { settle } from '../../src/sim/settle.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look anywhere into objects
type Any = any;

const test = suite('daemonset controller');
const by = 'daemon-set-controller';

const set = (spec: Any = {}, pod: Any = {}): Any => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'c', image: 'agent:v1' }], ...pod },
    },
    ...spec,
  },
});

const machines: readonly NodeSpec[] = [
  { name: 'n1', labels: { disk: 'ssd' } },
  { name: 'n2', labels: { disk: 'hdd' } },
  { name: 'n3', labels: { disk: 'ssd' } },
];

const rest = ({ simulation }: Cluster, horizonMs = 60_000) => settle(simulation, { horizonMs });

function submit({ simulation }: Cluster, request: Any): void {
  const response = simulation.submit(request, 'user');
  assert.ok(response.ok, response.ok ? '' : response.status.message);
}

/** A cluster at rest with a DaemonSet in it. */
function clusterWith(object: Any, nodes: readonly NodeSpec[] = machines): Cluster {
  const cluster = createCluster({ nodes, behaviour: [{ image: 'broken', ready: 'never' }] });
  rest(cluster);
  submit(cluster, { verb: 'create', kind: 'DaemonSet', namespace: 'default', object });
  rest(cluster);
  return cluster;
}

function patch(cluster: Cluster, kind: string, name: string, change: Any, subresource?: string) {
  const where = kind === 'Node' ? {} : { namespace: 'default' };
  const what = { verb: 'patch', kind, name, patchType: 'merge', patch: change, ...where };
  submit(cluster, subresource === undefined ? what : { ...what, subresource });
}

const update = (cluster: Cluster, image: string): void =>
  patch(cluster, 'DaemonSet', 'agent', {
    spec: { template: { spec: { containers: [{ name: 'c', image }] } } },
  });

const pods = ({ simulation }: Cluster): readonly Any[] => simulation.store.view().list('Pod');

const places = (cluster: Cluster): readonly string[] =>
  pods(cluster)
    .map(({ spec }) => spec.nodeName)
    .sort();

const podOn = (cluster: Cluster, node: string): Any =>
  pods(cluster).find(({ spec }) => spec.nodeName === node);

const status = ({ simulation }: Cluster): Any =>
  (simulation.store.view().get('DaemonSet', 'default/agent') as Any).status;

/** Its writes of Pods since then, in order: `delete n1`; one per deletion. */
const didSince = ({ simulation }: Cluster, length: number): readonly string[] =>
  simulation.log.entries
    .slice(length)
    .filter((entry): entry is WriteEntry => entry.type === 'write' && entry.by === by)
    .filter(({ kind, before }) => kind === 'Pod' && !before?.metadata.deletionTimestamp)
    .map(({ verb, before, after }) => `${verb} ${placeOf(after ?? before)}`);

const placeOf = ({ spec }: Any): string =>
  spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]
    .matchFields[0].values[0];

test('[ctl-03 C.2, DS-S1] each node has one Pod, which the scheduler binds there', () => {
  const cluster = clusterWith(set());
  assert.equal(places(cluster), ['n1', 'n2', 'n3']);
  const { desiredNumberScheduled, numberAvailable, numberMisscheduled } = status(cluster);
  assert.equal([desiredNumberScheduled, numberAvailable, numberMisscheduled], [3, 3, 0]);
  const keys = podOn(cluster, 'n1').spec.tolerations.map(({ key }: Any) => key);
  for (const key of ['not-ready', 'unreachable', 'unschedulable']) {
    assert.ok(keys.includes(`node.kubernetes.io/${key}`), key);
  }
});

test('[ctl-03 C.2, DS-S2] a selector of nodes is followed when labels change', () => {
  const cluster = clusterWith(set({}, { nodeSelector: { disk: 'ssd' } }));
  assert.equal(places(cluster), ['n1', 'n3']);
  patch(cluster, 'Node', 'n1', { metadata: { labels: { disk: 'hdd' } } });
  patch(cluster, 'Node', 'n2', { metadata: { labels: { disk: 'ssd' } } });
  rest(cluster);
  assert.equal(places(cluster), ['n2', 'n3']);
});

test('[ctl-03 C.2] a NoSchedule taint keeps new Pods away, and lets one stay', () => {
  const special = { key: 'special', effect: 'NoSchedule' } as const;
  const cluster = clusterWith(set(), [{ name: 'n1' }, { name: 'n2', taints: [special] }]);
  assert.equal(places(cluster), ['n1']);
  patch(cluster, 'Node', 'n1', { spec: { taints: [special] } });
  rest(cluster);
  assert.equal(places(cluster), ['n1']);
  assert.is(status(cluster).numberMisscheduled, 1);
  assert.is(status(cluster).desiredNumberScheduled, 0);
});

test('[ctl-03 C.2] a cordon keeps no daemon away', () => {
  const cluster = clusterWith(set(), [{ name: 'n1', unschedulable: true }]);
  assert.equal(places(cluster), ['n1']);
});

test('[ctl-03 C.3] a NoExecute taint drives the Pod out, and it comes back afterwards', () => {
  const cluster = clusterWith(set());
  patch(cluster, 'Node', 'n1', { spec: { taints: [{ key: 'special', effect: 'NoExecute' }] } });
  rest(cluster);
  assert.equal(places(cluster), ['n2', 'n3']);
  patch(cluster, 'Node', 'n1', { spec: { taints: null } });
  rest(cluster);
  assert.equal(places(cluster), ['n1', 'n2', 'n3']);
});

test('[ctl-03 C.3, DS-S3] an update takes one node after the other', () => {
  const cluster = clusterWith(set());
  const { length } = cluster.simulation.log;
  update(cluster, 'agent:v2');
  rest(cluster);
  const did = didSince(cluster, length);
  assert.is(did.length, 6);
  for (let i = 0; i < did.length; i += 2) {
    const node = did[i]!.split(' ')[1];
    assert.equal(did.slice(i, i + 2), [`delete ${node}`, `create ${node}`]);
  }
  assert.is(status(cluster).updatedNumberScheduled, 3);
});

test('[ctl-03 C.3, DS-S3] a template that never gets ready stops at maxUnavailable', () => {
  const rollingUpdate = { maxUnavailable: 2 };
  const cluster = clusterWith(set({ updateStrategy: { rollingUpdate } }));
  update(cluster, 'broken');
  rest(cluster);
  const { updatedNumberScheduled, numberAvailable } = status(cluster);
  assert.equal([updatedNumberScheduled, numberAvailable], [2, 1]);
});

test('[ctl-03 C.3] an old Pod that is not available costs nothing, and goes at once', () => {
  const cluster = clusterWith(set({}, { containers: [{ name: 'c', image: 'broken' }] }));
  const { length } = cluster.simulation.log;
  update(cluster, 'agent:v2');
  rest(cluster);
  const first = didSince(cluster, length).slice(0, 3);
  assert.equal([...first].sort(), ['delete n1', 'delete n2', 'delete n3']);
  assert.is(status(cluster).numberAvailable, 3);
});

test('[ctl-03 C.3, DS-S1] with surge the old Pod stays until the new one is available', () => {
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
  const cluster = clusterWith(set({ updateStrategy: { rollingUpdate } }));
  const { length } = cluster.simulation.log;
  update(cluster, 'agent:v2');
  rest(cluster);
  const did = didSince(cluster, length);
  const node = did[0]!.split(' ')[1];
  assert.equal(did.slice(0, 2), [`create ${node}`, `delete ${node}`]);
  assert.is(did.length, 6);
  assert.equal(places(cluster), ['n1', 'n2', 'n3']);
});

test('[ctl-03 C.3] OnDelete waits for users to delete', () => {
  const cluster = clusterWith(set({ updateStrategy: { type: 'OnDelete' } }));
  const { length } = cluster.simulation.log;
  update(cluster, 'agent:v2');
  rest(cluster);
  assert.equal(didSince(cluster, length), []);
  const { name } = podOn(cluster, 'n2').metadata;
  submit(cluster, { verb: 'delete', kind: 'Pod', namespace: 'default', name });
  rest(cluster);
  assert.is(podOn(cluster, 'n2').spec.containers[0].image, 'agent:v2');
  assert.is(podOn(cluster, 'n1').spec.containers[0].image, 'agent:v1');
});

test('[ctl-03 C.3, DS-S4] a failed Pod is replaced at once, and then after a wait that doubles', () => {
  const cluster = clusterWith(set(), [{ name: 'n1', pods: 110 }]);
  const { simulation } = cluster;
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const { length } = simulation.log;
    const { name } = podOn(cluster, 'n1').metadata;
    const conditions = [{ type: 'Ready', status: 'False' }];
    patch(cluster, 'Pod', name, { status: { phase: 'Failed', conditions } }, 'status');
    rest(cluster, 1_000_000);
    const gone = simulation.log.entries
      .slice(length)
      .find(({ type, by: author, ...entry }) => author === by && (entry as Any).verb === 'delete');
    times.push(gone!.t);
  }
  const waits = times.slice(1).map((time, i) => time - times[i]!);
  [1_000, 2_000, 4_000, 8_000].forEach((least, i) => {
    assert.ok(waits[i]! >= least, `${waits[i]} ms after failure ${i + 1}`);
  });
});

test('[ctl-03 C.3] history keeps the revisions that Pods have, and as many old ones as it should', () => {
  const cluster = clusterWith(set({ revisionHistoryLimit: 1 }));
  for (const image of ['agent:v2', 'agent:v3', 'agent:v4']) {
    update(cluster, image);
    rest(cluster);
  }
  const revisions: readonly Any[] = cluster.simulation.store.view().list('ControllerRevision');
  assert.equal(revisions.map(({ revision }) => revision).sort(), [3, 4]);
});

test('[ctl-03 C.3] of two revisions of one template the newer stays, and all Pods take its name', () => {
  const cluster = clusterWith(set({ updateStrategy: { type: 'OnDelete' } }));
  update(cluster, 'agent:v2');
  rest(cluster);
  const revisions = (): readonly Any[] =>
    cluster.simulation.store.view().list('ControllerRevision');
  const { metadata, ...second } = revisions().find(({ revision }) => revision === 2);
  const hash = 'controller-revision-hash';
  const labels = { ...metadata.labels, [hash]: 'twin' };
  const { ownerReferences } = metadata;
  const object = {
    ...second,
    revision: 3,
    metadata: { name: 'agent-twin', namespace: 'default', labels, ownerReferences },
  };
  submit(cluster, { verb: 'create', kind: 'ControllerRevision', namespace: 'default', object });
  rest(cluster);
  assert.equal(
    revisions()
      .map(({ revision }) => revision)
      .sort(),
    [1, 3],
  );
  const hashes = pods(cluster).map((pod) => pod.metadata.labels[hash]);
  assert.equal(hashes, ['twin', 'twin', 'twin'], 'though they are of the first');
});

test('[ctl-03 C.1] a node that comes gets its Pod', () => {
  const cluster = clusterWith(set());
  cluster.addNode({ name: 'n4' });
  rest(cluster);
  assert.equal(places(cluster), ['n1', 'n2', 'n3', 'n4']);
});

test.run();
