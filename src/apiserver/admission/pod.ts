/** What admission does to a Pod that is created. One result serves all Pods of one template. */
import type { PodSpec } from '../../api/podspec.ts';
import { type Priority, withPriority } from './podpriority.ts';
import { defaultTolerations } from './podtolerations.ts';

const admitted = new WeakMap<PodSpec, Priority>();

export function admitPodSpec(spec: PodSpec): Priority {
  let result = admitted.get(spec);
  if (result === undefined) {
    const prioritized = withPriority(withServiceAccount(spec));
    result = prioritized.ok
      ? { ok: true, spec: defaultTolerations(prioritized.spec) }
      : prioritized;
    admitted.set(spec, result);
  }
  return result;
}

/** Every Pod runs as some service account; `default` unless it says so. */
function withServiceAccount(spec: PodSpec): PodSpec {
  if (spec.serviceAccountName !== undefined) return spec;
  return { ...spec, serviceAccountName: 'default', serviceAccount: 'default' };
}
