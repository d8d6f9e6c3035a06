/**
 * A resize that the node agreed to, on its way to the containers: most changes are made while they run, others ask for
 * a new start (upstream's computePodResizeAction and isPodResizeInProgress).
 */
import { semanticDeepEqual } from '../../api/equal.ts';
import type { Condition } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { Container, PodSpec, ResourceRequirements } from '../../api/pod/podspec.ts';
import { timestamp } from '../../api/time.ts';
import { resizable } from '../node/allocation.ts';
import type { PodContext } from './podcontext.ts';

export const pendingType = 'PodResizePending';
export const progressType = 'PodResizeInProgress';

/** What is told of a resize. */
export interface ResizeState {
  readonly pending?: Condition;
  readonly progress?: Condition;
}

/** As an earlier kubelet of the node told it. */
export const resizeStateOf = ({ status: { conditions = [] } }: Pod): ResizeState => {
  const pending = conditions.find(({ type }) => type === pendingType);
  const progress = conditions.find(({ type }) => type === progressType);
  return {
    ...(pending === undefined ? {} : { pending }),
    ...(progress === undefined ? {} : { progress }),
  };
};

/** Its time of transition is that of the reason. */
export function resizeCondition(
  type: string,
  before: Condition | undefined,
  { metadata: { generation } }: Pod,
  now: number,
  why: { readonly reason?: string; readonly message?: string } = {},
): Condition {
  const isSame = before !== undefined && before.reason === why.reason;
  return {
    type,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: 'True',
    lastProbeTime: timestamp(now),
    lastTransitionTime: isSame ? before.lastTransitionTime : timestamp(now),
    ...why,
  } as Condition;
}

/** Whether the Pod as a whole, or something in it that runs, has other resources than it should. */
const isUnderWay = ({ allocated, record, records }: PodContext): boolean =>
  (records !== undefined && !semanticDeepEqual(records.resources, allocated.resources)) ||
  resizable(allocated).some(({ name, resources }) => {
    const found = record(name);
    return found?.state === 'running' && !semanticDeepEqual(found.resources, resources);
  });

/**
 * Gives the Pod as a whole and containers that run what they should have, or notes that they must be started anew for it. Returns whether
 * any was changed as it runs.
 */
export function actuate(context: PodContext): boolean {
  const { allocated, records } = context;
  let isChanged = false;
  if (records !== undefined && !semanticDeepEqual(records.resources, allocated.resources)) {
    records.resources = allocated.resources;
    isChanged = true;
  }
  for (const container of resizable(allocated)) {
    const found = context.record(container.name);
    if (found?.state !== 'running') continue;
    const { resources } = container;
    if (found.resources === resources || semanticDeepEqual(found.resources, resources)) continue;
    if (needsStart(container, found.resources)) found.mustRestart = true;
    else {
      found.resources = resources;
      isChanged = true;
    }
  }
  return isChanged;
}

/** Whether the container's policy asks for a new start when this changes. */
function needsStart({ resources, resizePolicy = [] }: Container, has: ResourceRequirements = {}) {
  return resizePolicy.some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (['requests', 'limits'] as const).some(
        (part) => resources?.[part]?.[resourceName] !== has[part]?.[resourceName],
      ),
  );
}

/** Says that a resize is over once it is. */
export function settleResize(context: PodContext): void {
  const { progress, ...others } = context.resize;
  if (progress === undefined || isUnderWay(context)) return;
  context.resize = others;
  const { observedGeneration } = progress;
  const message = `Pod resize completed: ${resizeText(context.allocated, observedGeneration)}`;
  context.emit({ type: 'Normal', reason: 'ResizeCompleted', message });
}

/** The resources of a Pod as Events tell them. */
export function resizeText(spec: PodSpec, generation: number | undefined, error?: string): string {
  const summary = (containers: readonly Container[] = []) =>
    containers.length === 0
      ? undefined
      : containers.map(({ name, resources = {} }) => ({
          name,
          resources: { limits: sorted(resources.limits), requests: sorted(resources.requests) },
        }));
  return JSON.stringify({
    initContainers: summary(spec.initContainers),
    containers: summary(spec.containers),
    generation: generation ?? 0,
    error,
  });
}

const sorted = (amounts: Readonly<Record<string, string>> | undefined) =>
  amounts === undefined
    ? undefined
    : Object.fromEntries(Object.entries(amounts).sort(([a], [b]) => (a < b ? -1 : 1)));
