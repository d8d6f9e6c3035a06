/** Decisions of the HorizontalPodAutoscaler controller. */
import { horizontalPodAutoscalerKind } from '../../../src/api/horizontalpodautoscaler.ts';
import {
  limitByRules,
  limitPlainly,
  type Rules,
} from '../../../src/controllers/horizontalpodautoscaler/limits.ts';
import type { Grouped } from '../../../src/controllers/horizontalpodautoscaler/pods.ts';
import {
  byAverage,
  bySum,
  byUtilization,
  byValue,
} from '../../../src/controllers/horizontalpodautoscaler/replicas.ts';
import {
  stabilize,
  stabilizeDown,
} from '../../../src/controllers/horizontalpodautoscaler/stabilize.ts';
import type { Input, Topics } from '../topic.ts';

const tolerance = { up: 0.1, down: 0.1 };

/** Any instant that is late enough for every age. */
const now = 10_000_000;
const at = (ageSeconds: number) => now - ageSeconds * 1000;

const name = (i: number): string => `p${i}`;

/** Names of the Pods in a state; those that are not measured count as missing and not as ready. */
function grouped(pods: readonly Input[]): Grouped {
  const inState = (wanted: string) =>
    new Set(
      pods.flatMap(({ state, usage }, i) => {
        const is = state === 'ready' && usage === null ? 'missing' : state;
        return is === wanted ? [name(i)] : [];
      }),
    );
  return {
    ready: inState('ready').size,
    unready: inState('unready'),
    missing: inState('missing'),
    ignored: inState('ignored'),
  };
}

const measured = (values: readonly (number | null)[]): ReadonlyMap<string, number> =>
  new Map(values.flatMap((value, i) => (value === null ? [] : [[name(i), value] as const])));

const allReady = (ready: number): Grouped => ({
  ready,
  unready: new Set(),
  missing: new Set(),
  ignored: new Set(),
});

/** The rules as the API server stores them. */
function rulesOf({ scaleUp, scaleDown }: Input): Rules {
  const behavior = { ...(scaleUp ? { scaleUp } : {}), ...(scaleDown ? { scaleDown } : {}) };
  const defaulted = horizontalPodAutoscalerKind.defaults({ spec: { behavior } } as never);
  return defaulted.spec.behavior as Rules;
}

const scaleEvents = (events: readonly (readonly [number, number])[]) =>
  events.map(([change, age]) => ({ change, at: at(age) }));

export const horizontalPodAutoscalers: Topics = {
  hpa_resource({ currentReplicas: current, targetUtilization, pods }) {
    const requests = new Map<string, number>(
      pods.map(({ request }: Input, i: number) => [name(i), request]),
    );
    const samples = measured(pods.map(({ usage }: Input) => usage));
    const facts = { samples, grouped: grouped(pods), current, tolerance };
    const found = byUtilization(facts, requests, targetUtilization);
    if ('error' in found) return { replicas: 'error', utilization: null };
    return { replicas: found.replicas, utilization: found.utilization };
  },
  hpa_plain_metric({ type, currentReplicas: current, readyPods, values, target }) {
    if (type === 'pods') {
      const facts = {
        samples: measured(values),
        grouped: allReady(values.length),
        current,
        tolerance,
      };
      const found = byAverage(facts, target);
      return 'error' in found ? found : { replicas: found.replicas, usage: found.average };
    }
    const sum = values.reduce((all: number, one: number) => all + one, 0);
    if (type === 'perPod') {
      const { replicas, average } = bySum(current, sum, target, tolerance);
      return { replicas, usage: average };
    }
    return { replicas: byValue(current, readyPods, sum, target, tolerance), usage: sum };
  },
  hpa_no_behavior: (bounds) => limitPlainly(bounds),
  hpa_rate_limits({ upEvents, downEvents, ...input }) {
    const events = { up: scaleEvents(upEvents), down: scaleEvents(downEvents) };
    return limitByRules(input, rulesOf(input), events, now);
  },
  hpa_stabilization({ mode, current, desired, recs, upWindow, downWindow }) {
    const recommendations = recs.map(([replicas, age]: [number, number]) => ({
      replicas,
      at: at(age),
    }));
    if (mode === 'legacy') {
      return { replicas: stabilizeDown(recommendations, desired, now).replicas };
    }
    const windows = { upSeconds: upWindow, downSeconds: downWindow };
    return { replicas: stabilize(recommendations, current, desired, windows, now).replicas };
  },
};
