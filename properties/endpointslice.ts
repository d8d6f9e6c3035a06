/** What is promised of the addresses behind Services (properties §7). */

import { keyOf, makeKey } from '../src/api/meta.ts';
import type { Pod } from '../src/api/pod/pod.ts';
import { isPodReady, isPodTerminal, podCondition } from '../src/api/pod/podstatus.ts';
import type { Endpoints } from '../src/api/service/endpoints.ts';
import {
  type AddressType,
  type Endpoint,
  type EndpointSlice,
  serviceNameLabel,
  sliceManagedByLabel,
  triggerTimeAnnotation,
} from '../src/api/service/endpointslice.ts';
import type { Service } from '../src/api/service/service.ts';
import type { WriteEntry } from '../src/log/entry.ts';
import type { View } from '../src/store/view.ts';
import {
  type Always,
  type Eventually,
  type Judged,
  onWriteOf,
  type Properties,
  type World,
} from './rule.ts';

const by = 'endpointslice-controller';
const endpointsMax = 100;

const managerOf = ({ metadata }: EndpointSlice): string | undefined =>
  metadata.labels?.[sliceManagedByLabel];

const serviceOf = ({ metadata }: EndpointSlice): string =>
  makeKey(metadata.namespace, metadata.labels?.[serviceNameLabel] ?? '');

const isSliceWrite = (entry: WriteEntry): boolean =>
  entry.by === by && entry.kind === 'EndpointSlice' && entry.after !== undefined;

/** `most`: --max-endpoints-per-slice. */
export const bounded = (most: number): Always =>
  onWriteOf(['EndpointSlice'], 'E-S3', 'a slice holds at most a hundred endpoints', (entry) => {
    if (!isSliceWrite(entry)) return undefined;
    const { length } = (entry.after as EndpointSlice).endpoints ?? [];
    return length <= most ? undefined : `${entry.key} holds ${length}`;
  });

const conditions = onWriteOf(
  ['EndpointSlice'],
  'E-S2',
  'an endpoint is serving, terminating and ready as the Pod is that its author saw',
  (entry, { seen }) => {
    if (!isSliceWrite(entry)) return undefined;
    const slice = entry.after as EndpointSlice;
    const service = seen.get<Service>('Service', serviceOf(slice));
    for (const { conditions: told, targetRef } of slice.endpoints ?? []) {
      const { namespace, name = '', uid } = targetRef ?? {};
      const pod = seen.get<Pod>('Pod', makeKey(namespace, name));
      if (pod?.metadata.uid !== uid) return `${entry.key} tells of ${name}, which is not there`;
      const serving = isPodReady(pod!);
      const terminating = pod!.metadata.deletionTimestamp !== undefined;
      const published = service?.spec.publishNotReadyAddresses === true;
      const ready = published || (serving && !terminating);
      const right =
        told.serving === serving && told.terminating === terminating && told.ready === ready;
      if (!right) return `${entry.key} tells ${JSON.stringify(told)} of ${name}`;
    }
    return undefined;
  },
);

const triggers = onWriteOf(
  ['EndpointSlice'],
  'E-S4',
  'the change that a slice is said to follow is one of its Service or of a Pod',
  (entry, { seen }) => {
    if (!isSliceWrite(entry)) return undefined;
    const slice = entry.after as EndpointSlice;
    const time = slice.metadata.annotations?.[triggerTimeAnnotation];
    const service = seen.get<Service>('Service', serviceOf(slice));
    if (time === undefined || time === service?.metadata.creationTimestamp) return undefined;
    const pods = seen.by<Pod>('Pod', 'namespace', slice.metadata.namespace ?? '');
    const isOfPod = pods.some((pod) => podCondition(pod, 'Ready')?.lastTransitionTime === time);
    return isOfPod ? undefined : `${entry.key} follows ${time}, when nothing happened`;
  },
);

const selecting = (now: View): readonly Service[] =>
  now
    .list<Service>('Service')
    .filter(
      ({ spec, metadata }) =>
        spec.selector !== undefined &&
        Object.keys(spec.selector).length > 0 &&
        metadata.deletionTimestamp === undefined,
    );

/** The Pods behind a Service that have an address: those that go included. */
const podsOf = ({ metadata, spec: { selector = {} } }: Service, now: View): readonly Pod[] =>
  now
    .by<Pod>('Pod', 'namespace', metadata.namespace ?? '')
    .filter(
      (pod) =>
        !isPodTerminal(pod) &&
        pod.status.podIP !== undefined &&
        Object.entries(selector).every(([name, value]) => pod.metadata.labels?.[name] === value),
    );

const managed = (now: View, manager: string, service: Service): readonly EndpointSlice[] =>
  now
    .list<EndpointSlice>('EndpointSlice')
    .filter((slice) => managerOf(slice) === manager && serviceOf(slice) === keyOf(service));

const ofService = 'endpointslice-controller.k8s.io';
const ofEndpoints = 'endpointslicemirroring-controller.k8s.io';

const endpointsIn = (slices: readonly EndpointSlice[]): readonly Endpoint[] =>
  slices.flatMap(({ endpoints }) => endpoints ?? []);

const once: Eventually = {
  id: 'E-S1',
  claim: 'at rest a Pod stands in one slice of its Service, once',
  holds({ now }) {
    for (const service of selecting(now)) {
      const told = new Set<string>();
      for (const { targetRef, addresses } of endpointsIn(managed(now, ofService, service))) {
        const one = `${targetRef?.name} at ${addresses[0]}`;
        if (told.has(one)) return `${service.metadata.name} tells of ${one} twice`;
        told.add(one);
      }
    }
    return undefined;
  },
};

/**
 * A controller follows the slices that it has written since it began; the deletion of another one wakes
 * it no more than in the real cluster.
 */
function forgotten({ simulation: { log } }: World): string | undefined {
  const written = new Set<string>();
  let hasRestarted = false;
  for (const entry of log.entries) {
    if (entry.type === 'fault' && entry.fault === 'crash') {
      hasRestarted = true;
      written.clear();
    }
    if (entry.type !== 'write' || entry.kind !== 'EndpointSlice') continue;
    if (entry.after !== undefined) written.add(entry.key);
    else if (hasRestarted && !written.has(entry.key)) {
      return 'a controller that was restarted does not hear that a slice is deleted which it has not written since';
    }
  }
  return undefined;
}

const complete: Eventually = {
  id: 'E-L1',
  known: forgotten,
  claim: 'at rest the slices of a Service tell of its Pods as they are, and of no others',
  holds({ now }) {
    for (const service of selecting(now)) {
      const { name } = service.metadata;
      const endpoints = endpointsIn(managed(now, ofService, service));
      const pods = podsOf(service, now);
      for (const pod of pods) {
        const told = endpoints.find(({ targetRef }) => targetRef?.uid === pod.metadata.uid);
        if (told === undefined) return `${name} does not tell of ${pod.metadata.name}`;
        const published = service.spec.publishNotReadyAddresses === true;
        if (told.conditions.ready !== (published || isPodReady(pod))) {
          return `${name} tells wrongly whether ${pod.metadata.name} is ready`;
        }
      }
      const other = endpoints.find(
        ({ targetRef }) => !pods.some(({ metadata }) => metadata.uid === targetRef?.uid),
      );
      if (other !== undefined) return `${name} tells of ${other.targetRef?.name}`;
    }
    return undefined;
  },
};

/** `name at ip`, of those that are ready or of those that are not. */
const told = ({ subsets = [] }: Endpoints, where: 'addresses' | 'notReadyAddresses') =>
  subsets
    .flatMap((subset) => subset[where] ?? [])
    .map(({ ip, targetRef }) => `${targetRef?.name} at ${ip}`);

const asList = (items: Iterable<string>): string => [...new Set(items)].sort().join(', ');

const endpointsComplete: Eventually = {
  id: 'E-L2',
  claim: 'at rest the Endpoints of a Service tell of its Pods, ready ones apart',
  holds({ now }): Judged {
    for (const service of selecting(now)) {
      const endpoints = now.get<Endpoints>('Endpoints', keyOf(service));
      if (endpoints === undefined) return `${service.metadata.name} has no Endpoints`;
      const { publishNotReadyAddresses: published, ports = [], clusterIP } = service.spec;
      const isTold = (pod: Pod) =>
        ports.some(({ targetPort }) => hasPort(pod, targetPort)) ||
        (ports.length === 0 && clusterIP === 'None');
      const wanted = (ready: boolean) =>
        podsOf(service, now)
          .filter((pod) => isTold(pod) && (published === true || isPodReady(pod)) === ready)
          .map(({ metadata, status }) => `${metadata.name} at ${status.podIP}`);
      for (const where of ['addresses', 'notReadyAddresses'] as const) {
        const [are, should] = [told(endpoints, where), wanted(where === 'addresses')].map(asList);
        if (are !== should) return `${service.metadata.name} has ${where} ${are}, not ${should}`;
      }
    }
    return undefined;
  },
};

const hasPort = ({ spec }: Pod, port: number | string | undefined): boolean =>
  typeof port !== 'string' ||
  spec.containers.some(({ ports = [] }) => ports.some(({ name }) => name === port));

const familyOf = (ip: string): AddressType => (ip.includes(':') ? 'IPv6' : 'IPv4');

const mirrored: Eventually = {
  id: 'E-L3',
  known: forgotten,
  claim: 'at rest Endpoints of a Service without a selector are mirrored, and nothing else is',
  holds({ now }) {
    for (const service of now.list<Service>('Service')) {
      const slices = managed(now, ofEndpoints, service);
      const endpoints = now.get<Endpoints>('Endpoints', keyOf(service));
      const isSource = service.spec.selector === undefined && endpoints !== undefined;
      const wanted = (isSource ? (endpoints.subsets ?? []) : []).flatMap(({ addresses, ports }) =>
        (addresses ?? []).map(({ ip }) => `${ip}:${ports?.[0]?.port} ${familyOf(ip)}`),
      );
      const are = slices.flatMap(({ endpoints: some, ports, addressType }) =>
        (some ?? []).map((one) => `${one.addresses[0]}:${ports?.[0]?.port} ${addressType}`),
      );
      if (asList(are) !== asList(wanted)) {
        return `the slices of ${service.metadata.name} mirror ${asList(are)}, not ${asList(wanted)}`;
      }
    }
    return undefined;
  },
};

const isByUser = ({ by: author }: WriteEntry): boolean => author === 'user';

export const endpointSlice: Properties = {
  always: [bounded(endpointsMax), conditions, triggers],
  eventually: [once, complete, endpointsComplete, mirrored],
  sometimes: [
    {
      id: 'E-W1',
      claim: 'a slice tells of a Pod on its way out',
      seen: (entry) =>
        entry.type === 'write' &&
        isSliceWrite(entry) &&
        ((entry.after as EndpointSlice).endpoints ?? []).some(
          ({ conditions: told }) => told.terminating === true,
        ),
    },
    {
      id: 'E-W2',
      claim: 'a slice that a user changed or deleted is made good',
      seen: (entry, { acting, simulation }) =>
        entry.type === 'write' &&
        isSliceWrite(entry) &&
        (acting?.pass.triggers ?? []).some((n) => {
          const cause = simulation.log.at(n);
          return cause?.type === 'write' && cause.kind === 'EndpointSlice' && isByUser(cause);
        }),
    },
    {
      id: 'E-W3',
      claim: 'a pass is refused because the cache shows an old slice',
      seen: (entry) =>
        entry.type === 'reconciled' &&
        entry.by === by &&
        JSON.stringify(entry).includes('informer cache is out of date'),
    },
    {
      id: 'E-W4',
      claim: 'a mirrored slice follows its Endpoints',
      seen: (entry) =>
        entry.type === 'write' &&
        entry.by === 'endpointslicemirroring-controller' &&
        entry.verb === 'update',
    },
  ],
};
