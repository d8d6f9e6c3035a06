/**
 * Metrics of autoscalers in the words of autoscaling/v1, which has them in annotations only: as a text of JSON, whose
 * fields stand in the order in which upstream writes them.
 */
import { mapping } from '../fields.ts';
import type { MetricSpec, MetricStatus } from '../horizontalpodautoscaler.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names of one source of metrics in version 1, and where they stand in version 2. */
interface Source {
  readonly spec: readonly Name[];
  readonly status: readonly Name[];
}

/** `zero`: a quantity that is always there. */
type Name = readonly [name: string, path: string, zero?: 'zero'];

const described: Name = ['target', 'describedObject'];
const metric: Name = ['metricName', 'metric.name'];
const selector: Name = ['selector', 'metric.selector'];
const metricSelector: Name = ['metricSelector', 'metric.selector'];
const name: Name = ['name', 'name'];
const container: Name = ['container', 'container'];
const wanted: readonly Name[] = [
  name,
  ['targetAverageUtilization', 'target.averageUtilization'],
  ['targetAverageValue', 'target.averageValue'],
];
const measured: readonly Name[] = [
  name,
  ['currentAverageUtilization', 'current.averageUtilization'],
  ['currentAverageValue', 'current.averageValue', 'zero'],
];

const sources: Readonly<Record<string, Source>> = {
  object: {
    spec: [
      described,
      metric,
      ['targetValue', 'target.value', 'zero'],
      selector,
      ['averageValue', 'target.averageValue'],
    ],
    status: [
      described,
      metric,
      ['currentValue', 'current.value', 'zero'],
      selector,
      ['averageValue', 'current.averageValue'],
    ],
  },
  pods: {
    spec: [metric, ['targetAverageValue', 'target.averageValue', 'zero'], selector],
    status: [metric, ['currentAverageValue', 'current.averageValue', 'zero'], selector],
  },
  resource: { spec: wanted, status: measured },
  containerResource: { spec: [...wanted, container], status: [...measured, container] },
  external: {
    spec: [
      metric,
      metricSelector,
      ['targetValue', 'target.value'],
      ['targetAverageValue', 'target.averageValue'],
    ],
    status: [
      metric,
      metricSelector,
      ['currentValue', 'current.value', 'zero'],
      ['currentAverageValue', 'current.averageValue'],
    ],
  },
};

function told(given: Fields, part: keyof Source): Fields {
  const all = Object.entries(sources).flatMap(([source, names]) =>
    given[source] === undefined ? [] : [[source, flat(mapping(given[source]), names[part])]],
  );
  return { type: given['type'], ...Object.fromEntries(all) };
}

const flat = (source: Fields, names: readonly Name[]): Fields =>
  Object.fromEntries(
    names.flatMap(([own, path, zero]) => {
      const [outer = '', inner] = path.split('.');
      const value = inner === undefined ? source[outer] : mapping(source[outer])[inner];
      if (value !== undefined) return [[own, own === 'target' ? reference(value) : value]];
      return zero === undefined ? [] : [[own, '0']];
    }),
  );

const reference = (value: unknown): Fields => {
  const { kind, name: named, apiVersion } = mapping(value);
  return { kind, name: named, ...(apiVersion === undefined ? {} : { apiVersion }) };
};

function meant(given: Fields, part: keyof Source): Fields {
  const all = Object.entries(sources).flatMap(([source, names]) =>
    given[source] === undefined ? [] : [[source, deep(mapping(given[source]), names[part])]],
  );
  return { type: given['type'], ...Object.fromEntries(all) };
}

function deep(source: Fields, names: readonly Name[]): Fields {
  const out: Record<string, unknown> = {};
  for (const [own, path, zero] of names) {
    const value = source[own] ?? (zero === undefined ? undefined : '0');
    if (value === undefined || value === null) continue;
    const [outer = '', inner] = path.split('.');
    out[outer] = inner === undefined ? value : { ...mapping(out[outer]), [inner]: value };
  }
  return out;
}

/** Version 1 does not say of what type a target is. */
function withType(source: string, given: Fields): Fields {
  const target = mapping(given['target']);
  const has = (field: string): boolean => target[field] !== undefined;
  const byValue = source === 'object' ? !has('averageValue') : has('value');
  const type = has('averageUtilization') ? 'Utilization' : byValue ? 'Value' : 'AverageValue';
  return { ...given, target: { type, ...target } };
}

export const metricToV1 = (given: MetricSpec): Fields => told(given as unknown as Fields, 'spec');

export const measuredToV1 = (given: MetricStatus): Fields =>
  told(given as unknown as Fields, 'status');

export function metricFromV1(given: Fields): Fields {
  const { type, ...parts } = meant(given, 'spec');
  const typed = Object.entries(parts).map(([source, one]) => [
    source,
    withType(source, mapping(one)),
  ]);
  return { type, ...Object.fromEntries(typed) };
}

export const measuredFromV1 = (given: Fields): Fields => meant(given, 'status');
