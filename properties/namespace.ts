/** What the deletion of namespaces promises (properties §7, NS). */
import type { Namespace } from '../src/api/namespace.ts';
import { type Eventually, onWrite, type Properties, type World } from './rule.ts';

/** What is in a namespace, as `Kind name`, with the finalizers that hold it. */
function* contentOf(namespace: string, { now, simulation }: World) {
  for (const kind of simulation.store.kinds) {
    for (const { metadata } of now.by(kind, 'namespace', namespace)) {
      yield { what: `${kind} ${metadata.name}`, held: metadata.finalizers !== undefined };
    }
  }
}

const removedEmpty = onWrite(
  'NS-S1',
  'a namespace goes only when it is empty, and nothing is created in one that is deleted',
  ({ kind, key, before, after }, world) => {
    if (kind === 'Namespace' && after === undefined) {
      for (const { what } of contentOf(key, world)) return `${key} was removed with ${what} in it`;
      return undefined;
    }
    const home = before === undefined ? after?.metadata.namespace : undefined;
    if (home === undefined) return undefined;
    const isDeleted =
      world.now.get<Namespace>('Namespace', home)?.metadata.deletionTimestamp !== undefined;
    return isDeleted
      ? `${kind} ${key} was created in a namespace that is being deleted`
      : undefined;
  },
);

const emptied: Eventually = {
  id: 'NS-L1',
  claim: 'at rest a deleted namespace is gone, unless a finalizer of others holds it',
  holds(world) {
    for (const { metadata } of world.now.list<Namespace>('Namespace')) {
      const { name, deletionTimestamp, finalizers } = metadata;
      if (deletionTimestamp === undefined || finalizers !== undefined) continue;
      const isHeld = [...contentOf(name, world)].some(({ held }) => held);
      if (!isHeld) return `Namespace ${name} is still there`;
    }
    return undefined;
  },
};

export const namespace: Properties = {
  always: [removedEmpty],
  eventually: [emptied],
  sometimes: [
    {
      id: 'NS-W1',
      claim: 'a namespace is emptied and goes',
      seen: (entry) =>
        entry.type === 'write' && entry.kind === 'Namespace' && entry.after === undefined,
    },
  ],
};
