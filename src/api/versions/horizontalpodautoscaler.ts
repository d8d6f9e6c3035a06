/**
 * HorizontalPodAutoscalers as autoscaling/v1 tells them: one number for the processor. What version 1
 * has no words for travels in annotations, as upstream has it.
 */
import { mapping } from '../fields.ts';
import type {
  Behavior,
  MetricSpec,
  MetricStatus,
  ScalingRules,
} from '../horizontalpodautoscaler.ts';
import type { KubeObject, Labels } from '../meta.ts';
import { measuredFromV1, measuredToV1, metricFromV1, metricToV1 } from './metrics.ts';
import type { Version } from './version.ts';

type Json = Readonly<Record<string, unknown>>;

interface Fields {
  readonly metrics?: readonly MetricSpec[];
  readonly currentMetrics?: readonly MetricStatus[] | null;
  readonly currentReplicas?: number;
  readonly desiredReplicas?: number;
  readonly targetCPUUtilizationPercentage?: number;
  readonly currentCPUUtilizationPercentage?: number;
  readonly behavior?: Behavior;
  readonly conditions?: readonly Json[];
}

type Autoscaler = KubeObject & { readonly spec?: Fields; readonly status?: Fields };

const prefix = 'autoscaling.alpha.kubernetes.io/';
const ours = ['metrics', 'current-metrics', 'behavior', 'conditions'] as const;
const known = new Set(
  [...ours, 'scale-up-tolerance', 'scale-down-tolerance'].map((n) => prefix + n),
);

/** The one target that version 1 has a field for. */
const isProcessor = ({ type, resource }: MetricSpec): boolean =>
  type === 'Resource' &&
  resource?.name === 'cpu' &&
  resource.target?.averageUtilization !== undefined;

function annotated(object: KubeObject, added: Readonly<Record<string, unknown>>) {
  const kept = Object.entries(object.metadata.annotations ?? {}).filter(
    ([name]) => !known.has(name),
  );
  const more = Object.entries(added).flatMap(([name, value]) =>
    value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [[prefix + name, JSON.stringify(value)]],
  );
  const { annotations: _before, ...metadata } = object.metadata;
  const all: Labels = Object.fromEntries([...kept, ...more]);
  return Object.keys(all).length === 0 ? metadata : { ...metadata, annotations: all };
}

/** What an annotation holds; undefined where it is none that can be read. */
function held(object: KubeObject, name: (typeof ours)[number]): unknown {
  const text = object.metadata.annotations?.[prefix + name];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const heldList = (object: KubeObject, name: (typeof ours)[number]): readonly Json[] | undefined => {
  const list = held(object, name);
  return Array.isArray(list) ? list.map(mapping) : undefined;
};

/** Upstream writes its internal type here, whose fields are in upper case, and absent ones null. */
function behaviorText(behavior: Behavior | undefined): unknown {
  const rules = (one: ScalingRules | undefined): unknown =>
    one && {
      StabilizationWindowSeconds: one.stabilizationWindowSeconds ?? null,
      SelectPolicy: one.selectPolicy ?? null,
      Policies:
        one.policies?.map(({ type, value, periodSeconds }) => ({
          Type: type,
          Value: value,
          PeriodSeconds: periodSeconds,
        })) ?? null,
      Tolerance: one.tolerance ?? null,
    };
  return (
    behavior && {
      ScaleUp: rules(behavior.scaleUp) ?? null,
      ScaleDown: rules(behavior.scaleDown) ?? null,
    }
  );
}

/** Names begin in lower case again, and what is null goes. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(
    parts.map(([name, part]) => [name.charAt(0).toLowerCase() + name.slice(1), lowered(part)]),
  );
}

const ordered = ({ type, status, lastTransitionTime, reason, message, ...rest }: Json): Json => ({
  type,
  status,
  lastTransitionTime,
  reason,
  message,
  ...rest,
});

function from(stored: KubeObject): KubeObject {
  const { spec = {}, status = {} } = stored as Autoscaler;
  const { metrics = [], behavior, ...rest } = spec;
  const { currentMetrics, conditions, currentReplicas = 0, desiredReplicas = 0, ...told } = status;
  const measured = currentMetrics ?? [];
  const target = metrics.find(isProcessor)?.resource?.target?.averageUtilization;
  // Of several the last, as upstream has it.
  const current = measured
    .filter(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')
    .findLast(({ resource }) => resource?.current?.averageUtilization !== undefined);
  const utilization = current?.resource?.current.averageUtilization;
  return {
    ...stored,
    apiVersion: 'autoscaling/v1',
    metadata: annotated(stored, {
      metrics: metrics.filter((metric) => !isProcessor(metric)).map(metricToV1),
      'current-metrics': measured.map(measuredToV1),
      behavior: behaviorText(behavior),
      conditions: conditions?.map(ordered),
    }),
    spec: { ...rest, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...told,
      currentReplicas,
      desiredReplicas,
      ...(utilization === undefined ? {} : { currentCPUUtilizationPercentage: utilization }),
    },
  };
}

const processor = (averageUtilization: number): Json => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});

const measuredProcessor = (averageUtilization: number): Json => ({
  type: 'Resource',
  resource: { name: 'cpu', current: { averageUtilization } },
});

function to(given: KubeObject): KubeObject {
  const { spec = {}, status } = given as Autoscaler;
  const { targetCPUUtilizationPercentage: target, ...rest } = spec;
  const others = heldList(given, 'metrics') ?? [];
  const own = target === undefined ? [] : [processor(target)];
  const metrics = [...others.map(metricFromV1), ...own];
  const behavior = lowered(held(given, 'behavior'));
  const hasBehavior = Object.keys(mapping(behavior)).length > 0;
  return {
    ...given,
    apiVersion: 'autoscaling/v2',
    metadata: annotated(given, {}) as KubeObject['metadata'],
    spec: {
      ...rest,
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(hasBehavior ? { behavior } : {}),
    },
    ...(status === undefined ? {} : { status: statusTo(given, status) }),
  };
}

function statusTo(given: KubeObject, status: Fields): Json {
  const { currentCPUUtilizationPercentage: current, ...kept } = status;
  const own = current === undefined ? undefined : [measuredProcessor(current)];
  const measured = heldList(given, 'current-metrics')?.map(measuredFromV1) ?? own;
  const conditions = heldList(given, 'conditions');
  return {
    ...kept,
    ...(measured === undefined ? {} : { currentMetrics: measured }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

export const autoscalerVersion: Version = { apiVersion: 'autoscaling/v1', from, to };
