/** Decisions of the kubelet about Pods: what they are, what a sync does, when it ends. */
import type { ContainerStatus } from '../../../src/api/pod/pod.ts';
import { qosClassOf } from '../../../src/api/pod/qos.ts';
import { parseTimestamp } from '../../../src/api/time.ts';
import {
  afterProbe,
  initialProbe,
  livenessKillAt,
  type ProbeType,
} from '../../../src/kubelet/probes/probe.ts';
import type { ContainerRecord } from '../../../src/kubelet/runtime/cri.ts';
import { withDefaultTag } from '../../../src/kubelet/runtime/imagename.ts';
import {
  containersReady,
  type Judgement,
  podInitialized,
  podReady,
} from '../../../src/kubelet/status/conditions.ts';
import { containerStatuses } from '../../../src/kubelet/status/containerstatus.ts';
import { crashLoopEvent, crashLoopState, podText } from '../../../src/kubelet/status/crashloop.ts';
import { phaseOf } from '../../../src/kubelet/status/phase.ts';
import { sortPodIPs } from '../../../src/kubelet/status/podips.ts';
import { backoffNext, backoffWait } from '../../../src/kubelet/sync/backoff.ts';
import { containerGrace, podGrace, stopTimeline } from '../../../src/kubelet/sync/grace.ts';
import {
  imageDecision,
  type PullFailure,
  pullError,
  pullFailed,
  pullWait,
} from '../../../src/kubelet/sync/imagepull.ts';
import { hasCreatedRegular } from '../../../src/kubelet/sync/initactions.ts';
import { podActions } from '../../../src/kubelet/sync/podactions.ts';
import { shouldBeRestarted } from '../../../src/kubelet/sync/restart.ts';
import { functions, type Input, type Topics } from '../topic.ts';

const statusesOf = ({ initContainerStatuses = [], containerStatuses = [] }: Input = {}) =>
  [...initContainerStatuses, ...containerStatuses] as ContainerStatus[];

const record = ({
  id,
  startedAt,
  finishedAt,
  specHashDiffers,
  ...rest
}: Input): ContainerRecord => ({
  ...(rest as ContainerRecord),
  id: typeof id === 'object' ? (id?.id ?? '') : (id ?? ''),
  startedAt: startedAt === undefined ? undefined : parseTimestamp(startedAt),
  finishedAt: finishedAt === undefined ? undefined : parseTimestamp(finishedAt),
  specChanged: specHashDiffers,
});

const condition =
  (type: string, judge: (input: never) => Judgement) =>
  ({ podSpec, otherConditions, containerStatuses: statuses, phase }: Input) => ({
    condition: {
      type,
      ...judge({
        spec: podSpec,
        conditions: otherConditions ?? [],
        statuses: statuses ?? undefined,
        phase,
      } as never),
    },
  });

function crashLoopSchedule({
  initialBackoffSeconds,
  maxBackoffSeconds,
  resetAfterSeconds,
  firstStartAt,
  runDurationsSeconds,
}: Input) {
  const limits = {
    initialMs: initialBackoffSeconds,
    maxMs: maxBackoffSeconds,
    resetAfterMs: resetAfterSeconds,
  };
  let entry: ReturnType<typeof backoffNext> | undefined;
  let start = firstStartAt as number;
  const exits = (runDurationsSeconds as number[]).map((seconds) => {
    const exitedAt = start + seconds;
    const waitSeconds = backoffWait(entry, exitedAt, exitedAt, limits);
    start = exitedAt + waitSeconds;
    entry = backoffNext(entry, exitedAt, start, limits);
    return { exitedAt, waitSeconds, restartedAt: start };
  });
  return { exits };
}

function imagePullAttempts({
  image,
  imagePresent,
  pullPolicy,
  pullError: said,
  inspectError,
  initialBackoffSeconds,
  maxBackoffSeconds,
  secondsBetweenAttempts,
  attempts,
}: Input) {
  const limits = {
    initialMs: initialBackoffSeconds,
    maxMs: maxBackoffSeconds,
    resetAfterMs: 2 * maxBackoffSeconds,
  };
  let failure: PullFailure | undefined;
  const question = { image, policy: pullPolicy, isPresent: imagePresent, inspectError };
  return {
    attempts: Array.from({ length: attempts }, (_, i) => {
      const at = (i + 1) * secondsBetweenAttempts;
      const decision = imageDecision(question);
      const events = [decision.event.reason];
      if (decision.type === 'present') return { at, error: null, events };
      if (decision.type === 'failed') return { at, error: decision.error!.reason, events };
      if (pullWait(failure, at, limits) > 0) {
        return { at, error: 'ImagePullBackOff', events: ['BackOff'] };
      }
      if (said === undefined || said === null)
        return { at, error: null, events: [...events, 'Pulled'] };
      failure = pullFailed(failure, pullError(image, said), at, limits);
      return { at, error: failure.error.reason, events: [...events, 'Failed'] };
    }),
  };
}

function ensureImage({ image, imagePresent, pullPolicy, inspectError, pullError: said }: Input) {
  const isPresent = imagePresent ?? false;
  const decision = imageDecision({ image, policy: pullPolicy, isPresent, inspectError });
  const { reason } = decision.event;
  if (decision.type !== 'pull') return { error: decision.error?.reason ?? null, events: [reason] };
  if (said) return { error: pullError(image, said).reason, events: [reason, 'Failed'] };
  return { error: null, events: [reason, 'Pulled'] };
}

function probeWorkerSequence({ probeType, successThreshold, failureThreshold, rawResults }: Input) {
  const type = probeType as ProbeType;
  const thresholds = { success: successThreshold, failure: failureThreshold };
  let state = initialProbe(type);
  const initialResult = state.result;
  const steps = (rawResults as string[]).map((raw) => {
    if (raw === 'NEWCONTAINER') {
      // Its worker goes on, and so does what it has counted.
      state = { ...state, result: initialProbe(type).result, isOnHold: false };
      return { event: raw, result: state.result };
    }
    // What a probe could not find out counts for nothing; a warning is a success.
    const outcome = raw === 'Warning' ? 'Success' : raw;
    if (outcome === 'Success' || outcome === 'Failure') {
      state = afterProbe(state, type, thresholds, outcome);
    }
    return { raw, result: state.result, ...(state.isOnHold ? { onHold: true } : {}) };
  });
  return { initialResult, steps };
}

export const kubelet: Topics = {
  'kubelet-phase': functions({
    podPhase: ({ pod, podIsTerminal, podHasInitialized, staticPod, isStaticPod }) => ({
      phase: phaseOf({
        spec: pod.spec,
        statuses: statusesOf(pod.status),
        isTerminal: podIsTerminal,
        hasInitialized: podHasInitialized,
        isStatic: staticPod ?? isStaticPod ?? false,
      }),
    }),
  }),
  'kubelet-conditions': functions({
    containersReadyCondition: condition('ContainersReady', containersReady),
    podReadyCondition: condition('Ready', podReady),
    podInitializedCondition: condition('Initialized', podInitialized),
  }),
  'kubelet-qos': functions({ podQOSClass: ({ pod }) => ({ qosClass: qosClassOf(pod.spec) }) }),
  'kubelet-containerstatus': functions({
    convertContainerStatuses({
      pod,
      runtimeContainers,
      previousStatuses,
      hasInitContainers,
      isInitContainer,
      allContainersRestarting,
    }) {
      const records = (runtimeContainers as Input[]).map(record);
      const { spec, metadata } = pod;
      const statuses = containerStatuses({
        containers: (isInitContainer ? spec.initContainers : spec.containers) ?? [],
        kind: isInitContainer ? 'init' : 'regular',
        hasInitContainers,
        records,
        before: previousStatuses ?? [],
        restartPolicy: spec.restartPolicy,
        isDeleting: metadata.deletionTimestamp !== undefined,
        isRestartingAll: allContainersRestarting ?? false,
        isInitialized: hasCreatedRegular(spec, records),
        startError: () => undefined,
        judge: () => ({ ready: false, started: false }),
      });
      return {
        containerStatuses: statuses.map(({ name, state, lastState, restartCount }) => ({
          name,
          state,
          ...(Object.keys(lastState ?? {}).length === 0 ? {} : { lastState }),
          ...(restartCount === 0 ? {} : { restartCount }),
        })),
      };
    },
  }),
  'kubelet-restart': functions({
    shouldContainerBeRestarted: ({
      restartPolicy,
      container,
      latestRuntimeStatus,
      podDeleting,
    }) => ({
      restart: shouldBeRestarted(
        container,
        restartPolicy,
        latestRuntimeStatus ?? undefined,
        podDeleting,
      ),
    }),
  }),
  'kubelet-podactions': functions({
    computePodActions({ pod, runtime, probeResults }) {
      const of = (type: string) => (id: string) => probeResults?.[type]?.[id];
      const actions = podActions(
        pod.spec,
        pod.metadata.deletionTimestamp !== undefined,
        {
          sandboxes: runtime.sandboxes ?? [],
          containers: ((runtime.containers ?? []) as Input[]).map(record),
        },
        { startup: of('startup'), liveness: of('liveness') },
      );
      return {
        killPod: actions.killPod,
        createSandbox: actions.createSandbox,
        attempt: actions.attempt,
        containersToStart: actions.toStart,
        initContainersToStart: actions.initToStart,
        ephemeralContainersToStart: actions.ephemeralToStart,
        containerIDsToKill: actions.toKill.map(({ id }) => id),
      };
    },
  }),
  'kubelet-backoff': functions({
    crashLoopSchedule,
    crashLoopWaitingState: ({ pod, containerName, currentBackoffSeconds }) => ({
      state: crashLoopState(containerName, podText(pod.metadata), currentBackoffSeconds * 1000),
      event: crashLoopEvent(containerName, podText(pod.metadata)),
    }),
  }),
  'kubelet-imagepull': functions({
    imagePullAttempts,
    ensureImage,
    applyDefaultImageTag: ({ image }) => ({ image: withDefaultTag(image) ?? null }),
  }),
  'kubelet-probes': functions({
    probeWorkerSequence,
    livenessKillTime: (input) => ({
      killedAt: livenessKillAt(
        {
          firstTickAt: input.firstTickAt ?? 0,
          periodMs: input.periodSeconds,
          startedAt: input.containerStartedAt ?? 0,
          initialDelayMs: input.initialDelaySeconds ?? 0,
        },
        input.failureThreshold,
        input.probeFailsFrom ?? 0,
      ),
    }),
  }),
  'kubelet-grace': functions({
    effectiveTerminationGrace: (input) => ({
      seconds: podGrace({
        termination: input.terminationGracePeriodSeconds ?? undefined,
        deletion: input.deletionGracePeriodSeconds ?? undefined,
        override: input.override ?? undefined,
      }),
    }),
    containerKillGrace: ({ pod, containerName, killReason }) => ({
      seconds: containerGrace(pod, containerName, killReason),
    }),
    containerTerminationTimeline({
      effectiveGraceSeconds,
      preStopSeconds,
      exitsAfterSigtermSeconds,
    }) {
      const stop = stopTimeline(
        effectiveGraceSeconds,
        preStopSeconds ?? undefined,
        exitsAfterSigtermSeconds ?? undefined,
      );
      return stop.sigkill ? { ...stop, exitCode: 137 } : stop;
    },
  }),
  'kubelet-podips': functions({
    sortPodIPs: ({ nodeIP, podIPs }) => ({ podIPs: sortPodIPs(nodeIP, podIPs) }),
  }),
};
