/** How far an autoscaler may move a size, by what it did and what was recommended (ctl-05 §A.5, §A.6). */
import type {
  HorizontalPodAutoscaler,
  ScalingRules,
} from '../../src/api/horizontalpodautoscaler.ts';
import type { Remembered } from './history.ts';

interface Moment {
  readonly current: number;
  readonly t: number;
}

type Spec = HorizontalPodAutoscaler['spec'];

/** The smallest and the largest size that the policies allow, apart from the bounds of the spec. */
export function reach(
  { behavior }: Spec,
  { resizes }: Remembered,
  { current, t }: Moment,
): { readonly least: number; readonly most: number } {
  if (behavior === undefined) return { least: 0, most: Math.max(2 * current, 4) };
  const atStart = (periodSeconds: number) =>
    resizes
      .filter(({ at }) => at > t - periodSeconds * 1000)
      .reduce((size, { change }) => size - change, current);
  const limits = ({ policies = [] }: ScalingRules, sign: 1 | -1) =>
    policies.map(({ type, value, periodSeconds }) => {
      const start = atStart(periodSeconds);
      if (type === 'Pods') return start + sign * value;
      const limit = start * (1 + (sign * value) / 100);
      return sign > 0 ? Math.ceil(limit) : Math.trunc(limit);
    });
  const chosen = ({ selectPolicy }: ScalingRules, all: readonly number[], highest: boolean) => {
    if (selectPolicy === 'Disabled') return current;
    return highest ? Math.max(...all) : Math.min(...all);
  };
  const { scaleUp = {}, scaleDown = {} } = behavior;
  const up = chosen(scaleUp, limits(scaleUp, 1), scaleUp.selectPolicy !== 'Min');
  const down = chosen(scaleDown, limits(scaleDown, -1), scaleDown.selectPolicy === 'Min');
  return { least: Math.min(current, down), most: Math.max(current, up) };
}

const fiveMinutes = 300;

/** What is recommended, and was lately: how far up, at most, and how far down, at least, that lets it go. */
export function held(
  { behavior }: Spec,
  { recommendations }: Remembered,
  { t, recommended }: { readonly t: number; readonly recommended: number },
): { readonly up: number; readonly down: number } {
  const since = (isRecent: (at: number) => boolean) => [
    recommended,
    ...recommendations.filter(({ at }) => isRecent(at)).map(({ replicas }) => replicas),
  ];
  if (behavior === undefined) {
    const most = Math.max(...since((at) => at >= t - fiveMinutes * 1000));
    return { up: most, down: most };
  }
  const within = ({ stabilizationWindowSeconds: seconds }: ScalingRules, otherwise: number) =>
    since((at) => at > t - (seconds ?? otherwise) * 1000);
  const { scaleUp = {}, scaleDown = {} } = behavior;
  return {
    up: Math.min(...within(scaleUp, 0)),
    down: Math.max(...within(scaleDown, fiveMinutes)),
  };
}
