/** One look at one autoscaler: reads the scale of its target, decides, writes (ctl-05 §A.2). */
import { groupOf } from '../../api/groups.ts';
import type { HorizontalPodAutoscaler, MetricStatus } from '../../api/horizontalpodautoscaler.ts';
import { kindNameOf, kindOf } from '../../api/index.ts';
import { type Key, type KubeObject, keyOf } from '../../api/meta.ts';
import type { Status } from '../../api/status.ts';
import type { Requests } from '../../sim/component.ts';
import { type ControllerContext, call, type Outcome } from '../../sim/controller.ts';
import { type Memory, withRescale } from './memory.ts';
import { recommend } from './metric.ts';
import { normalize } from './normalize.ts';
import { toleranceOf } from './replicas.ts';
import { selectionOf } from './selection.ts';
import { StatusDraft } from './status.ts';

interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number; readonly selector?: string };
}

/** What was measured all the same is told. */
interface Undecided {
  readonly error: string;
  readonly statuses: readonly MetricStatus[];
}

interface Decision {
  readonly desired: number;
  /** Empty where the metrics ask for no change, and earlier ones do. */
  readonly reason: string;
  readonly statuses: readonly MetricStatus[];
}

export class Look {
  /** Something was written or held back: it is worth looking again. */
  unfinished = false;
  readonly #autoscaler: HorizontalPodAutoscaler;
  readonly #key: Key;
  readonly #memory: Memory;
  readonly #context: ControllerContext;
  readonly #status: StatusDraft;

  constructor(autoscaler: HorizontalPodAutoscaler, memory: Memory, context: ControllerContext) {
    this.#autoscaler = autoscaler;
    this.#key = keyOf(autoscaler);
    this.#memory = memory;
    this.#context = context;
    this.#status = new StatusDraft(autoscaler, context.now, (message) =>
      this.#warn('FailedUpdateStatus', message),
    );
  }

  *run(): Requests<Outcome> {
    const { kind, name } = this.#autoscaler.spec.scaleTargetRef;
    const reference = `${kind}/${this.#autoscaler.metadata.namespace}/${name}`;
    const scale = yield* this.#scale();
    if ('error' in scale) {
      this.#warn('FailedGetScale', scale.error);
      const message = `the HPA controller was unable to get the target's current scale: ${scale.error}`;
      this.#status.condition('AbleToScale', 'False', 'FailedGetScale', message);
      this.unfinished = yield* this.#status.writeUndecided();
      return failure(`failed to query scale subresource for ${reference}: ${scale.error}`);
    }
    const able = "the HPA controller was able to get the target's current scale";
    this.#status.condition('AbleToScale', 'True', 'SucceededGetScale', able);
    const current = scale.spec.replicas ?? 0;
    const remembered = this.#memory.of(this.#key);
    if (remembered.recommendations.length === 0) {
      remembered.recommendations = [{ replicas: current, at: this.#context.now }];
    }
    const decided = this.#decide(scale, current);
    if ('error' in decided) {
      this.unfinished = yield* this.#status.writeUndecided(current, decided.statuses);
      this.#warn('FailedComputeMetricsReplicas', decided.error);
      const what = 'failed to compute desired number of replicas based on listed metrics for';
      return failure(`${what} ${reference}: ${decided.error}`);
    }
    const { desired, statuses } = decided;
    const rescales = desired !== current;
    if (rescales) {
      const refused = yield* this.#rescale(scale, current, decided);
      if (refused !== undefined) return failure(`failed to rescale ${reference}: ${refused}`);
    }
    const told = yield* this.#status.writeDecided(current, desired, statuses, rescales);
    this.unfinished ||= rescales || told;
    return undefined;
  }

  /** Read from the server and not from a cache: it says what stands, and is written back as read. */
  *#scale(): Requests<Scale | { readonly error: string }> {
    const { metadata, spec } = this.#autoscaler;
    const { apiVersion = '', kind: given, name } = spec.scaleTargetRef;
    const kind = kindNameOf({ apiVersion, kind: given });
    const namespace = metadata.namespace!;
    const scale = yield* call<Scale>({ verb: 'get', kind, namespace, name, subresource: 'scale' });
    return scale.ok ? scale.object : { error: unreachable(scale.status, kind, given, apiVersion) };
  }

  #decide(scale: Scale, current: number): Decision | Undecided {
    const { minReplicas: min, maxReplicas: max, metrics } = this.#autoscaler.spec;
    if (current === 0 && min !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#status.condition('ScalingActive', 'False', 'ScalingDisabled', message);
      return { desired: 0, reason: '', statuses: [] };
    }
    if (current > max) return { desired: max, reason: above, statuses: [] };
    if (current < min) return { desired: min, reason: below, statuses: [] };
    const selection = selectionOf(
      this.#key,
      scale.status.selector ?? '',
      this.#memory,
      this.#context.view,
    );
    if ('error' in selection) {
      const { event, reason, error, message = error } = selection;
      this.#warn(event, error);
      this.#status.condition('ScalingActive', 'False', reason, message);
      return { error, statuses: [] };
    }
    const { matches, pods } = selection;
    const { now, metrics: reader } = this.#context;
    const recommended = recommend(
      metrics,
      {
        namespace: this.#autoscaler.metadata.namespace!,
        matches,
        pods,
        specReplicas: current,
        statusReplicas: scale.status.replicas,
        tolerance: toleranceOf(this.#autoscaler.spec),
        metrics: reader,
        now,
      },
      ({ reason, error }) => this.#warn(reason, error),
    );
    if ('error' in recommended) {
      const { reason, error } = recommended.failed;
      const message = `the HPA was unable to compute the replica count: ${error}`;
      this.#status.condition('ScalingActive', 'False', reason, message);
      return { error: recommended.error, statuses: recommended.statuses };
    }
    const { replicas, metric, statuses } = recommended;
    const found = `the HPA was able to successfully calculate a replica count from ${metric}`;
    this.#status.condition('ScalingActive', 'True', 'ValidMetricFound', found);
    const reason =
      replicas > current
        ? `${metric} above target`
        : replicas < current
          ? 'All metrics below target'
          : '';
    const normal = normalize(
      this.#autoscaler.spec,
      this.#memory.of(this.#key),
      current,
      replicas,
      now,
    );
    for (const told of normal.conditions) this.#status.condition(...told);
    this.unfinished ||= normal.held;
    return { desired: normal.replicas, reason, statuses };
  }

  /** Writes the scale as it was read: who changed it meanwhile comes first. Returns an error. */
  *#rescale(
    scale: Scale,
    current: number,
    { desired, reason, statuses }: Decision,
  ): Requests<string | undefined> {
    const { apiVersion = '', kind } = this.#autoscaler.spec.scaleTargetRef;
    const written = yield* call<Scale>({
      verb: 'update',
      kind: kindNameOf({ apiVersion, kind }),
      object: { ...scale, spec: { replicas: desired } },
      subresource: 'scale',
    });
    if (!written.ok) {
      const { message } = written.status;
      this.#warn('FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${message}`);
      const unable = `the HPA controller was unable to update the target scale: ${message}`;
      this.#status.condition('AbleToScale', 'False', 'FailedUpdateScale', unable);
      yield* this.#status.writeUndecided(current, statuses);
      this.unfinished = true;
      return message;
    }
    const able = `the HPA controller was able to update the target scale to ${desired}`;
    this.#status.condition('AbleToScale', 'True', 'SucceededRescale', able);
    const told = `New size: ${desired}; reason: ${reason}`;
    this.#context.record(this.#autoscaler, 'Normal', 'SuccessfulRescale', told);
    const { behavior } = this.#autoscaler.spec;
    const remembered = this.#memory.of(this.#key);
    if (behavior !== undefined) {
      const { now } = this.#context;
      remembered.events = withRescale(remembered.events, behavior, current, desired, now);
    }
    return undefined;
  }

  #warn(reason: string, message: string): void {
    this.#context.record(this.#autoscaler, 'Warning', reason, message);
  }
}

const above = 'Current number of replicas above Spec.MaxReplicas';
const below = 'Current number of replicas below Spec.MinReplicas';

/** It looks again when its time comes, whatever happened. */
const failure = (error: string): Outcome => ({ error, drop: true });

/** A kind that the server does not know has no resource that could be missing. */
function unreachable(
  { message, details }: Status,
  known: string,
  kind: string,
  apiVersion: string,
): string {
  const isKnown = details?.name !== undefined || kindOf(known) !== undefined;
  return isKnown ? message : `no matches for kind "${kind}" in group "${groupOf(apiVersion)}"`;
}
