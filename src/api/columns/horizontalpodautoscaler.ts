/** The table of HorizontalPodAutoscalers (api-08 §7). */
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricTarget,
  MetricValue,
} from '../horizontalpodautoscaler.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

const shownMax = 2;

/** What is measured, and what should be: `cpu: 45%/80%`. */
function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const { metrics = [] } = spec;
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => targetText(metric, status.currentMetrics?.[i]));
  const more = texts.length - shownMax;
  return texts.slice(0, shownMax).join(', ') + (more > 0 ? ` + ${more} more...` : '');
}

type Measured = NonNullable<HorizontalPodAutoscaler['status']['currentMetrics']>[number];

function targetText(spec: MetricSpec, measured: Measured | undefined): string {
  switch (spec.type) {
    case 'Resource':
      return resourceText(spec.resource!, measured?.resource?.current);
    case 'ContainerResource':
      return resourceText(spec.containerResource!, measured?.containerResource?.current);
    case 'Pods':
      return `${shown(measured?.pods?.current, 'averageValue')}/${spec.pods!.target.averageValue}`;
    case 'Object':
      return valueText(spec.object!.target, measured?.object?.current);
    case 'External':
      return valueText(spec.external!.target, measured?.external?.current);
    default:
      return '<unknown type>';
  }
}

const unknown = '<unknown>';

/** What is measured has a value, and where it has not, Go prints a pointer to nothing. */
const shown = (current: MetricValue | undefined, field: 'value' | 'averageValue'): string =>
  current === undefined ? unknown : (current[field] ?? '<nil>');

const resourceText = (
  { name, target }: { readonly name: string; readonly target: MetricTarget },
  current: MetricValue | undefined,
): string => `${name}: ${usageText(target, current)}`;

function usageText(target: MetricTarget, current: MetricValue | undefined): string {
  if (target.averageValue !== undefined) {
    return `${shown(current, 'averageValue')}/${target.averageValue}`;
  }
  const is = current?.averageUtilization;
  const wanted = target.averageUtilization;
  return `${is === undefined ? unknown : `${is}%`}/${wanted === undefined ? '<auto>' : `${wanted}%`}`;
}

const valueText = (target: MetricTarget, current: MetricValue | undefined): string =>
  target.averageValue === undefined
    ? `${shown(current, 'value')}/${target.value}`
    : `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;

export const horizontalPodAutoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  column('Reference', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
  column('Targets', targetsText),
  column('MinPods', ({ spec }) =>
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
  ),
  column('MaxPods', ({ spec }) => spec.maxReplicas),
  column('Replicas', ({ status }) => status.currentReplicas ?? 0),
  ageColumn,
];
