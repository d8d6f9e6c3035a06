/**
 * HorizontalPodAutoscalers as autoscaling/v1 tells them: one number for the processor. What version 1
 * has no words for travels in annotations, as upstream has it.
 */
import type { KubeObject, Labels } from '../meta.ts';
import type { Version } from './version.ts';

interface Metric {
  readonly type: string;
  readonly resource?: {
    readonly name: string;
    readonly target?: { readonly type: string; readonly averageUtilization?: number };
    readonly current?: { readonly averageUtilization?: number };
  };
}

interface Fields {
  readonly metrics?: readonly Metric[];
  readonly currentMetrics?: readonly Metric[] | null;
  readonly targetCPUUtilizationPercentage?: number;
  readonly currentCPUUtilizationPercentage?: number;
  readonly behavior?: unknown;
  readonly conditions?: unknown;
}

type Autoscaler = KubeObject & { readonly spec?: Fields; readonly status?: Fields };

const prefix = 'autoscaling.alpha.kubernetes.io/';

const isProcessor = ({ type, resource }: Metric): boolean =>
  type === 'Resource' && resource?.name === 'cpu';

const json = (value: unknown): string | undefined =>
  value === undefined || (Array.isArray(value) && value.length === 0)
    ? undefined
    : JSON.stringify(value);

function annotated(object: KubeObject, added: Readonly<Record<string, string | undefined>>) {
  const kept = Object.entries(object.metadata.annotations ?? {}).filter(
    ([name]) => !name.startsWith(prefix),
  );
  const more = Object.entries(added).flatMap(([name, text]) =>
    text === undefined ? [] : [[prefix + name, text]],
  );
  const { annotations: _before, ...metadata } = object.metadata;
  const all: Labels = Object.fromEntries([...kept, ...more]);
  return Object.keys(all).length === 0 ? metadata : { ...metadata, annotations: all };
}

/** A list or struct that an annotation holds. */
function held(object: KubeObject, name: string): unknown {
  const text = object.metadata.annotations?.[prefix + name];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function from(stored: KubeObject): KubeObject {
  const { spec = {}, status = {} } = stored as Autoscaler;
  const { metrics = [], behavior, ...rest } = spec;
  const { currentMetrics, conditions, ...told } = status;
  const measured = currentMetrics ?? [];
  const target = metrics.find(isProcessor)?.resource?.target?.averageUtilization;
  const current = measured.find(isProcessor)?.resource?.current?.averageUtilization;
  return {
    ...stored,
    apiVersion: 'autoscaling/v1',
    metadata: annotated(stored, {
      metrics: json(metrics.filter((metric) => !isProcessor(metric))),
      behavior: json(behavior),
      conditions: json(conditions),
      'current-metrics': json(measured.filter((metric) => !isProcessor(metric))),
    }),
    spec: { ...rest, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...told,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  };
}

const processor = (averageUtilization: number): Metric => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});

function to(given: KubeObject): KubeObject {
  const { spec = {}, status } = given as Autoscaler;
  const { targetCPUUtilizationPercentage: target, ...rest } = spec;
  const others = (held(given, 'metrics') ?? []) as readonly Metric[];
  const metrics = target === undefined ? others : [processor(target), ...others];
  const behavior = held(given, 'behavior');
  const { currentCPUUtilizationPercentage: _told, ...kept } = status ?? {};
  const conditions = held(given, 'conditions');
  return {
    ...given,
    apiVersion: 'autoscaling/v2',
    metadata: annotated(given, {}) as KubeObject['metadata'],
    spec: {
      ...rest,
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(behavior === undefined ? {} : { behavior }),
    },
    ...(status === undefined
      ? {}
      : { status: { ...kept, ...(conditions === undefined ? {} : { conditions }) } }),
  };
}

export const autoscalerVersion: Version = { apiVersion: 'autoscaling/v1', from, to };
