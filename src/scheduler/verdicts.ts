/**
 * What plugins said of nodes, remembered from one cycle to the next. A plugin that is `local` says the same
 * of a node to Pods of one signature until that node changes: so a Pod like the last one is judged anew only
 * by the nodes that changed since.
 */
import type { PerNode } from '../log/decision.ts';
import { filter } from './filtering.ts';
import type { Cycle, Plugin } from './framework.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { Profile } from './profile.ts';
import type { Rejection } from './rejections.ts';
import { signatureOf } from './signature.ts';

/** Nodes times signatures that are remembered; those asked for longest ago are forgotten. */
const verdictsMax = 2 ** 19;
const signaturesMax = 256;

/** What local plugins say of each node to Pods of one signature. */
export class NodeVerdicts {
  readonly #nodes: readonly NodeInfo[];
  /** As nodes were when they were looked at; 0: never. */
  readonly #generations: number[];
  readonly #rejections: (Rejection | undefined)[];
  readonly #filters: readonly Plugin[];
  /** By place in the profile; only local plugins that have something to say. */
  readonly #scored: readonly (readonly [place: number, plugin: Plugin])[];
  readonly #scores: (number[] | undefined)[];
  /** Rejections by what they say: few are different. */
  readonly #said = new Map<string, Rejection>();

  constructor(cycle: Cycle, nodes: readonly NodeInfo[], plugins: Plugins) {
    this.#nodes = nodes;
    this.#generations = new Array<number>(nodes.length).fill(0);
    this.#rejections = new Array<undefined>(nodes.length).fill(undefined);
    this.#filters = plugins.filters;
    this.#scored = [...plugins.profile.scores.entries()]
      .filter(([, { plugin }]) => plugin.local === true && plugin.score !== undefined)
      .filter(([, { plugin }]) => plugin.preScore?.(cycle, nodes) !== false)
      .map(([place, { plugin }]) => [place, plugin]);
    this.#scores = [];
    for (const [place] of this.#scored) {
      this.#scores[place] = new Array<number>(nodes.length).fill(0);
    }
  }

  isAbout(nodes: readonly NodeInfo[]): boolean {
    return this.#nodes === nodes;
  }

  /** Why the first local filter that does turns the node down. */
  rejectionOf(cycle: Cycle, node: NodeInfo): Rejection | undefined {
    const { index } = node;
    if (this.#generations[index] !== node.generation) this.#look(cycle, node);
    return this.#rejections[index];
  }

  /** Raw scores of nodes that `rejectionOf` let pass; undefined if the plugin at this place is not local. */
  scoresOf(place: number, nodes: readonly NodeInfo[]): PerNode | undefined {
    const all = this.#scores[place];
    if (all === undefined) return undefined;
    const first = all[nodes[0]!.index]!;
    let same = 1;
    while (same < nodes.length && all[nodes[same]!.index] === first) same += 1;
    if (same === nodes.length) return first;
    const scores = new Array<number>(nodes.length);
    for (let i = 0; i < nodes.length; i++) scores[i] = all[nodes[i]!.index]!;
    return scores;
  }

  #look(cycle: Cycle, node: NodeInfo): void {
    const { index, generation } = node;
    this.#generations[index] = generation;
    const rejected = filter(cycle, node, this.#filters);
    this.#rejections[index] = rejected === undefined ? undefined : this.#shared(rejected);
    if (rejected !== undefined) return;
    for (const [place, plugin] of this.#scored) {
      this.#scores[place]![index] = plugin.score!(cycle, node);
    }
  }

  #shared(rejection: Rejection): Rejection {
    const { plugin, why } = rejection;
    const text = `${plugin} ${why.unresolvable} ${why.reasons.join('\0')}`;
    const said = this.#said.get(text);
    if (said !== undefined) return said;
    this.#said.set(text, rejection);
    return rejection;
  }
}

interface Plugins {
  readonly profile: Profile;
  /** The local ones that have something to filter. */
  readonly filters: readonly Plugin[];
}

/** Of all signatures, for one cache. */
export class Verdicts {
  readonly #byProfile = new Map<Profile, Map<string, NodeVerdicts | undefined>>();

  /**
   * Those for the Pod of a cycle; none if it is the first of its signature, which may be the only one. Nothing
   * of them is kept when nodes come or go.
   */
  of(cycle: Cycle, plugins: Plugins): NodeVerdicts | undefined {
    const { nodes } = cycle.cache;
    let all = this.#byProfile.get(plugins.profile);
    if (all === undefined) {
      all = new Map();
      this.#byProfile.set(plugins.profile, all);
    }
    const signature = signatureOf(cycle.pod.spec);
    const isFirst = !all.has(signature);
    let found = all.get(signature);
    if (!isFirst && found?.isAbout(nodes) !== true) {
      found = new NodeVerdicts(cycle, nodes, plugins);
    }
    all.delete(signature);
    all.set(signature, found);
    if (!isFirst) return found;
    const most = Math.min(signaturesMax, Math.ceil(verdictsMax / nodes.length));
    for (const oldest of all.keys()) {
      if (all.size <= most) break;
      all.delete(oldest);
    }
    return undefined;
  }
}
