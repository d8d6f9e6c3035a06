/** What a metric is told of an autoscaler's target, and what it may say (ctl-05 §A.3). */
import type { MetricStatus } from '../../api/horizontalpodautoscaler.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { formatQuantity } from '../../api/quantity.ts';
import type { Matches } from '../../api/selectors/selectors.ts';
import type { MetricsReader } from '../../sim/metrics.ts';
import { groupPods, type Sample } from './pods.ts';
import type { Measured, Tolerance } from './replicas.ts';

/** What the target is now, and what can be asked about it. */
export interface Target {
  readonly namespace: string;
  readonly matches: Matches;
  readonly pods: readonly Pod[];
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly tolerance: Tolerance;
  readonly metrics: MetricsReader;
  readonly now: number;
}

export type Proposed =
  | { readonly replicas: number; readonly metric: string; readonly status: MetricStatus }
  /** `error` is what the metric says, `failure` what becomes of it among others. */
  | { readonly reason: string; readonly error: string; readonly failure: string };

/** Two formulas need Pods, and say so in the same words. */
export const noPods = 'no pods returned by selector while calculating replica count';

/** What the server answers where an API is not served. */
export const unknown = (resource: string): string =>
  `the server could not find the requested resource (get ${resource})`;

export interface Wrong {
  readonly error: string;
}

export function measuredOf(
  samples: ReadonlyMap<string, Sample>,
  resource: string,
  { pods, specReplicas: current, tolerance, now }: Target,
): Measured | Wrong {
  if (pods.length === 0) return { error: noPods };
  const grouped = groupPods(pods, samples, resource, now);
  const values = new Map([...samples].map(([name, { value }]) => [name, value]));
  return { samples: values, grouped, current, tolerance };
}

/** Thousandths as text. */
export const quantity = (milli: number): string =>
  formatQuantity({ nanos: BigInt(milli) * 1_000_000n, format: 'DecimalSI' });
