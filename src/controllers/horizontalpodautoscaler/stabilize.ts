/** What earlier recommendations hold a new one to (ctl-05 §A.5, §A.6). */

export interface Recommendation {
  readonly replicas: number;
  /** Simulated milliseconds. */
  readonly at: number;
}

export interface Stabilized {
  readonly replicas: number;
  readonly recommendations: readonly Recommendation[];
}

export const defaultWindowSeconds = 300;

/** Without rules: no size is lower than the highest that was recommended lately. */
export function stabilizeDown(
  recommendations: readonly Recommendation[],
  desired: number,
  now: number,
): Stabilized {
  const cutoff = now - defaultWindowSeconds * 1000;
  let replicas = desired;
  let old = -1;
  recommendations.forEach((one, i) => {
    if (one.at < cutoff) old = i;
    else replicas = Math.max(replicas, one.replicas);
  });
  return { replicas, recommendations: noted(recommendations, old, { replicas: desired, at: now }) };
}

export interface Windows {
  readonly upSeconds: number;
  readonly downSeconds: number;
}

/** With rules: the size stays as it is, as far as the recommendations of both windows allow it. */
export function stabilize(
  recommendations: readonly Recommendation[],
  current: number,
  desired: number,
  { upSeconds, downSeconds }: Windows,
  now: number,
): Stabilized {
  const upCutoff = now - upSeconds * 1000;
  const downCutoff = now - downSeconds * 1000;
  let [least, most, old] = [desired, desired, -1];
  recommendations.forEach(({ replicas, at }, i) => {
    if (at > upCutoff) least = Math.min(least, replicas);
    if (at > downCutoff) most = Math.max(most, replicas);
    if (at < upCutoff && at < downCutoff) old = i;
  });
  return {
    replicas: Math.min(Math.max(current, least), most),
    recommendations: noted(recommendations, old, { replicas: desired, at: now }),
  };
}

/** In the place of one that is too old for anything, if there is one. */
const noted = (
  recommendations: readonly Recommendation[],
  old: number,
  newest: Recommendation,
): readonly Recommendation[] =>
  old < 0 ? [...recommendations, newest] : recommendations.with(old, newest);
