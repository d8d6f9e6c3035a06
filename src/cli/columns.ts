/** The columns that kubectl shows of each kind (api-08). */
import type { Deployment } from '../api/deployment.ts';
import type { Event } from '../api/event.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import type { ReplicaSet } from '../api/replicaset.ts';
import { parseTimestamp } from '../api/time.ts';

export interface Column {
  readonly name: string;
  readonly wide?: true;
  readonly cell: (object: KubeObject, now: number) => string;
}

const of = <T extends KubeObject>(
  name: string,
  cell: (object: T, now: number) => string | number | undefined,
  wide?: true,
): Column => ({
  name,
  cell: (object, now) => String(cell(object as T, now) ?? '<none>'),
  ...(wide ? { wide } : {}),
});

const nameColumn = of('NAME', ({ metadata }) => metadata.name);
const age = of('AGE', ({ metadata }, now) =>
  ageText(now - parseTimestamp(metadata.creationTimestamp)),
);

/** As kubectl writes durations: two units at most. */
export function ageText(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return `${s}s`;
  const m = Math.floor(s / 60);
  if (m < 10) return s % 60 === 0 ? `${m}m` : `${m}m${s % 60}s`;
  if (m < 180) return `${m}m`;
  const h = Math.floor(m / 60);
  if (h < 8) return m % 60 === 0 ? `${h}h` : `${h}h${m % 60}m`;
  if (h < 48) return `${h}h`;
  const d = Math.floor(h / 24);
  return d < 8 && h % 24 !== 0 ? `${d}d${h % 24}h` : `${d}d`;
}

const containersOf = (object: Deployment | ReplicaSet, field: 'name' | 'image'): string =>
  object.spec.template.spec.containers.map((container) => container[field]).join(',');

const selectorText = ({ spec }: Deployment | ReplicaSet): string =>
  Object.entries(spec.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

const byKind: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    nameColumn,
    of<Pod>('READY', ({ spec, status }) => {
      const ready = (status.containerStatuses ?? []).filter((container) => container.ready).length;
      return `${ready}/${spec.containers.length}`;
    }),
    of<Pod>('STATUS', podStatusText),
    of<Pod>('RESTARTS', ({ status }) =>
      (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
    ),
    age,
    of<Pod>('IP', ({ status }) => status.podIP, true),
    of<Pod>('NODE', ({ spec }) => spec.nodeName, true),
    of<Pod>('NOMINATED NODE', ({ status }) => status.nominatedNodeName, true),
    of<Pod>('READINESS GATES', ({ spec }) => spec.readinessGates?.length, true),
  ],
  Deployment: [
    nameColumn,
    of<Deployment>('READY', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas}`),
    of<Deployment>('UP-TO-DATE', ({ status }) => status.updatedReplicas ?? 0),
    of<Deployment>('AVAILABLE', ({ status }) => status.availableReplicas ?? 0),
    age,
    of<Deployment>('CONTAINERS', (object) => containersOf(object, 'name'), true),
    of<Deployment>('IMAGES', (object) => containersOf(object, 'image'), true),
    of<Deployment>('SELECTOR', selectorText, true),
  ],
  ReplicaSet: [
    nameColumn,
    of<ReplicaSet>('DESIRED', ({ spec }) => spec.replicas),
    of<ReplicaSet>('CURRENT', ({ status }) => status.replicas),
    of<ReplicaSet>('READY', ({ status }) => status.readyReplicas ?? 0),
    age,
    of<ReplicaSet>('CONTAINERS', (object) => containersOf(object, 'name'), true),
    of<ReplicaSet>('IMAGES', (object) => containersOf(object, 'image'), true),
    of<ReplicaSet>('SELECTOR', selectorText, true),
  ],
  Node: [
    nameColumn,
    of<Node>('STATUS', ({ spec, status }) => {
      const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status;
      const words = [ready === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady'];
      if (spec.unschedulable === true) words.push('SchedulingDisabled');
      return words.join(',');
    }),
    of<Node>('ROLES', () => undefined),
    age,
    of<Node>('VERSION', ({ status }) => status.nodeInfo?.kubeletVersion),
  ],
  Event: [
    of<Event>('LAST SEEN', ({ lastTimestamp, eventTime, metadata }, now) =>
      ageText(now - parseTimestamp(lastTimestamp ?? eventTime ?? metadata.creationTimestamp)),
    ),
    of<Event>('TYPE', ({ type }) => type),
    of<Event>('REASON', ({ reason }) => reason),
    of<Event>(
      'OBJECT',
      ({ involvedObject: { kind = '', name } }) => `${kind.toLowerCase()}/${name}`,
    ),
    of<Event>('MESSAGE', ({ message }) => message),
  ],
  Namespace: [nameColumn, of('STATUS', ({ status }) => (status as { phase?: string }).phase), age],
};

export const columnsOf = (kind: string): readonly Column[] => byKind[kind] ?? [nameColumn, age];

/** The STATUS of a Pod: not its phase, but what its containers say. */
export function podStatusText({ metadata, status }: Pod): string {
  let text = status.reason ?? status.phase ?? '';
  const gated = status.conditions?.some(({ reason }) => reason === 'SchedulingGated');
  if (gated === true) text = 'SchedulingGated';
  for (const { state } of [...(status.containerStatuses ?? [])].reverse()) {
    const { waiting, terminated } = state ?? {};
    if (waiting?.reason) text = waiting.reason;
    else if (terminated?.reason) text = terminated.reason;
    else if (terminated !== undefined) {
      text = terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
    }
  }
  return metadata.deletionTimestamp === undefined ? text : 'Terminating';
}
