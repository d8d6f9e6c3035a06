/** Events: what components say about objects. Both recorders (core and events.k8s.io) fill it. */
import { eventColumns } from './columns/event.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';
import { filled } from './pod/poddefaults.ts';
import { invalid } from './validation/errors.ts';

export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

export interface Event extends KubeObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Event';
  readonly metadata: ObjectMeta;
  readonly involvedObject: ObjectReference;
  readonly related?: ObjectReference;
  readonly reason?: string;
  readonly message?: string;
  readonly action?: string;
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly count?: number;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly type?: string;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
}

export const eventKind: Kind<Event> = {
  kind: 'Event',
  apiVersion: 'v1',
  resource: 'events',
  shortNames: ['ev'],
  namespaced: true,
  subresources: [],
  hasStatus: false,
  createsOnUpdate: true,
  defaults: (event) =>
    filled(event, {
      involvedObject: event.involvedObject ?? {},
      source: event.source ?? {},
      firstTimestamp: event.firstTimestamp ?? null,
      lastTimestamp: event.lastTimestamp ?? null,
      eventTime: event.eventTime ?? null,
      reportingComponent: event.reportingComponent ?? '',
      reportingInstance: event.reportingInstance ?? '',
    }),
  validate: validateEvent,
  validateUpdate: validateEvent,
  columns: eventColumns,
  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || (reportingComponent ?? ''),
    type: ({ type }) => type ?? '',
  },
};

/** An Event lives where the object lives that it is about; cluster-scoped ones use `default`. */
function validateEvent({ metadata, involvedObject }: Event) {
  const { namespace = '' } = involvedObject;
  const agrees =
    namespace === '' ? metadata.namespace === 'default' : metadata.namespace === namespace;
  if (agrees) return [];
  return [invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
}
