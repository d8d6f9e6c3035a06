/** The table of Events (api-08 §3). */
import type { Event } from '../event.ts';
import { ageOf, type Column, column } from './column.ts';

const firstSeen = ({ firstTimestamp, eventTime }: Event, now: number): string =>
  ageOf(firstTimestamp ?? eventTime ?? undefined, now);

function lastSeen(event: Event, now: number): string {
  const { series, lastTimestamp } = event;
  if (series !== undefined) return ageOf(series.lastObservedTime, now);
  return lastTimestamp ? ageOf(lastTimestamp, now) : firstSeen(event, now);
}

export const eventColumns: readonly Column<Event>[] = [
  column('Last Seen', lastSeen),
  column('Type', ({ type }) => type ?? ''),
  column('Reason', ({ reason }) => reason ?? ''),
  column('Object', ({ involvedObject: { kind = '', name } }) =>
    name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
  ),
  column('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? '', true),
  column(
    'Source',
    ({ source, reportingComponent = '', reportingInstance = '' }) => {
      const component = source?.component || reportingComponent;
      const instance = source?.host || reportingInstance;
      return instance === '' ? component : `${component}, ${instance}`;
    },
    true,
  ),
  column('Message', ({ message = '' }) => message.trim()),
  column('First Seen', firstSeen, true),
  column('Count', ({ series, count }) => series?.count ?? (count || 1), true),
  column('Name', ({ metadata }) => metadata.name, true),
];
