/** DefaultTolerationSeconds: Pods stay on a node that fails for five minutes. */
import type { PodSpec, Toleration } from '../../api/pod/podspec.ts';

const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

const defaults: readonly Toleration[] = keys.map((key) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

export function defaultTolerations(spec: PodSpec): PodSpec {
  const given = spec.tolerations ?? [];
  const missing = defaults.filter(
    ({ key }) =>
      !given.some((t) => (!t.key || t.key === key) && (!t.effect || t.effect === 'NoExecute')),
  );
  return missing.length === 0 ? spec : { ...spec, tolerations: [...given, ...missing] };
}
