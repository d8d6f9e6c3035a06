/** What an autoscaler's pass was told of its target, at the instant at which it was. */
import type { HorizontalPodAutoscaler } from '../../src/api/horizontalpodautoscaler.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Pod } from '../../src/api/pod/pod.ts';
import { type Matches, parseSelector } from '../../src/api/selectors/selectors.ts';
import type { Response } from '../../src/apiserver/request.ts';
import type { InFlight } from '../../src/sim/process.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { type Recommended, recommend } from './recommend.ts';

export const by = 'horizontal-pod-autoscaler';
export const autoscalerKind = 'HorizontalPodAutoscaler';

interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number; readonly selector?: string };
}

export interface Look {
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly t: number;
  /** The size of the target. */
  readonly current: number;
  readonly matches: Matches;
  /** Those that the target selects, as the controller saw them. */
  readonly pods: readonly Pod[];
  /** The size is within bounds, so that metrics count; not if the target is switched off. */
  readonly measures: boolean;
  readonly recommended: Recommended | undefined;
}

/** Undefined: it is no answer to such a question. */
export function lookOf(
  simulation: Simulation,
  { slot, pass, request }: InFlight,
  response: Response,
): Look | undefined {
  if (slot.component.actor !== by || request.verb !== 'get' || !response.ok) return undefined;
  const autoscaler = pass.view?.get<HorizontalPodAutoscaler>(autoscalerKind, pass.key);
  if (autoscaler === undefined) return undefined;
  const { spec, status } = response.object as Scale;
  const { namespace = '' } = autoscaler.metadata;
  const current = spec.replicas ?? 0;
  const parsed = parseSelector(status.selector ?? '');
  const matches: Matches = parsed.ok ? parsed.matches : () => false;
  const pods = pass
    .view!.by<Pod>('Pod', 'namespace', namespace)
    .filter(({ metadata }) => matches(metadata.labels));
  const { minReplicas, maxReplicas } = autoscaler.spec;
  const { metrics, now: t } = simulation;
  const target = { namespace, replicas: current, statusReplicas: status.replicas, matches, pods };
  return {
    autoscaler,
    t,
    current,
    matches,
    pods,
    measures: current >= minReplicas && current <= maxReplicas,
    recommended: recommend(autoscaler, target, metrics, t),
  };
}
