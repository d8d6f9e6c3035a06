/**
 * How many replicas the metrics of an autoscaler ask for, as the rules have it (ctl-05 §A.3, §A.4):
 * by processor time of Pods, and by external metrics per Pod. Amounts are thousandths.
 */
import type { HorizontalPodAutoscaler, MetricSpec } from '../../src/api/horizontalpodautoscaler.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { milliOf } from '../../src/api/quantity.ts';
import type { Matches } from '../../src/api/selectors/selectors.ts';
import { parseTimestamp } from '../../src/api/time.ts';
import type { MetricsReader, PodMetrics } from '../../src/sim/metrics.ts';

export interface Target {
  readonly namespace: string;
  /** What it should be, and what is said to be there. */
  readonly replicas: number;
  readonly statusReplicas: number;
  readonly matches: Matches;
  /** As the controller saw them. */
  readonly pods: readonly Pod[];
}

export interface Recommended {
  readonly replicas: number;
  /** Some Pods are not measured, or not ready: something is assumed of them. */
  readonly assumes: boolean;
}

/** Undefined: too little is known to do anything. */
export function recommend(
  { spec }: HorizontalPodAutoscaler,
  target: Target,
  metrics: MetricsReader,
  now: number,
): Recommended | undefined {
  const tolerance = {
    up: Number(spec.behavior?.scaleUp?.tolerance?.replace('m', 'e-3') ?? 0.1),
    down: Number(spec.behavior?.scaleDown?.tolerance?.replace('m', 'e-3') ?? 0.1),
  };
  const known = spec.metrics.flatMap((metric) => {
    const found =
      metric.type === 'External'
        ? byQueue(metric, target, metrics, tolerance)
        : byProcessor(metric, target, metrics, tolerance, now);
    return found ?? [];
  });
  if (known.length === 0) return undefined;
  const replicas = Math.max(...known.map((one) => one.replicas));
  // Who does not know all of it makes nothing smaller.
  if (known.length < spec.metrics.length && replicas < target.replicas) return undefined;
  return { replicas, assumes: known.some(({ assumes }) => assumes) };
}

interface Tolerance {
  readonly up: number;
  readonly down: number;
}

const isNear = (ratio: number, { up, down }: Tolerance): boolean =>
  ratio >= 1 - down && ratio <= 1 + up;

function byQueue(
  { external }: MetricSpec,
  { namespace, statusReplicas }: Target,
  metrics: MetricsReader,
  tolerance: Tolerance,
): Recommended | undefined {
  const values = metrics.external(external!.metric.name, namespace, () => true);
  if (values.length === 0) return undefined;
  const sum = values.reduce((a, b) => a + b, 0);
  const each = milliOf(external!.target.averageValue!);
  const near = isNear(sum / (each * statusReplicas), tolerance);
  return { replicas: near ? statusReplicas : Math.ceil(sum / each), assumes: false };
}

/** Of one Pod: what it requests, and what it uses or is taken to use. */
interface Counted {
  readonly request: number;
  readonly used: number;
}

const wellMs = 300_000;
const firstMs = 30_000;

function byProcessor(
  { resource }: MetricSpec,
  { namespace, matches, pods, replicas: current }: Target,
  metrics: MetricsReader,
  tolerance: Tolerance,
  now: number,
): Recommended | undefined {
  const goal = resource!.target.averageUtilization!;
  const measured = new Map(
    metrics.pods(namespace, matches).map((one) => [one.pod.metadata.name, one]),
  );
  if (measured.size === 0 || pods.length === 0) return undefined;
  const stays = pods.filter(
    ({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase !== 'Failed',
  );
  const kindOf = (pod: Pod): 'ready' | 'unready' | 'missing' => {
    const sample = measured.get(pod.metadata.name);
    if (pod.status.phase === 'Pending') return 'unready';
    if (sample === undefined) return 'missing';
    return isNew(pod, sample, now) ? 'unready' : 'ready';
  };
  const of = (kind: string) => stays.filter((pod) => kindOf(pod) === kind);
  const counted = (used: (pod: Pod) => number) => (pod: Pod) => ({
    request: requestOf(pod),
    used: used(pod),
  });
  const ready = of('ready').map(counted((pod) => usedBy(measured.get(pod.metadata.name)!)));
  if (ready.length === 0) return undefined;
  const [unready, missing] = [of('unready'), of('missing')];
  const ratio = ratioOf(ready, goal);
  const up = ratio > 1;
  // Whoever is not known stands against the change: idle on the way up, busy on the way down.
  const against = counted((pod) =>
    up ? 0 : Math.trunc((requestOf(pod) * Math.max(100, goal)) / 100),
  );
  const assumed = [...(ratio === 1 ? [] : missing), ...(up ? unready : [])].map(against);
  const assumes = assumed.length > 0;
  const all = [...ready, ...assumed];
  const next = ratioOf(all, goal);
  const turns = (up && next < 1) || (ratio < 1 && next > 1);
  // Where something is assumed, Pods count that are measured and were not seen yet.
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  const ghosts = assumes ? [...measured.keys()].filter((name) => !names.has(name)).length : 0;
  const replicas = Math.ceil(next * (all.length + ghosts));
  const contrary =
    assumes && ((next < 1 && replicas > current) || (next > 1 && replicas < current));
  const stay = isNear(next, tolerance) || turns || contrary;
  return { replicas: stay ? current : replicas, assumes };
}

/** Whole percents, of what they request together. */
function ratioOf(pods: readonly Counted[], goal: number): number {
  const used = pods.reduce((sum, pod) => sum + pod.used, 0);
  const requested = pods.reduce((sum, pod) => sum + pod.request, 0);
  return Math.trunc((used * 100) / requested) / goal;
}

const usedBy = ({ containers }: PodMetrics): number =>
  [...containers.values()].reduce((sum, { cpu = 0 }) => sum + cpu, 0);

const requestOf = ({ spec: { containers } }: Pod): number =>
  containers.reduce((sum, one) => sum + milliOf(one.resources?.requests?.['cpu'] ?? '0'), 0);

/** What it uses says nothing of its work: it only begins, or was never ready. */
function isNew({ status }: Pod, { at, windowMs }: PodMetrics, now: number): boolean {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  if (ready === undefined || status.startTime === undefined) return true;
  const since = parseTimestamp(ready.lastTransitionTime!);
  const started = parseTimestamp(status.startTime);
  if (now < started + wellMs) return ready.status === 'False' || at < since + windowMs;
  return ready.status === 'False' && since < started + firstMs;
}
