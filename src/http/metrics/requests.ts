/** How many requests were answered, and how many are under way, by what they are about. */

import { Histogram } from '../../sim/histogram.ts';
import type { Incoming } from '../context.ts';
import type { RequestInfo } from '../requestinfo.ts';
import { verbOf } from '../target.ts';
import type { Family, Sample, Timed } from './text.ts';

type Labels = Readonly<Record<string, string>>;

/** What a request is about, in the labels of upstream's endpoints/metrics. */
interface Counted {
  readonly about: Labels;
  readonly dryRun: string;
  readonly isLong: boolean;
  readonly isMutating: boolean;
}

const streams = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

function countedOf(incoming: Incoming, info: RequestInfo): Counted {
  const { method, query } = incoming;
  const dryRun = query.get('dryRun') ?? '';
  const isMutating = !['GET', 'HEAD', 'OPTIONS'].includes(method);
  if (!info.isResource) {
    const none = { group: '', resource: '', scope: '', subresource: '', version: '' };
    return { about: { ...none, verb: method }, dryRun, isLong: false, isMutating };
  }
  const { group, version, resource, subresource = '' } = info;
  const isStream = streams.has(subresource);
  const meant = verbOf(incoming, info);
  const verb = isStream && subresource !== 'log' ? 'CONNECT' : wordFor(meant, incoming);
  const isLong = isStream || meant === 'watch';
  const about = { group, resource, scope: scopeOf(info, meant), subresource, verb, version };
  return { about, dryRun, isLong, isMutating: isMutating && !isLong };
}

/** The verb as metrics name it: by the method, collections and watches apart. */
function wordFor(verb: string | undefined, { method, header }: Incoming): string {
  if (verb === 'list' || verb === 'watch' || verb === 'deletecollection') return verb.toUpperCase();
  const isApply = (header('content-type') ?? '').startsWith('application/apply-patch+');
  return method === 'PATCH' && isApply ? 'APPLY' : method;
}

const scopeOf = ({ name, namespace }: Extract<RequestInfo, { isResource: true }>, verb?: string) =>
  name !== undefined || verb === 'create'
    ? 'resource'
    : namespace === undefined
      ? 'cluster'
      : 'namespace';

const component = 'apiserver';

/** Of requests to the API server, and of those to etcd. */
export const requestBounds = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
  60,
];

export class RequestCounts {
  readonly #totals = new Map<string, { readonly labels: Labels; value: number }>();
  readonly #long = new Map<string, { readonly labels: Labels; value: number }>();
  readonly #short = { mutating: 0, readOnly: 0 };
  readonly #times = new Map<string, Timed>();
  readonly #clock: { readonly now: number };

  /** @param clock simulated milliseconds */
  constructor(clock: { readonly now: number }) {
    this.#clock = clock;
  }

  /** A request is under way. What is returned ends it, with the code of its answer. */
  begin(incoming: Incoming, info: RequestInfo): (code: number) => void {
    const { about, dryRun, isLong, isMutating } = countedOf(incoming, info);
    const kind = isMutating ? 'mutating' : 'readOnly';
    const add = (by: number) => {
      if (isLong) count(this.#long, { ...about, component }, by);
      else this.#short[kind] += by;
    };
    add(1);
    let isOver = false;
    const begun = this.#clock.now;
    return (code) => {
      if (isOver) return;
      isOver = true;
      add(-1);
      count(this.#totals, { ...about, code: String(code), component, dry_run: dryRun }, 1);
      // Streams last as long as their clients want.
      if (!isLong) this.#time({ ...about, component, dry_run: dryRun }, this.#clock.now - begun);
    };
  }

  #time(labels: Labels, ms: number): void {
    const key = JSON.stringify(labels);
    const known = this.#times.get(key) ?? { labels, histogram: new Histogram(requestBounds) };
    this.#times.set(key, known);
    known.histogram.observe(ms / 1000);
  }

  families(): readonly Family[] {
    return [
      {
        name: 'apiserver_request_total',
        help: '[STABLE] Requests that were answered, by what they asked for and by code.',
        type: 'counter',
        samples: [...this.#totals.values()],
      },
      {
        name: 'apiserver_request_duration_seconds',
        help: '[STABLE] How long answers took, in simulated time, streams apart.',
        type: 'histogram',
        samples: [],
        times: [...this.#times.values()],
      },
      {
        name: 'apiserver_current_inflight_requests',
        help: '[STABLE] Requests that are being answered, streams apart.',
        type: 'gauge',
        samples: Object.entries(this.#short).map(
          ([kind, value]): Sample => ({ labels: { request_kind: kind }, value }),
        ),
      },
      {
        name: 'apiserver_longrunning_requests',
        help: '[STABLE] Watches and other streams that are open.',
        type: 'gauge',
        samples: [...this.#long.values()],
      },
    ];
  }
}

function count(
  counts: Map<string, { readonly labels: Labels; value: number }>,
  labels: Labels,
  by: number,
): void {
  const key = JSON.stringify(labels);
  const known = counts.get(key);
  if (known === undefined) counts.set(key, { labels, value: by });
  else known.value += by;
}
