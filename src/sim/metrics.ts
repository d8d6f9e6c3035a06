/**
 * What the metrics APIs tell of a cluster: how much containers use, and numbers that others measure.
 *
 * Scenarios say most of it (`usage` and `metric` steps); what they do not say, a source may know that
 * asks the container runtimes. Upstream three API servers stand behind this: metrics.k8s.io,
 * custom.metrics.k8s.io and external.metrics.k8s.io.
 */
import type { Labels } from '../api/meta.ts';
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod/pod.ts';
import { isPodReady } from '../api/pod/podstatus.ts';
import { milliOf } from '../api/quantity.ts';
import { type Matches, parseSelector } from '../api/selectors/selectors.ts';
import { parseTimestamp } from '../api/time.ts';
import type { View } from '../store/view.ts';

/** What one container uses now, in thousandths of the resource's unit; undefined: nobody knows. */
export type UsageSource = (pod: Pod, container: string, resource: string) => number | undefined;

/** One Pod as metrics.k8s.io shows it. */
export interface PodMetrics {
  readonly pod: Pod;
  /** When it was measured, and over how long a time before. */
  readonly at: number;
  readonly windowMs: number;
  /** Thousandths of the unit, by container and resource. */
  readonly containers: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** The three API groups that tell of metrics; each is there only where somebody serves it. */
export type MetricsApi = 'metrics.k8s.io' | 'custom.metrics.k8s.io' | 'external.metrics.k8s.io';

/** What a controller may ask. Amounts are thousandths. */
export interface MetricsReader {
  /** Whether the cluster has the API at all: something was said of what it would tell. */
  serves(api: MetricsApi): boolean;
  /** Pods of a namespace that were measured at all. */
  pods(namespace: string, matches: Matches): readonly PodMetrics[];
  /** A number that is measured of an object: of a Pod, or anything else. */
  ofObject(metric: string, object: MetricObject): number | undefined;
  /** All series of an external metric that the selector matches. */
  external(metric: string, namespace: string, matches: Matches): readonly number[];
}

export interface MetricObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Usage of containers: of the one named, else of the first of each Pod. */
export interface UsageSpec {
  readonly namespace?: string;
  readonly selector: string;
  readonly container?: string;
  /** Quantities; `none`: it is not measured. */
  readonly cpu?: string;
  readonly memory?: string;
  /** They are the sum over all Pods that are ready, which share it evenly. */
  readonly shared?: boolean;
}

/** A number: of Pods, of another object, or of something outside of the cluster. */
export interface MetricValueSpec {
  readonly name: string;
  readonly namespace?: string;
  /** A quantity; `none`: it is not measured. */
  readonly value: string;
  readonly selector?: string;
  readonly shared?: boolean;
  /** `Service/web`. */
  readonly object?: string;
  /** Of an external metric. */
  readonly labels?: Labels;
}

/** How often the metrics server looks: what it says of a container is as old as its last look. */
export const resolutionMs = 15_000;
const none = 'none';

interface Pods {
  readonly matches: Matches;
  readonly namespace: string;
  readonly shared: boolean;
}

interface Usage extends Pods {
  readonly container: string | undefined;
  readonly amounts: Readonly<Record<string, string>>;
}

interface Value extends Partial<Pods> {
  readonly name: string;
  readonly value: string;
  readonly object: string | undefined;
  readonly labels: Labels | undefined;
  readonly namespace: string;
}

/** What it stands on: the truth, and the time. */
interface Ground {
  readonly now: number;
  readonly store: { view(): View };
}

export class Metrics implements MetricsReader {
  /** What knows of containers that no scenario speaks of. */
  source: UsageSource | undefined;
  /** Called when a scenario changes what is measured. */
  onChange: () => void = () => {};
  readonly #ground: Ground;
  /** The last one that fits counts. */
  readonly #usages: Usage[] = [];
  readonly #values: Value[] = [];

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  use({
    namespace = 'default',
    selector,
    container,
    cpu,
    memory,
    shared = false,
  }: UsageSpec): void {
    const amounts = { ...(cpu ? { cpu } : {}), ...(memory ? { memory } : {}) };
    this.#usages.push({ matches: matchesOf(selector), namespace, shared, container, amounts });
    this.onChange();
  }

  set({
    name,
    namespace = 'default',
    value,
    selector,
    shared = false,
    object,
    labels,
  }: MetricValueSpec): void {
    const pods = selector === undefined ? {} : { matches: matchesOf(selector), shared };
    this.#values.push({ name, namespace, value, object, labels, ...pods });
    this.onChange();
  }

  serves(api: MetricsApi): boolean {
    if (api === 'metrics.k8s.io') return this.source !== undefined || this.#usages.length > 0;
    return this.#values.some((one) => isExternal(one) === (api === 'external.metrics.k8s.io'));
  }

  pods(namespace: string, matches: Matches): readonly PodMetrics[] {
    return this.#podsOf(namespace).flatMap((pod) => {
      const measured = matches(pod.metadata.labels) ? this.#measure(pod) : undefined;
      return measured === undefined ? [] : [measured];
    });
  }

  ofObject(metric: string, { kind, namespace, name }: MetricObject): number | undefined {
    const pod = kind === 'Pod' ? this.#view.get<Pod>('Pod', `${namespace}/${name}`) : undefined;
    const found = this.#values.findLast((one) => {
      if (one.name !== metric || one.namespace !== namespace) return false;
      if (one.object !== undefined) return one.object === `${kind}/${name}`;
      return pod !== undefined && one.matches?.(pod.metadata.labels) === true;
    });
    if (found === undefined || found.value === none) return undefined;
    if (pod === undefined || found.matches === undefined) return milliOf(found.value);
    if (pod.status.phase !== 'Running') return undefined;
    return this.#share(pod, found.value, found as Value & Pods);
  }

  external(metric: string, namespace: string, matches: Matches): readonly number[] {
    const series = new Map<string, string>();
    for (const one of this.#values) {
      if (one.name !== metric || one.namespace !== namespace) continue;
      if (!isExternal(one)) continue;
      if (matches(one.labels)) series.set(textOf(one.labels), one.value);
    }
    return [...series.values()].filter((value) => value !== none).map(milliOf);
  }

  /** What could make two states differ. */
  memory(): unknown {
    return [this.#usages.length, this.#values.length];
  }

  get #view(): View {
    return this.#ground.store.view();
  }

  #podsOf(namespace: string): readonly Pod[] {
    return this.#view.by<Pod>('Pod', 'namespace', namespace);
  }

  /** Containers that run, and did when the server last looked. */
  #measure(pod: Pod): PodMetrics | undefined {
    const { now } = this.#ground;
    const at = Math.floor(now / resolutionMs) * resolutionMs;
    if (pod.status.phase !== 'Running') return undefined;
    const containers = new Map<string, Readonly<Record<string, number>>>();
    for (const { name, state } of pod.status.containerStatuses ?? []) {
      const { startedAt } = state?.running ?? {};
      if (startedAt === undefined || parseTimestamp(startedAt) > at) continue;
      const cpu = this.usageOf(pod, name, 'cpu');
      const memory = this.usageOf(pod, name, 'memory');
      if (cpu === undefined && memory === undefined) continue;
      containers.set(name, {
        ...(cpu === undefined ? {} : { cpu }),
        ...(memory === undefined ? {} : { memory }),
      });
    }
    return containers.size === 0 ? undefined : { pod, at, windowMs: resolutionMs, containers };
  }

  /** Of one container, in thousandths of the unit. */
  usageOf(pod: Pod, container: string, resource: string): number | undefined {
    const { namespace, labels } = pod.metadata;
    const said = this.#usages.findLast(
      (one) =>
        one.namespace === namespace &&
        one.amounts[resource] !== undefined &&
        (one.container === undefined || one.container === container) &&
        one.matches(labels),
    );
    if (said === undefined) return this.source?.(pod, container, resource);
    const amount = said.amounts[resource]!;
    if (amount === none) return undefined;
    const isFirst = pod.spec.containers[0]?.name === container;
    if (said.container === undefined && !isFirst)
      return this.source?.(pod, container, resource) ?? 0;
    return this.#share(pod, amount, said);
  }

  /** The amount, or the Pod's part of it: those that are ready bear it evenly. */
  #share(pod: Pod, amount: string, { shared, namespace, matches }: Pods): number {
    const total = milliOf(amount);
    if (!shared) return total;
    const bearing = this.#podsOf(namespace).filter(
      (one) => matches(one.metadata.labels) && bears(one),
    );
    return bearing.some((one) => keyOf(one) === keyOf(pod)) ? Math.ceil(total / bearing.length) : 0;
  }
}

/** It is measured of nothing that the cluster knows. */
const isExternal = ({ object, matches }: Value): boolean =>
  object === undefined && matches === undefined;

const bears = (pod: Pod): boolean =>
  isPodReady(pod) && pod.metadata.deletionTimestamp === undefined;

function matchesOf(selector: string): Matches {
  const parsed = parseSelector(selector);
  return parsed.ok ? parsed.matches : () => false;
}

const textOf = (labels: Labels = {}): string =>
  Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join();
