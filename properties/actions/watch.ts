/** What happens to those who watch: writes, slow readers, broken connections, forgotten history. */
import { type Cluster, controllerManager } from '../../src/sim/cluster.ts';
import { addClients, clientsOf, type WatchClient } from '../watch/client.ts';
import { type Act, type Acts, pick, user } from './act.ts';

const anyClient = ({ simulation }: Cluster, how: number): WatchClient => {
  const known = clientsOf(simulation);
  return pick(known.length === 0 ? addClients(simulation) : known, how)!;
};

const names = ['a', 'b', 'c'];

/** Creates, changes, or moves between the tiers; the same value twice changes nothing. */
const write: Act = ({ simulation }, how) => {
  const name = pick(names, how)!;
  const tier = pick(['a', 'b'], Math.floor(how / names.length))!;
  const value = String(Math.floor(how / 6) % 2);
  const named = { kind: 'ConfigMap', namespace: 'default' };
  const metadata = { name, labels: { tier } };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
  const made = simulation.submit({ verb: 'create', ...named, object }, user);
  const patch = { metadata: { labels: { tier } }, data: { value } };
  if (!made.ok)
    simulation.submit({ verb: 'patch', ...named, name, patchType: 'merge', patch }, user);
  return `write ConfigMap ${name} of tier ${tier}`;
};

const remove: Act = ({ simulation }, how) => {
  const name = pick(names, how)!;
  simulation.submit({ verb: 'delete', kind: 'ConfigMap', namespace: 'default', name }, user);
  return `delete ConfigMap ${name}`;
};

const read: Act = (cluster, how) => {
  const client = anyClient(cluster, how);
  return `${client.who} reads ${client.read(1 + (Math.floor(how / 2) % 4))} changes`;
};

const bookmark: Act = (cluster, how) => {
  const client = anyClient(cluster, how);
  client.bookmark();
  return `a bookmark for ${client.who}`;
};

const disconnect: Act = (cluster, how) => {
  const client = anyClient(cluster, how);
  client.disconnect();
  return `break the watch of ${client.who}`;
};

const compact: Act = ({ simulation: { store } }, how) => {
  store.compact(store.revision - (how % 5));
  return `forget what was before ${store.compacted}`;
};

/** A watch breaks, and the API server that answers next is behind. */
const reconnect: Act = ({ simulation }, how) => {
  const process = controllerManager;
  const { reflectors } = simulation.process(process)!;
  const reflector = how % reflectors.length;
  const { watch, needsList } = reflectors[reflector]!;
  if (needsList) return undefined;
  const named = { process, kind: watch.kind, reflector };
  const staleAt = Math.max(
    simulation.store.revision - 1 - (Math.floor(how / reflectors.length) % 8),
    1,
  );
  simulation.step({ type: 'drop', ...named, staleAt });
  simulation.step({ type: 'deliver', ...named });
  return `break the ${watch.kind} watch of ${process}, and connect it to an API server that is at revision ${staleAt}`;
};

export const watches: Acts = [
  ['write', write],
  ['write', write],
  ['write', write],
  ['delete', remove],
  ['read', read],
  ['bookmark', bookmark],
  ['disconnect', disconnect],
  ['compact', compact],
  ['reconnect to the past', reconnect],
];
