/** What kubelets promise about what runs on their nodes (properties §6). */
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodTerminal } from '../src/api/pod/podstatus.ts';
import { configMirror } from '../src/kubelet/node/critical.ts';
import type { Entry } from '../src/log/entry.ts';
import { pulls } from './kubelet/pulls.ts';
import { restarts } from './kubelet/restarts.ts';
import type { Always, Eventually, Judged, Properties } from './rule.ts';

/** A Pod's uid stands in the ids of its containers, as a runtime's labels tell it. */
const uidIn = (containerID: string): string | undefined =>
  /^sim:\/\/([^/]+)\//.exec(containerID)?.[1];

/** A static Pod runs under the hash of its manifest, which its mirror bears. */
const ranAs = ({ metadata }: Pod): string => metadata.annotations?.[configMirror] ?? metadata.uid;

const isStatic = (uid: string): boolean => /^[0-9a-f]{32}$/.test(uid);

const ownContainers: Always = {
  id: 'K-S2',
  claim: 'a status tells of containers of that very Pod, and of no other of its name',
  types: ['write'],
  kinds: ['Pod'],
  begin: () => (entry) => {
    if (entry.type !== 'write' || entry.kind !== 'Pod' || entry.after === undefined) {
      return undefined;
    }
    const { status } = entry.after as Pod;
    const own = ranAs(entry.after as Pod);
    for (const { containerID = '' } of status?.containerStatuses ?? []) {
      const uid = uidIn(containerID);
      if (uid !== undefined && uid !== own) {
        return `${entry.key} has the status of another Pod of that name`;
      }
    }
    return undefined;
  },
};

const boundBefore: Always = {
  id: 'K-S1',
  claim: 'a node runs only Pods that were bound to it, and those of its own files',
  types: ['write', 'runtime'],
  kinds: ['Pod'],
  begin() {
    const nodes = new Map<string, string>();
    return (entry): Judged => {
      if (entry.type === 'write' && entry.kind === 'Pod' && entry.after !== undefined) {
        const { metadata, spec } = entry.after as Pod;
        if (spec.nodeName !== undefined) nodes.set(metadata.uid, spec.nodeName);
        return undefined;
      }
      if (entry.type !== 'runtime' || entry.event !== 'container started') return undefined;
      if (isStatic(entry.uid)) return undefined;
      const node = nodes.get(entry.uid);
      return node === entry.node
        ? undefined
        : `${entry.node} started ${entry.key}, which is bound to ${node ?? 'no node'}`;
    };
  },
};

/** Uids of Pods of which a container still runs, and their keys. */
function running(entries: readonly Entry[]): ReadonlyMap<string, string> {
  const containers = new Map<string, Set<string>>();
  const keys = new Map<string, string>();
  for (const entry of entries) {
    if (entry.type !== 'runtime') continue;
    const { uid, event, container = '' } = entry;
    keys.set(uid, entry.key);
    if (event === 'sandbox removed') containers.delete(uid);
    else if (event === 'container exited') containers.get(uid)?.delete(container);
    else if (event === 'container started') {
      const known = containers.get(uid);
      if (known === undefined) containers.set(uid, new Set([container]));
      else known.add(container);
    }
  }
  const left = [...containers].filter(([, names]) => names.size > 0);
  return new Map(left.map(([uid]) => [uid, keys.get(uid)!]));
}

const nothingLeft: Eventually = {
  id: 'K-L1',
  claim: 'at rest nothing runs of Pods that are gone or have ended',
  holds({ simulation, now }) {
    const alive = new Set<string>();
    for (const pod of now.list<Pod>('Pod')) if (!isPodTerminal(pod)) alive.add(ranAs(pod));
    for (const [uid, key] of running(simulation.log.entries)) {
      if (!alive.has(uid)) return `containers of ${key} still run`;
    }
    return undefined;
  },
};

const wokenUp: Properties['sometimes'] = [
  {
    id: 'K-W1',
    claim: 'a container is started again',
    seen: (entry) =>
      entry.type === 'write' &&
      entry.kind === 'Pod' &&
      ((entry.after as Pod | undefined)?.status?.containerStatuses ?? []).some(
        ({ restartCount }) => restartCount > 0,
      ),
  },
  {
    id: 'K-W2',
    claim: 'an image is refused',
    seen: (entry) => entry.type === 'runtime' && entry.event === 'image not pulled',
  },
];

export const kubelet: Properties = {
  always: [boundBefore, ownContainers, restarts, pulls],
  eventually: [nothingLeft],
  sometimes: wokenUp,
};
