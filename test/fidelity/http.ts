/**
 * Plays a scenario as a client does: its steps are requests to a cluster that is up, and what became of
 * them is what watches and lists told. Time passes only where a step says so.
 */
import type { Draft, KubeObject } from '../../src/api/meta.ts';
import { serve } from '../../src/http/server.ts';
import type { WriteEntry } from '../../src/log/entry.ts';
import {
  finalKinds,
  type RecordedWatchEvent,
  type Recording,
  RunRecorder,
} from '../../src/record/recorder.ts';
import { type Cluster, createCluster } from '../../src/sim/cluster.ts';
import { ScenarioScript } from '../../src/sim/scenario/script.ts';
import type { Scenario, Step, Target } from '../../src/sim/scenario/types.ts';
import { type Resource, resourcesOf, Wire } from './wire.ts';

export interface PlayedOverHttp {
  readonly recording: Recording;
  readonly cluster: Cluster;
}

const token = 'play';

/** Writes of controllers do not go over the wire: they are noted where they happen. */
export async function playOverHttp(scenario: Scenario): Promise<PlayedOverHttp> {
  const { nodes, behaviour, staleness } = scenario;
  const cluster = createCluster({
    nodes,
    behaviour,
    kubelet: 'standIn',
    heartbeats: true,
    ...(staleness === undefined ? {} : { staleness }),
  });
  const recorder = new RunRecorder(cluster.simulation);
  cluster.simulation.script = new ScenarioScript({ steps: [] }, cluster);
  const options = { port: 0, insecure: true, speed: 'max', paused: true, token } as const;
  const serving = await serve({ cluster, ...options });
  try {
    const wire = new Wire(serving.url, token);
    const resources = await resourcesOf(wire);
    const watches = resources.map((resource) => new Watch(wire, resource));
    const player = new Player(wire, resources);
    await player.play([]);
    for (const step of scenario.steps) {
      // What can happen at once has happened before the user goes on.
      await player.play([{ wait: '0ms' }]);
      await player.step(step);
    }
    if (scenario.steps.at(-1)?.type !== 'settle') await player.play(['settle']);
    const watch = await told(watches, cluster);
    const final: Record<string, readonly KubeObject[]> = {};
    for (const { kind, path } of resources.filter((one) => finalKinds.includes(one.kind))) {
      const { items } = await wire.ask<{ items: KubeObject[] }>('GET', path());
      final[kind] = items;
    }
    const { writes } = recorder.recording();
    return { recording: { watch, writes, final }, cluster };
  } finally {
    await serving.close();
  }
}

/** A watch of all objects of a kind, from its first to its last. */
class Watch {
  readonly kind: string;
  readonly events: { type: RecordedWatchEvent['type']; object: KubeObject }[] = [];
  readonly #ended: Promise<void>;

  constructor(wire: Wire, { kind, path }: Resource) {
    this.kind = kind;
    this.#ended = this.#read(wire, path());
  }

  async #read(wire: Wire, path: string): Promise<void> {
    for await (const line of wire.lines(`${path}?watch=true&resourceVersion=0`)) {
      this.events.push(JSON.parse(line));
    }
  }

  /** Until it has told what was written at `revision`. */
  async reaches(revision: number): Promise<void> {
    const isThere = () => this.events.some((event) => revisionOf(event.object) >= revision);
    for (let i = 0; i < 500 && !isThere(); i++) {
      await Promise.race([this.#ended, new Promise((go) => setTimeout(go, 10))]);
    }
    if (!isThere()) throw new Error(`the watch of ${this.kind} did not tell of @${revision}`);
  }
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion);

/** All that the watches told, in the order of the store; nodes only when more than their status changed. */
async function told(
  watches: readonly Watch[],
  { simulation }: Cluster,
): Promise<readonly RecordedWatchEvent[]> {
  const writes = simulation.log.entries.filter((one): one is WriteEntry => one.type === 'write');
  for (const watch of watches) {
    const last = writes.findLast(({ kind }) => kind === watch.kind);
    if (last !== undefined) await watch.reaches(last.revision);
  }
  const times = new Map(writes.map(({ revision, t }) => [revision, t]));
  const nodes = new Map<string, string>();
  return watches
    .flatMap(({ events }) => events)
    .sort((a, b) => revisionOf(a.object) - revisionOf(b.object))
    .filter(({ type, object }) => {
      if (object.kind !== 'Node') return true;
      const { name, labels } = object.metadata;
      const now = JSON.stringify([(object as { spec?: unknown }).spec, labels]);
      const isNew = type === 'DELETED' || nodes.get(name) !== now;
      nodes.set(name, now);
      return isNew;
    })
    .map(({ type, object }) => ({ t: times.get(revisionOf(object)) ?? 0, type, object }));
}

const patchTypes = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/** As kubectl asks for. */
const strictly = 'fieldValidation=Strict';

class Player {
  readonly #wire: Wire;
  readonly #resources: readonly Resource[];
  readonly #remembered = new Map<string, string>();

  constructor(wire: Wire, resources: readonly Resource[]) {
    this.#wire = wire;
    this.#resources = resources;
  }

  /** What no request of the Kubernetes API can say. */
  async play(steps: readonly unknown[]): Promise<void> {
    await this.#wire.ask('POST', '/kubestep/play', steps);
  }

  /** Refusals are part of the story. */
  async step(step: Step): Promise<void> {
    switch (step.type) {
      case 'create':
        for (const object of step.objects) await this.#create(object);
        return;
      case 'apply':
        for (const object of step.objects) await this.#apply(object);
        return;
      case 'patch': {
        const { target, patchType, patch, subresource, remember } = step;
        const path = await this.#find(target);
        if (remember !== undefined) this.#remembered.set(remember, path.split('/').at(-1)!);
        const below = subresource === undefined ? '' : `/${subresource}`;
        await this.#patch(`${path}${below}`, patchTypes[patchType], patch);
        return;
      }
      case 'delete': {
        const { target, propagationPolicy, gracePeriodSeconds } = step;
        const options = { kind: 'DeleteOptions', propagationPolicy, gracePeriodSeconds };
        await this.#wire.ask('DELETE', await this.#find(target), options);
        return;
      }
      case 'evict': {
        const path = await this.#find(step.target);
        const metadata = { name: path.split('/').at(-1) };
        const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata };
        await this.#wire.ask('POST', `${path}/eviction`, eviction);
        return;
      }
      case 'settle':
        return this.play(['settle']);
      case 'wait':
        return this.play([{ wait: `${step.ms}ms` }]);
      case 'usage':
        return this.play([{ usage: step.usage }]);
      case 'metric':
        return this.play([{ metric: step.metric }]);
      case 'addNode':
        return this.play([{ addNode: step.node }]);
      case 'staticPods': {
        const { node, objects } = step;
        return this.play([{ staticPods: { node, manifests: objects } }]);
      }
      default:
        return this.play([{ [step.type]: step.name }]);
    }
  }

  async #create(object: Draft): Promise<void> {
    const { path } = this.#resourceOf(object.kind);
    await this.#wire.ask('POST', `${path(object.metadata.namespace)}?${strictly}`, object);
  }

  async #apply(object: Draft): Promise<void> {
    const { path } = this.#resourceOf(object.kind);
    const { namespace = 'default', name } = object.metadata;
    const found = await this.#wire.ask<KubeObject>('GET', `${path(namespace)}/${name}`);
    if (found.kind === 'Status') return this.#create(object);
    return this.#patch(`${path(namespace)}/${name}`, patchTypes.strategic, object);
  }

  async #patch(path: string, type: string, patch: unknown): Promise<void> {
    await this.#wire.ask('PATCH', `${path}?${strictly}`, patch, type);
  }

  #resourceOf(kind: string): Resource {
    const found = this.#resources.find((one) => one.kind === kind);
    if (found === undefined) throw new Error(`discovery knows no ${kind}`);
    return found;
  }

  async #find({ kind, namespace = 'default', name, selector, index, recall }: Target) {
    const path = this.#resourceOf(kind).path(namespace);
    if (recall !== undefined) return `${path}/${this.#remembered.get(recall)}`;
    if (name !== undefined) return `${path}/${name}`;
    const query = `labelSelector=${encodeURIComponent(selector ?? '')}`;
    const { items } = await this.#wire.ask<{ items: KubeObject[] }>('GET', `${path}?${query}`);
    const place = ({ metadata }: KubeObject) => `${metadata.creationTimestamp} ${metadata.name}`;
    const alive = items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
    return `${path}/${alive[index ?? 0]?.metadata.name}`;
  }
}
