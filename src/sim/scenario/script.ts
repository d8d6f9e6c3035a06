/** Plays the steps of a scenario as the user's moves. */

import { kindIn } from '../../api/custom/index.ts';
import { kindNameOf } from '../../api/index.ts';
import type { Draft, KubeObject } from '../../api/meta.ts';
import { makeKey } from '../../api/meta.ts';
import { parseSelector } from '../../api/selectors/selectors.ts';
import type { Response } from '../../apiserver/request.ts';
import type { View } from '../../store/view.ts';
import type { Cluster } from '../cluster.ts';
import type { Script, Waits } from '../script.ts';
import type { Scenario, Step, Target } from './types.ts';

/** How long nothing but heartbeats happens before a `settle` step is over. */
const quietMs = 3_500;

const nodesAreThere: Waits = { for: 'rest', quietMs: 1_000 };

const by = 'user';

/** The same where something is measured: autoscalers have looked twice since, at new samples. */
const measuredQuietMs = 35_000;

/** As kubectl asks for. */
const fieldValidation = 'Strict';

/** A step that was made, when, and what was answered. */
export interface Played {
  readonly t: number;
  readonly step: Step;
  readonly codes: readonly number[];
}

export class ScenarioScript implements Script {
  readonly played: Played[] = [];
  readonly #cluster: Cluster;
  readonly #steps: readonly Step[];
  readonly #measured: boolean;
  readonly #remembered = new Map<string, string>();
  #next = 0;
  #waits: Waits;

  /** @param first what the first step waits for: until the nodes are there, if not said */
  constructor({ steps }: Pick<Scenario, 'steps'>, cluster: Cluster, first: Waits = nodesAreThere) {
    this.#measured = steps.some(({ type }) => type === 'usage' || type === 'metric');
    this.#steps = steps;
    this.#cluster = cluster;
    this.#waits = first;
  }

  get waits(): Waits | undefined {
    return this.#next < this.#steps.length || this.#waits.for !== 'nothing'
      ? this.#waits
      : undefined;
  }

  get nextStep(): Step | undefined {
    return this.#steps[this.#next];
  }

  perform(): void {
    const step = this.#steps[this.#next];
    this.#waits = { for: 'nothing' };
    if (step === undefined) return;
    this.#next += 1;
    const t = this.#cluster.simulation.now;
    if (step.type === 'settle') {
      const quiet = this.#measured ? measuredQuietMs : quietMs;
      this.#waits = { for: 'rest', quietMs: quiet, since: t };
    } else if (step.type === 'wait') {
      this.#waits = { for: 'time', until: t + step.ms };
    }
    const codes = this.#do(step).map((response) => (response.ok ? 200 : response.status.code));
    this.played.push({ t, step, codes });
  }

  #do(step: Step): readonly Response[] {
    const { simulation } = this.#cluster;
    switch (step.type) {
      case 'settle':
      case 'wait':
        return [];
      case 'create':
        return step.objects.map((object) => this.#create(object));
      case 'apply':
        return step.objects.map((object) => this.#apply(object));
      case 'patch': {
        const named = this.#find(step.target);
        if (step.remember !== undefined) this.#remembered.set(step.remember, named.name);
        const { patchType, patch, subresource } = step;
        const request = { verb: 'patch', ...named, patchType, patch, fieldValidation } as const;
        return [simulation.submit({ ...request, ...(subresource ? { subresource } : {}) }, by)];
      }
      case 'delete': {
        const { propagationPolicy, gracePeriodSeconds } = step;
        const options = {
          ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
          ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        };
        return [simulation.submit({ verb: 'delete', ...this.#find(step.target), options }, by)];
      }
      case 'evict': {
        const { name, ...rest } = this.#find(step.target);
        const object = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
        return [
          simulation.submit({ verb: 'create', ...rest, name, subresource: 'eviction', object }, by),
        ];
      }
      case 'usage':
        simulation.metrics.use(step.usage);
        return [];
      case 'metric':
        simulation.metrics.set(step.metric);
        return [];
      case 'addNode':
        this.#cluster.addNode(step.node);
        return [];
      case 'staticPods':
        this.#cluster.writeManifests(step.node, step.objects);
        return [];
      case 'deleteNode':
        return [this.#cluster.deleteNode(step.name)];
      case 'crashNode':
        this.#cluster.crashNode(step.name);
        return [];
      case 'recoverNode':
        this.#cluster.recoverNode(step.name);
        return [];
    }
  }

  #create(object: Draft): Response {
    const kind = kindNameOf(object);
    const request = {
      verb: 'create',
      kind,
      object,
      fieldValidation,
      ...this.#homeOf(object),
    } as const;
    return this.#cluster.simulation.submit(request, by);
  }

  #apply(object: Draft): Response {
    const { simulation } = this.#cluster;
    const kind = kindNameOf(object);
    const { name = '' } = object.metadata;
    const { namespace } = this.#homeOf(object);
    if (simulation.store.get(kind, makeKey(namespace, name)) === undefined) {
      return this.#create(object);
    }
    const { apiVersion } = object;
    const named = { kind, apiVersion, name, ...(namespace === undefined ? {} : { namespace }) };
    const isPlain = kindIn(kind, this.#view)?.plainPatchesOnly === true;
    const patchType = isPlain ? 'merge' : 'strategic';
    return simulation.submit(
      { verb: 'patch', ...named, patchType, patch: object, fieldValidation },
      by,
    );
  }

  get #view(): View {
    return this.#cluster.simulation.store.view();
  }

  #homeOf(object: Draft): { readonly namespace?: string } {
    const isNamespaced = kindIn(kindNameOf(object), this.#view)?.namespaced ?? true;
    return isNamespaced ? { namespace: object.metadata.namespace ?? 'default' } : {};
  }

  #find(target: Target): { kind: string; namespace?: string; name: string } {
    const { kind } = target;
    const namespaced = kindIn(kind, this.#view)?.namespaced ?? true;
    const namespace = namespaced ? { namespace: target.namespace ?? 'default' } : {};
    return { kind, ...namespace, name: this.#nameOf(target, namespace.namespace) };
  }

  #nameOf({ kind, name, selector, index, recall }: Target, namespace: string | undefined): string {
    if (recall !== undefined) return this.#remembered.get(recall) ?? '';
    if (name !== undefined) return name;
    const parsed = parseSelector(selector ?? '');
    const matches = parsed.ok ? parsed.matches : () => false;
    const found = this.#cluster.simulation.store
      .view()
      .list(kind)
      .filter(
        ({ metadata }) =>
          metadata.namespace === namespace &&
          metadata.deletionTimestamp === undefined &&
          matches(metadata.labels),
      )
      .sort(byCreation);
    return found[index ?? 0]?.metadata.name ?? '';
  }
}

const byCreation = (a: KubeObject, b: KubeObject): number =>
  compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compare(keyOf(a), keyOf(b));

const keyOf = ({ metadata: { namespace, name } }: KubeObject) => makeKey(namespace, name);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
