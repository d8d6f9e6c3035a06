/** What admission does to a Pod that is created. One result serves all Pods of one template. */

import type { PodSpec } from '../../api/pod/podspec.ts';
import { blank } from '../../blank.ts';
import type { View } from '../../store/view.ts';
import { type Class, classOf, type Priority, withPriority } from './podpriority.ts';
import { defaultTolerations } from './podtolerations.ts';

interface Admitted {
  readonly found: Class | undefined;
  readonly result: Priority;
}

const admitted = new WeakMap<PodSpec, Admitted>();

/** @param account as which a Pod runs that does not say so; undefined: as none. */
export function admitPodSpec(spec: PodSpec, view: View, account: string | undefined): Priority {
  const found = classOf(spec, view);
  const known = admitted.get(spec);
  if (known !== undefined && known.found === found) return known.result;
  const prioritized = withPriority(withServiceAccount(spec, account), found);
  const result: Priority = prioritized.ok
    ? { ok: true, spec: defaultTolerations(prioritized.spec) }
    : prioritized;
  admitted.set(spec, { found, result });
  return result;
}

function withServiceAccount(spec: PodSpec, account: string | undefined): PodSpec {
  if (spec.serviceAccountName !== undefined || account === undefined) return spec;
  return { ...blank, ...spec, serviceAccountName: account, serviceAccount: account };
}
