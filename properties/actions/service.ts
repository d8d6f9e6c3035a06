/** What users do to Services, to the slices of Services, and to Endpoints. */

import type { KubeObject } from '../../src/api/meta.ts';
import type { ReplicaSet } from '../../src/api/replicaset.ts';
import type { Endpoints } from '../../src/api/service/endpoints.ts';
import {
  type EndpointSlice,
  serviceNameLabel,
  sliceManagedByLabel,
} from '../../src/api/service/endpointslice.ts';
import type { Service } from '../../src/api/service/service.ts';
import { type Cluster, controllerManager } from '../../src/sim/cluster.ts';
import { describeMove, type Move } from '../../src/sim/move.ts';
import type { InFlight } from '../../src/sim/process.ts';
import { type Acts, listed, patch, pick, user } from './act.ts';
import { calmUntil, hold } from './faults.ts';

const remove = ({ simulation }: Cluster, { kind, metadata }: KubeObject): string => {
  const { namespace = 'default', name } = metadata;
  simulation.submit({ verb: 'delete', kind, namespace, name }, user);
  return `delete ${kind} ${name}`;
};

const selecting = (cluster: Cluster): readonly Service[] =>
  listed<Service>(cluster, 'Service').filter(({ spec }) => spec.selector !== undefined);

const slices = (cluster: Cluster): readonly EndpointSlice[] => listed(cluster, 'EndpointSlice');

function editSlice(cluster: Cluster, how: number): string | undefined {
  const target = pick(slices(cluster), how);
  if (target === undefined) return undefined;
  const [first, ...rest] = target.endpoints ?? [];
  const [text, change] = pick(
    [
      ['empty', { endpoints: null }],
      ['take the first endpoint from', { endpoints: rest }],
      [
        'turn the first endpoint of',
        first === undefined
          ? {}
          : {
              endpoints: [
                { ...first, conditions: { ready: first.conditions.ready !== true } },
                ...rest,
              ],
            },
      ],
      ['note something on', { metadata: { labels: { note: String(how) } } }],
      ['take away the manager of', { metadata: { labels: { [sliceManagedByLabel]: 'me' } } }],
      ['lead elsewhere', { metadata: { labels: { [serviceNameLabel]: 'other' } } }],
    ] as const,
    Math.floor(how / 4),
  )!;
  patch(cluster, target, change);
  return `${text} EndpointSlice ${target.metadata.name}`;
}

function deleteSlice(cluster: Cluster, how: number): string | undefined {
  const target = pick(slices(cluster), how);
  return target === undefined ? undefined : remove(cluster, target);
}

function editService(cluster: Cluster, how: number): string | undefined {
  const target = pick(selecting(cluster), how);
  if (target === undefined) return undefined;
  const { selector, publishNotReadyAddresses, ports = [] } = target.spec;
  const [port] = ports;
  const [text, change] = pick(
    [
      ['selector', { selector: { app: selector!.app === 'web' ? 'elsewhere' : 'web' } }],
      ['readiness', { publishNotReadyAddresses: publishNotReadyAddresses !== true }],
      [
        'target port',
        { ports: [{ ...port, targetPort: port?.targetPort === 'web' ? 80 : 'web' }] },
      ],
    ] as const,
    Math.floor(how / 2),
  )!;
  patch(cluster, target, { spec: change });
  return `change the ${text} of Service ${target.metadata.name}`;
}

/** It goes, and comes back as another of its name. */
function deleteService(cluster: Cluster, how: number): string | undefined {
  const { simulation } = cluster;
  const target = pick(selecting(cluster), how);
  if (target === undefined) return undefined;
  const { labels = {}, name, namespace = 'default' } = target.metadata;
  const { selector, ports, clusterIP, publishNotReadyAddresses = false } = target.spec;
  const headless = clusterIP === 'None' ? { clusterIP } : {};
  const text = remove(cluster, target);
  for (let i = 0; i < how % 16; i++) if (!simulation.calm()) break;
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels },
    spec: { selector, ports, publishNotReadyAddresses, ...headless },
  };
  simulation.submit({ verb: 'create', kind: 'Service', namespace, object }, user);
  return `${text}, and make it anew`;
}

/** One that is there already stays as it is. */
function createService({ simulation }: Cluster): string {
  const name = 'web';
  const spec = { selector: { app: 'web' }, ports: [{ port: 80 }] };
  const object = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
  simulation.submit({ verb: 'create', kind: 'Service', namespace: 'default', object }, user);
  return `create Service ${name}`;
}

/** The same, and nobody sees the slices that come of it. */
function createUnseen(cluster: Cluster): string {
  const held = hold(cluster, 0, ['EndpointSlice']);
  const created = createService(cluster);
  return held === undefined ? created : `${held}, and ${created}`;
}

const sliceUpdate = ({ simulation }: Cluster): InFlight | undefined =>
  calmUntil(simulation, ({ request: { verb, kind } }) => {
    return verb === 'update' && kind === 'EndpointSlice';
  });

/** A write that two are at: somebody notes something just before a controller's own update. */
function crossSlice(cluster: Cluster, how: number): string | undefined {
  const flight = sliceUpdate(cluster);
  if (flight?.request.verb !== 'update') return undefined;
  const { object } = flight.request;
  patch(cluster, object, { metadata: { labels: { note: String(how) } } });
  return `note something on EndpointSlice ${object.metadata.name} just before it is updated`;
}

/** An update that does not arrive. */
function loseSlice(cluster: Cluster): string | undefined {
  const flight = sliceUpdate(cluster);
  if (flight === undefined) return undefined;
  const { actor } = flight.slot.component;
  const move: Move = {
    type: 'request',
    process: controllerManager,
    actor,
    key: flight.pass.key,
    fault: 'request lost',
  };
  cluster.simulation.step(move);
  return describeMove(move);
}

const own = (cluster: Cluster): readonly Endpoints[] =>
  listed<Endpoints>(cluster, 'Endpoints').filter(({ metadata: { namespace, name } }) => {
    const view = cluster.simulation.store.view();
    return view.get<Service>('Service', `${namespace}/${name}`)?.spec.selector === undefined;
  });

/** Those of a Service without a selector are the user's to write. */
function editEndpoints(cluster: Cluster, how: number): string | undefined {
  const target = pick(own(cluster), how);
  if (target === undefined) return undefined;
  const addresses = [{ ip: `10.9.0.${1 + (how % 5)}` }, { ip: '10.9.1.1' }];
  const ports = [{ port: 5432 + (Math.floor(how / 5) % 2) }];
  patch(cluster, target, { subsets: [{ addresses, ports }] });
  return `write Endpoints ${target.metadata.name}`;
}

function deleteEndpoints(cluster: Cluster, how: number): string | undefined {
  const theirs = own(cluster);
  const all = listed<Endpoints>(cluster, 'Endpoints').filter((one) => !theirs.includes(one));
  const target = pick(all, how);
  return target === undefined ? undefined : remove(cluster, target);
}

function scaleSet(cluster: Cluster, how: number): string | undefined {
  const target = pick(listed<ReplicaSet>(cluster, 'ReplicaSet'), how);
  if (target === undefined) return undefined;
  const replicas = Math.floor(how / 2) % 5;
  patch(cluster, target, { spec: { replicas } });
  return `scale ReplicaSet ${target.metadata.name} to ${replicas}`;
}

/** What leads to the first slices of a Service. */
export const beginnings: Acts = [
  ['create Service', createService],
  ['create unseen', createUnseen],
  ['scale set', scaleSet],
  ['scale set', scaleSet],
];

export const services: Acts = [
  ['edit slice', editSlice],
  ['edit slice', editSlice],
  ['delete slice', deleteSlice],
  ['edit Service', editService],
  ['delete Service', deleteService],
  ['cross slice', crossSlice],
  ['lose slice', loseSlice],
  ['edit Endpoints', editEndpoints],
  ['delete Endpoints', deleteEndpoints],
  ['scale set', scaleSet],
  ['scale set', scaleSet],
];
