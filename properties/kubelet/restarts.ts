/** [K-S3] How long a container that ends again and again has to wait until it is started (kubelet-03). */
import type { Pod } from '../../src/api/pod/pod.ts';
import type { RuntimeEntry } from '../../src/log/entry.ts';
import type { Component } from '../../src/sim/component.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import type { View } from '../../src/store/view.ts';
import type { Always, Judged } from '../rule.ts';

const firstMs = 10_000;
const mostMs = 300_000;
/**
 * Who ran for so long begins anew. Upstream counts ten minutes from the attempt, which is a little before the
 * start.
 */
const forgivenMs = 590_000;

interface Container {
  readonly startedAt: number;
  readonly exitedAt?: number;
  /** How long it waits after its end; not at all after the first. */
  readonly delayMs: number;
}

/** Containers by uid and name, as far as a kubelet can know of them. */
type Containers = Map<string, Container>;

export const restarts: Always = {
  id: 'K-S3',
  claim: 'a container that ends again and again is started at once, then after 10 s, 20 s … 5 min',
  types: ['runtime', 'write'],
  kinds: ['Pod'],
  begin() {
    /** What a kubelet knows of earlier attempts is lost when it starts anew. */
    const memory = new WeakMap<Component, Containers>();
    const knownTo = (node: string, simulation: Simulation): Containers | undefined => {
      const kubelet = simulation.process(`kubelet/${node}`)?.slots[0]?.component;
      if (kubelet === undefined) return undefined;
      const known = memory.get(kubelet) ?? new Map();
      memory.set(kubelet, known);
      return known;
    };
    return (entry, { simulation, now }): Judged => {
      if (entry.type === 'runtime') {
        const known = knownTo(entry.node, simulation);
        return known && (mayBeKilled(entry, now) ? undefined : judged(entry, known));
      }
      if (entry.type !== 'write' || entry.kind !== 'Pod') return undefined;
      const { before, after } = entry as { readonly before?: Pod; readonly after?: Pod };
      const node = before?.spec.nodeName;
      // Another image begins anew, and so does a Pod of which all containers are started again by a rule.
      if (node === undefined || before!.spec === after?.spec) return undefined;
      const known = knownTo(node, simulation);
      if (known !== undefined) forget(before!.metadata.uid, known);
      return undefined;
    };
  },
};

/** What a probe kills is started again by the same sync, which has not seen the end of it. */
function mayBeKilled({ key, container }: RuntimeEntry, now: View): boolean {
  const pod = now.get<Pod>('Pod', key);
  const spec = [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])].find(
    ({ name }) => name === container,
  );
  return spec?.livenessProbe !== undefined || spec?.startupProbe !== undefined;
}

function forget(uid: string, known: Containers): void {
  for (const id of known.keys()) if (id.startsWith(uid)) known.delete(id);
}

function judged({ event, uid, key, container, t }: RuntimeEntry, known: Containers): Judged {
  // In another sandbox nothing has ended yet.
  if (event.startsWith('sandbox')) forget(uid, known);
  if (container === undefined) return undefined;
  const id = `${uid}/${container}`;
  const before = known.get(id);
  if (event === 'container exited' && before !== undefined) {
    known.set(id, { ...before, exitedAt: t });
  }
  if (event !== 'container started') return undefined;
  if (before?.exitedAt === undefined) {
    known.set(id, { startedAt: t, delayMs: 0 });
    return undefined;
  }
  const isForgiven = before.exitedAt - before.startedAt > forgivenMs;
  const dueMs = isForgiven ? 0 : before.delayMs;
  const waitedMs = t - before.exitedAt;
  const delayMs = dueMs === 0 ? firstMs : Math.min(dueMs * 2, mostMs);
  known.set(id, { startedAt: t, delayMs });
  return waitedMs >= dueMs
    ? undefined
    : `${container} of ${key} is started ${waitedMs} ms after it ended, and ${dueMs} ms are due`;
}
