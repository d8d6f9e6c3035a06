/** LimitRanger: what containers ask for by default, and what is too little or too much (api-07 §7). */
import type { LimitRange, LimitRangeItem } from '../../api/limitrange.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Pod } from '../../api/pod/pod.ts';
import { mapShared } from '../../api/pod/poddefaults.ts';
import type { Container } from '../../api/pod/podspec.ts';
import {
  type Quantities,
  type QuantityTexts,
  quantitiesOf,
  totalOf,
} from '../../api/quantities.ts';
import { formatQuantity, type Quantity } from '../../api/quantity.ts';
import type { PersistentVolumeClaim } from '../../api/volume/persistentvolumeclaim.ts';
import type { View } from '../../store/view.ts';

/** In the order of their names: upstream's is that of a hash table. */
const rangesOf = (view: View, namespace: string): readonly LimitRange[] =>
  view
    .by<LimitRange>('LimitRange', 'namespace', namespace)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

const annotation = 'kubernetes.io/limit-ranger';

/** The Pod with the defaults of all ranges, and with a note of what they were. */
export function withLimitDefaults(pod: Pod, view: View): Pod {
  const { namespace = '' } = pod.metadata;
  return rangesOf(view, namespace).reduce(withDefaultsOf, pod);
}

function withDefaultsOf(pod: Pod, { spec: { limits = [] } }: LimitRange): Pod {
  const ofContainers = limits.filter(({ type }) => type === 'Container');
  const defaults = {
    limits: Object.assign({}, ...ofContainers.map((item) => item.default)),
    requests: Object.assign({}, ...ofContainers.map((item) => item.defaultRequest)),
  };
  const notes: string[] = [];
  const filledIn = (called: string) => (container: Container) =>
    withDefaults(container, called, defaults, notes);
  const { containers = [], initContainers = [] } = pod.spec;
  const own = mapShared(containers, filledIn('container'));
  const first = mapShared(initContainers, filledIn('init container'));
  if (notes.length === 0) return pod;
  const note = `LimitRanger plugin set: ${notes.join('; ')}`;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata.annotations, [annotation]: note },
    },
    spec: {
      ...pod.spec,
      containers: own,
      ...(pod.spec.initContainers === undefined ? {} : { initContainers: first }),
    },
  };
}

interface Resources {
  readonly limits: QuantityTexts;
  readonly requests: QuantityTexts;
}

function withDefaults(
  container: Container,
  called: string,
  defaults: Resources,
  notes: string[],
): Container {
  const { limits, requests } = container.resources ?? {};
  const missing = (given: QuantityTexts = {}, wanted: QuantityTexts): readonly string[] =>
    Object.keys(wanted)
      .filter((name) => given[name] === undefined)
      .sort();
  const noRequests = missing(requests, defaults.requests);
  const noLimits = missing(limits, defaults.limits);
  if (noRequests.length + noLimits.length === 0) return container;
  const noted = (names: readonly string[], what: string) => {
    if (names.length === 0) return;
    notes.push(`${names.join(', ')} ${what} for ${called} ${container.name}`);
  };
  noted(noRequests, 'request');
  noted(noLimits, 'limit');
  const both = (given: QuantityTexts | undefined, wanted: QuantityTexts) => ({
    ...wanted,
    ...given,
  });
  const resources = {
    ...container.resources,
    ...(noLimits.length === 0 ? {} : { limits: both(limits, defaults.limits) }),
    ...(noRequests.length === 0 ? {} : { requests: both(requests, defaults.requests) }),
  };
  return { ...container, resources };
}

/** Why an object is not within the limits of its namespace; each range is asked only if the last agrees. */
export function limitRefusal(object: KubeObject, view: View): string | undefined {
  const { namespace = '' } = object.metadata;
  for (const { spec } of rangesOf(view, namespace)) {
    const limits = spec.limits ?? [];
    const found = limits.flatMap((item) => breachesOf(object, item));
    const whys = [...new Set(found)];
    if (whys.length === 1) return whys[0];
    if (whys.length > 1) return `[${whys.join(', ')}]`;
  }
  return undefined;
}

function breachesOf(object: KubeObject, item: LimitRangeItem): readonly string[] {
  if (object.kind === 'PersistentVolumeClaim' && item.type === object.kind) {
    const requests = quantitiesOf((object as PersistentVolumeClaim).spec.resources?.requests);
    return [
      ...breaches(item.min, item.type, tooLittle, { requests, limits: {} }),
      ...breaches(item.max, item.type, asksTooMuch, { requests, limits: {} }),
    ];
  }
  if (object.kind !== 'Pod') return [];
  const { spec } = object as Pod;
  const judged = (asked: Asked) => [
    ...breaches(item.min, item.type, tooLittle, asked),
    ...breaches(item.max, item.type, tooMuch, asked),
    ...breaches(item.maxLimitRequestRatio, item.type, tooFarApart, asked),
  ];
  if (item.type === 'Pod') {
    return judged({ requests: totalOf(spec, 'requests'), limits: totalOf(spec, 'limits') });
  }
  if (item.type !== 'Container') return [];
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    judged({
      requests: quantitiesOf(resources?.requests),
      limits: quantitiesOf(resources?.limits),
    }),
  );
}

interface Asked {
  readonly requests: Quantities;
  readonly limits: Quantities;
}

/** What is wrong with a request and a limit by a bound, after the words that name the bound. */
type Rule = (bound: Quantity, request?: Quantity, limit?: Quantity) => Breach | undefined;

interface Breach {
  readonly bound: 'minimum' | 'maximum' | 'ratio';
  readonly why: string;
}

function breaches(
  bounds: QuantityTexts | undefined,
  type: string,
  rule: Rule,
  { requests, limits }: Asked,
): readonly string[] {
  const found = quantitiesOf(bounds);
  return Object.keys(found)
    .sort()
    .flatMap((name) => {
      const breach = rule(found[name]!, requests[name], limits[name]);
      if (breach === undefined) return [];
      const what =
        breach.bound === 'ratio'
          ? `${name} max limit to request ratio per ${type}`
          : `${breach.bound} ${name} usage per ${type}`;
      return [`${what} is ${formatQuantity(found[name]!)}${breach.why}`];
    });
}

const but = (what: 'request' | 'limit', { nanos, format }: Quantity): string =>
  `, but ${what} is ${formatQuantity({ nanos, format })}`;

const tooLittle: Rule = (min, request, limit) => {
  const bound = 'minimum';
  if (request === undefined) return { bound, why: '.  No request is specified' };
  if (request.nanos < min.nanos) return { bound, why: but('request', request) };
  if (limit !== undefined && limit.nanos < min.nanos) return { bound, why: but('limit', limit) };
  return undefined;
};

const tooMuch: Rule = (max, request, limit) => {
  const bound = 'maximum';
  if (limit === undefined) return { bound, why: '.  No limit is specified' };
  if (limit.nanos > max.nanos) return { bound, why: but('limit', limit) };
  if (request !== undefined && request.nanos > max.nanos) {
    return { bound, why: but('request', request) };
  }
  return undefined;
};

/** Claims have no limits that anybody goes by. */
const asksTooMuch: Rule = (max, request) => {
  const bound = 'maximum';
  if (request === undefined) return { bound, why: '.  No request is specified' };
  return request.nanos > max.nanos ? { bound, why: but('request', request) } : undefined;
};

const tooFarApart: Rule = (max, request, limit) => {
  const bound = 'ratio';
  if (request === undefined || request.nanos === 0n) {
    return { bound, why: ', but no request is specified or request is 0' };
  }
  if (limit === undefined || limit.nanos === 0n) {
    return { bound, why: ', but no limit is specified or limit is 0' };
  }
  const ratio = Number(limit.nanos) / Number(request.nanos);
  return ratio * 1000 > Number(max.nanos / 1_000_000n)
    ? { bound, why: `, but provided ratio is ${ratio.toFixed(6)}` }
    : undefined;
};
