/**
 * Running counts of the Pods of each controller, moved by every event of the cache: what a pass over
 * a ReplicaSet costs goes by what changed, and not by how many Pods there are.
 */
import { canonicalJson } from '../../api/canonicaljson.ts';
import { controllerOf, type Labels } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { isPodActive, isPodReady, isPodTerminating } from '../../api/pod/podstatus.ts';
import type { ReplicaSet } from '../../api/replicaset.ts';
import type { Matches } from '../../api/selectors/selectors.ts';
import type { WatchEvent } from '../../sim/component.ts';
import { hasAll, type PodCounts, templateLabels } from './counts.ts';

/** Pods of one controller with the same labels. */
interface Group {
  readonly labels: Labels | undefined;
  active: number;
  /** Of the active ones. */
  ready: number;
  terminating: number;
  finished: number;
}

export class Tallies {
  /** By uid of the controller, then by labels. */
  readonly #groups = new Map<string, Map<string, Group>>();
  readonly #kind: string;

  /** Of controllers of this kind. */
  constructor(kind: string) {
    this.#kind = kind;
  }

  observe({ type, object, old }: WatchEvent<Pod>): void {
    if (old !== undefined) this.#count(old, -1);
    if (type !== 'DELETED') this.#count(object, 1);
  }

  /**
   * What the Pods of a ReplicaSet come to, if numbers are enough to tell: none is to be released, and none
   * becomes available by waiting.
   */
  countsOf(rs: ReplicaSet, matches: Matches): PodCounts | undefined {
    const { minReadySeconds = 0 } = rs.spec;
    const wanted = templateLabels(rs);
    let [active, labelled, ready, terminating] = [0, 0, 0, 0];
    for (const group of this.#groups.get(rs.metadata.uid)?.values() ?? []) {
      if (!matches(group.labels)) {
        if (group.active > 0) return undefined;
        continue;
      }
      active += group.active;
      ready += group.ready;
      terminating += group.terminating;
      if (hasAll(group.labels, wanted)) labelled += group.active;
    }
    if (minReadySeconds > 0 && ready > 0) return undefined;
    return { active, labelled, ready, available: ready, terminating };
  }

  #count(pod: Pod, by: 1 | -1): void {
    const controller = controllerOf(pod);
    if (controller?.kind !== this.#kind) return;
    const group = this.#groupOf(controller.uid, pod.metadata.labels);
    if (isPodActive(pod)) {
      group.active += by;
      if (isPodReady(pod)) group.ready += by;
    } else if (isPodTerminating(pod)) group.terminating += by;
    else group.finished += by;
    if (group.active + group.terminating + group.finished === 0) this.#drop(controller.uid, group);
  }

  #groupOf(uid: string, labels: Labels | undefined): Group {
    let groups = this.#groups.get(uid);
    if (groups === undefined) {
      groups = new Map();
      this.#groups.set(uid, groups);
    }
    const text = textOf(labels);
    let group = groups.get(text);
    if (group === undefined) {
      group = { labels, active: 0, ready: 0, terminating: 0, finished: 0 };
      groups.set(text, group);
    }
    return group;
  }

  #drop(uid: string, { labels }: Group): void {
    const groups = this.#groups.get(uid)!;
    groups.delete(textOf(labels));
    if (groups.size === 0) this.#groups.delete(uid);
  }
}

/** Labels as text, whatever their order. Versions of an object share their labels. */
const texts = new WeakMap<Labels, string>();

function textOf(labels: Labels | undefined): string {
  if (labels === undefined) return '';
  let text = texts.get(labels);
  if (text === undefined) {
    text = canonicalJson(labels);
    texts.set(labels, text);
  }
  return text;
}
