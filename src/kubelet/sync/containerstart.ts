/**
 * Starting one container, step by step (kubelet-01): back-off, image, configuration, creation,
 * start, postStart hook. Each step may have to be waited for, and any of them may fail.
 */
import { containerTable } from '../../../machines/index.ts';
import { allocatedContainer } from '../node/allocation.ts';
import type { RuntimeEvent } from '../runtime/runtime.ts';
import { crashLoopEvent, crashLoopState } from '../status/crashloop.ts';
import { backoffNext, backoffWait, pullBackoff, restartBackoff } from './backoff.ts';
import { containerGrace } from './grace.ts';
import {
  imageDecision,
  pullBackOffError,
  pullBackOffEvent,
  pullError,
  pulledEvent,
  pullFailed,
  pullFailedEvent,
  pullWait,
  type StartError,
} from './imagepull.ts';
import type { PodContext } from './podcontext.ts';
import { configProblem } from './references.ts';
import type { Tracked } from './tracked.ts';

/** `waits`: an answer of the runtime goes on with it. */
export type Progress = 'waits' | 'started' | 'failed';

/** How long a sync that failed for another reason than a back-off waits. */
const retryMs = 10_000;

/** `isKilled`: the same sync has killed it. */
export function beginStart(context: PodContext, container: Tracked, isKilled: boolean): Progress {
  if (isInCrashLoop(context, container, isKilled)) return 'failed';
  const { pod, runtime, env } = context;
  const { spec } = container;
  const decision = imageDecision({
    image: spec.image,
    policy: spec.imagePullPolicy ?? 'IfNotPresent',
    isPresent: runtime.hasImage(spec.image),
  });
  if (decision.type === 'present') {
    ready(context, container);
    context.send(container, { type: 'container.imagePresent' });
    context.emit(decision.event, container);
    return create(context, container);
  }
  const failure = context.pullFailure(spec.image);
  const waitMs = decision.type === 'pull' ? pullWait(failure, env.now, pullBackoff) : 0;
  if (waitMs > 0) {
    context.emit(pullBackOffEvent(spec.image), container);
    retryIn(context, waitMs);
    return failed(context, container, pullBackOffError(spec.image, failure!.error), 'image');
  }
  ready(context, container);
  context.send(container, { type: 'container.imageWanted' });
  context.emit(decision.event, container);
  if (decision.type === 'failed') {
    context.send(container, { type: 'container.imagePullFailed' });
    retryIn(context, retryMs);
    return failed(context, container, decision.error!, 'image');
  }
  runtime.pullImage(pod, spec, env.causes);
  return 'waits';
}

/** The runtime answered. */
export function continueStart(
  context: PodContext,
  container: Tracked,
  event: RuntimeEvent,
): Progress {
  switch (event.type) {
    case 'pulled':
      return pulled(context, container, event);
    case 'started':
      return started(context, container, event.error);
    case 'hookDone':
      return hooked(context, container, event.error);
    case 'exited':
      return 'failed';
    default:
      return 'waits';
  }
}

/**
 * A sync goes by what it found when it began: of a container that it has killed itself that is the end of the
 * instance before. So what a probe kills starts again at once as long as it runs longer than its back-off.
 */
function isInCrashLoop(context: PodContext, container: Tracked, isKilled: boolean): boolean {
  const { env } = context;
  const { spec, backoff } = container;
  const record = isKilled ? context.earlier(spec.name) : context.record(spec.name);
  if (record?.state !== 'exited') return false;
  const since = record.finishedAt ?? env.now;
  const waitMs = backoffWait(backoff, since, env.now, restartBackoff);
  if (waitMs > 0) {
    const { reason, message } = crashLoopState(spec.name, context.text, backoff!.delayMs).waiting!;
    container.error = { reason: reason!, message: message! };
    context.emit(crashLoopEvent(spec.name, context.text), container);
    retryIn(context, waitMs);
    return true;
  }
  container.backoff = backoffNext(backoff, since, env.now, restartBackoff);
  return false;
}

/** The next sync, when a back-off is over or a little later. */
function retryIn({ env, uid }: PodContext, waitMs: number): void {
  const late = 1 + 0.5 * env.chance(uid, 'retry', String(env.now));
  env.timer(`sync ${uid}`, env.now + Math.ceil(waitMs * late));
}

/** It has waited long enough. */
function ready(context: PodContext, container: Tracked): void {
  const value = containerTable.value(container.state);
  if (value === 'crashLoopBackOff' || value === 'startFailed') {
    context.send(container, { type: 'container.backOffElapsed' });
  }
}

function pulled(
  context: PodContext,
  container: Tracked,
  { error, tookMs, waitedMs, bytes }: Extract<RuntimeEvent, { type: 'pulled' }>,
): Progress {
  const { image } = container.spec;
  if (error === undefined) {
    context.send(container, { type: 'container.imagePulled' });
    context.emit(pulledEvent(image, tookMs, waitedMs, bytes), container);
    return create(context, container);
  }
  const { now } = context.env;
  const before = context.pullFailure(image);
  const failure = pullFailed(before, pullError(image, error), now, pullBackoff);
  context.pullFailed(image, failure);
  context.send(container, { type: 'container.imagePullFailed' });
  context.emit(pullFailedEvent(image, error), container);
  // What comes next says that it backs off; that is what the API shows in between.
  context.env.timer(`sync ${context.uid}`, now + backingOffSoonMs);
  return failed(context, container, failure.error, 'image');
}

/** From a failed pull to the sync that finds it in its back-off. */
const backingOffSoonMs = 1_000;

function create(context: PodContext, container: Tracked): Progress {
  const { pod, runtime, env, uid } = context;
  const { spec } = container;
  const { configError = configProblem(pod, spec, context.referenced) } = runtime.behaviourOf(
    pod,
    spec,
  );
  if (configError !== undefined) {
    context.send(container, { type: 'container.startFailed' });
    retryIn(context, retryMs);
    return failed(context, container, {
      reason: 'CreateContainerConfigError',
      message: configError,
    });
  }
  const before = context.record(spec.name);
  const { initContainerStatuses = [], containerStatuses = [] } = context.status;
  const known = [...initContainerStatuses, ...containerStatuses].find(
    ({ name }) => name === spec.name,
  );
  const restartCount = before === undefined ? (known?.restartCount ?? 0) : before.restartCount + 1;
  runtime.createContainer(uid, allocatedContainer(spec, context.allocated), restartCount);
  context.emit({ type: 'Normal', reason: 'Created', message: 'Container created' }, container);
  runtime.startContainer(uid, spec.name, env.causes);
  return 'waits';
}

function started(context: PodContext, container: Tracked, error: string | undefined): Progress {
  const { runtime, env, uid } = context;
  if (error !== undefined) {
    context.send(container, { type: 'container.startFailed' });
    env.timer(`sync ${uid}`, env.now);
    return failed(context, container, { reason: 'RunContainerError', message: error });
  }
  context.emit({ type: 'Normal', reason: 'Started', message: 'Container started' }, container);
  const { spec } = container;
  if (spec.lifecycle?.postStart === undefined) return done(context, container);
  runtime.runHook(uid, spec, 'postStart', Number.POSITIVE_INFINITY, env.causes);
  return 'waits';
}

function hooked(context: PodContext, container: Tracked, error: string | undefined): Progress {
  if (error === undefined) return done(context, container);
  const { runtime, env, uid, pod } = context;
  const { name } = container.spec;
  const failure = { reason: 'FailedPostStartHook', message: 'PostStartHook failed' };
  context.emit({ type: 'Warning', ...failure }, container);
  context.emit({ type: 'Normal', reason: 'Killing', message: 'FailedPostStartHook' }, container);
  context.send(container, { type: 'container.restartRequested' });
  const graceMs = containerGrace(pod, name, 'Unknown') * 1000;
  runtime.stopContainer(uid, name, graceMs, env.causes);
  return failed(context, container, { reason: 'PostStartHookError', message: error });
}

function done(context: PodContext, container: Tracked): Progress {
  container.error = undefined;
  context.send(container, { type: 'container.started' });
  return 'started';
}

function failed(
  context: PodContext,
  container: Tracked,
  error: StartError,
  stage?: 'image',
): Progress {
  container.error = error;
  const text = stage === 'image' ? error.reason : error.message;
  context.emit({ type: 'Warning', reason: 'Failed', message: `Error: ${text}` }, container);
  return 'failed';
}
