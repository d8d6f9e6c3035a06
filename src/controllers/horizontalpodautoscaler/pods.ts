/** Which of the target's Pods count how, and what they request (ctl-05 §A.4). */
import type { Pod } from '../../api/pod/pod.ts';
import type { Container } from '../../api/pod/podspec.ts';
import { podCondition } from '../../api/pod/podstatus.ts';
import { milliOf } from '../../api/quantity.ts';
import { parseTimestamp } from '../../api/time.ts';

/** For so long after its start a Pod may use processor time for beginning, and not for its work. */
const cpuInitializationMs = 300_000;
/** A Pod that turned unready so soon after its start has never been ready. */
const initialReadinessMs = 30_000;

export interface Sample {
  readonly value: number;
  readonly at: number;
  readonly windowMs: number;
}

/** Names of Pods. */
export interface Grouped {
  /** How many are measured and ready. */
  readonly ready: number;
  readonly unready: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  /** On their way out. */
  readonly ignored: ReadonlySet<string>;
}

export function groupPods(
  pods: readonly Pod[],
  samples: ReadonlyMap<string, Sample>,
  resource: string,
  now: number,
): Grouped {
  const [unready, missing, ignored] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let ready = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const sample = samples.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === 'Failed') ignored.add(name);
    else if (pod.status.phase === 'Pending') unready.add(name);
    else if (sample === undefined) missing.add(name);
    else if (resource === 'cpu' && isBeginning(pod, sample, now)) unready.add(name);
    else ready += 1;
  }
  return { ready, unready, missing, ignored };
}

/** Whether what it uses of the processor says nothing of its work yet. */
function isBeginning(pod: Pod, { at, windowMs }: Sample, now: number): boolean {
  const ready = podCondition(pod, 'Ready');
  const { startTime } = pod.status;
  if (ready === undefined || startTime === undefined) return true;
  const startedAt = parseTimestamp(startTime);
  const turnedAt = ready.lastTransitionTime ? parseTimestamp(ready.lastTransitionTime) : 0;
  const isUnready = ready.status === 'False';
  if (startedAt + cpuInitializationMs > now) return isUnready || at < turnedAt + windowMs;
  return isUnready && startedAt + initialReadinessMs > turnedAt;
}

/** What each Pod requests of a resource, all its containers together or one of them. */
export function requestsOf(
  pods: readonly Pod[],
  resource: string,
  container: string | undefined,
): ReadonlyMap<string, number> | { readonly error: string } {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const { name } = pod.metadata;
    const whole = wholeRequest(pod, resource, container);
    let sum = whole ?? 0;
    for (const one of whole === undefined ? lasting(pod) : []) {
      if (container !== undefined && one.name !== container) continue;
      const request = one.resources?.requests?.[resource];
      if (request === undefined) {
        const error = `missing request for ${resource} in container ${one.name} of Pod ${name}`;
        return { error };
      }
      sum += milliOf(request);
    }
    requests.set(name, sum);
  }
  return requests;
}

/** What the Pod requests as one; its containers share it. */
function wholeRequest(
  { spec }: Pod,
  resource: string,
  container: string | undefined,
): number | undefined {
  const { requests } =
    (spec as { resources?: { requests?: Record<string, string> } }).resources ?? {};
  const request = container === undefined ? requests?.[resource] : undefined;
  return request === undefined ? undefined : milliOf(request);
}

/** Containers that run as long as the Pod does. */
const lasting = ({ spec }: Pod): readonly Container[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
];
