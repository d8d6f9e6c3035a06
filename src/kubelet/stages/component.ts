/**
 * Stages at work (kubelet-06): whenever an object changes, one of those that apply to it is chosen by
 * weight, and what it says is done after its delay. It stands beside the kubelets, or for them.
 */
import { kindNameOf } from '../../api/index.ts';
import type { KubeObject } from '../../api/meta.ts';
import { makeKey } from '../../api/meta.ts';
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { microTimestamp } from '../../api/time.ts';
import type { PassResult } from '../../log/entry.ts';
import type { Component, Environment, Pass, Requests, WatchEvent } from '../../sim/component.ts';
import { carryOut } from './carryout.ts';
import { functionsFor, type StageWorld } from './functions.ts';
import { choose, type Stage } from './stage.ts';
import { TemplateError } from './template.ts';

interface Plan {
  readonly uid: string;
  readonly stage: Stage;
  readonly at: number;
  readonly causes: readonly number[];
}

const retryMs = 1_000;
const done: PassResult = { type: 'done' };
const kubeletPort = 10_250;

export class StageComponent implements Component {
  readonly actor = 'kwok-controller';
  readonly recorder = 'kwok';
  readonly watches;
  readonly #env: Environment;
  readonly #byKind = new Map<string, Stage[]>();
  readonly #startedAt: number;
  /** By `kind namespace/name`. */
  readonly #plans = new Map<string, Plan>();
  readonly #due = new Set<string>();
  /** Stage played last, by uid: one that is played again and again lets the cluster rest. */
  readonly #last = new Map<string, string>();
  #isBusy = false;

  constructor(env: Environment, stages: readonly Stage[]) {
    this.#env = env;
    this.#startedAt = env.now;
    for (const stage of stages) {
      const kind = kindNameOf(stage);
      const known = this.#byKind.get(kind);
      if (known === undefined) this.#byKind.set(kind, [stage]);
      else known.push(stage);
    }
    const kinds = new Set([...this.#byKind.keys(), 'Node']);
    this.watches = [...kinds].map((kind) => ({ kind }));
  }

  get ready(): boolean {
    return !this.#isBusy && this.#due.size > 0;
  }

  observe({ type, kind, key, object, n }: WatchEvent): void {
    const item = `${kind} ${key}`;
    if (type === 'DELETED') {
      this.#last.delete(object.metadata.uid);
      this.#cancel(item);
    } else this.#plan(item, kind, object, n === 0 ? [] : [n]);
  }

  begin(): Pass {
    const [item] = this.#due;
    this.#due.delete(item!);
    const plan = this.#plans.get(item!);
    this.#plans.delete(item!);
    this.#isBusy = true;
    const { revision } = this.#env.view;
    const key = item!.slice(item!.indexOf(' ') + 1);
    return { key, triggers: plan?.causes ?? [], revision, requests: this.#run(item!, plan) };
  }

  onTimer(item: string): void {
    if (this.#plans.has(item)) this.#due.add(item);
  }

  memory(): unknown {
    const { now } = this.#env;
    return [...this.#plans].map(([item, { stage, at }]) => [item, stage.name, at - now]);
  }

  /** A stage that was chosen already keeps its time, whatever else changes. */
  #plan(item: string, kind: string, object: KubeObject, causes: readonly number[]): void {
    const { uid, resourceVersion } = object.metadata;
    const stages = this.#byKind.get(kind) ?? [];
    // As KWOK does: Pods are played where their nodes are.
    const isPlayed = kind !== 'Pod' || (object as Pod).spec.nodeName !== undefined;
    const chance = (what: string) => this.#env.chance(uid, resourceVersion ?? '', what);
    const stage = isPlayed ? choose(stages, object, () => chance('stage')) : undefined;
    const known = this.#plans.get(item);
    if (known?.uid === uid && known.stage === stage) return;
    this.#cancel(item);
    if (stage === undefined) return;
    const { now } = this.#env;
    const [least = 0, most = least] = stage.delayOf(object, now) ?? [];
    const at = now + Math.round(least + chance('delay') * (most - least));
    this.#plans.set(item, { uid, stage, at, causes });
    const isRepeated = this.#last.get(uid) === stage.name;
    if (at <= now && !isRepeated) this.#due.add(item);
    else this.#env.timer(item, at, isRepeated);
  }

  #cancel(item: string): void {
    this.#plans.delete(item);
    this.#due.delete(item);
    this.#env.cancelTimer(item);
  }

  *#run(item: string, plan: Plan | undefined): Requests<PassResult> {
    const result = plan === undefined ? done : yield* this.#play(item, plan);
    this.#isBusy = false;
    return result;
  }

  *#play(item: string, { uid, stage }: Plan): Requests<PassResult> {
    const [kind = '', key = ''] = item.split(' ');
    const object = this.#env.view.get<KubeObject>(kind, key);
    if (object?.metadata.uid !== uid || !stage.matches(object)) return done;
    this.#last.set(uid, stage.name);
    const functions = functionsFor(this.#worldOf(object));
    try {
      for (const step of stage.steps) {
        for (const deed of step(object, functions)) {
          if (deed.kind === 'event') {
            const { type, reason, message } = deed;
            this.#env.record({ about: object, type, reason, message });
            continue;
          }
          const refused = yield* carryOut(kind, object, deed);
          if (refused !== undefined) return this.#retry(item, kind, object, refused);
        }
      }
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return { type: 'error', message: `Stage ${stage.name}: ${error.message}`, retryMs: 0 };
    }
    return done;
  }

  #retry(item: string, kind: string, object: KubeObject, message: string): PassResult {
    this.#plan(item, kind, object, []);
    const plan = this.#plans.get(item);
    if (plan !== undefined) this.#env.timer(item, this.#env.now + retryMs);
    this.#due.delete(item);
    return { type: 'error', message, retryMs };
  }

  #worldOf({ kind, metadata, ...rest }: KubeObject): StageWorld {
    const nodeIP = (name: string) => this.#nodeIP(name);
    const { nodeName = '' } = (rest as { spec?: Pod['spec'] }).spec ?? {};
    return {
      now: microTimestamp(this.#env.now),
      startTime: microTimestamp(this.#startedAt),
      nodeName: kind === 'Node' ? metadata.name : nodeName,
      nodePort: kubeletPort,
      nodeIP,
      podIP: (node, isHost) => (isHost ? nodeIP(node) : addressAt(metadata.resourceVersion)),
    };
  }

  #nodeIP(name: string): string {
    const { view } = this.#env;
    const known = view.get<Node>('Node', makeKey(undefined, name))?.status?.addresses;
    const internal = known?.find(({ type }) => type === 'InternalIP')?.address;
    const place = view.list<Node>('Node').findIndex(({ metadata }) => metadata.name === name);
    return internal ?? `192.0.2.${((place + 254) % 254) + 1}`;
  }
}

/** No two objects have one version. */
function addressAt(resourceVersion = '0'): string {
  const n = Number(resourceVersion);
  return `10.${128 + ((n >> 16) & 127)}.${(n >> 8) & 255}.${n & 255}`;
}
