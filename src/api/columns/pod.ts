/** The table of Pods: a STATUS that is not the phase, but what the containers say (api-08 §4). */
import type { ContainerStatus, Pod } from '../pod/pod.ts';
import type { Container } from '../pod/podspec.ts';
import { podCondition } from '../pod/podstatus.ts';
import { parseTimestamp } from '../time.ts';
import { ageColumn, type Column, column, humanDuration, nameColumn } from './column.ts';

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  column('Ready', (pod) => {
    const { ready, total } = summaryOf(pod);
    return `${ready}/${total}`;
  }),
  column('Status', (pod) => summaryOf(pod).text),
  column('Restarts', (pod, now) => {
    const { restarts, lastFinishedMs } = summaryOf(pod);
    if (restarts === 0 || lastFinishedMs === undefined) return String(restarts);
    return `${restarts} (${humanDuration(now - lastFinishedMs)} ago)`;
  }),
  ageColumn,
  column('IP', ({ status }) => status.podIPs?.[0]?.ip || status.podIP || undefined, true),
  column('Node', ({ spec }) => spec.nodeName || undefined, true),
  column('Nominated Node', ({ status }) => status.nominatedNodeName || undefined, true),
  column(
    'Readiness Gates',
    (pod) => {
      const gates = pod.spec.readinessGates ?? [];
      if (gates.length === 0) return undefined;
      const open = gates.filter(
        ({ conditionType }) => podCondition(pod, conditionType)?.status === 'True',
      );
      return `${open.length}/${gates.length}`;
    },
    true,
  ),
];

interface Summary {
  text: string;
  ready: number;
  readonly total: number;
  restarts: number;
  /** When a container last ended, simulated milliseconds. */
  lastFinishedMs: number | undefined;
}

interface Restarts {
  restarts: number;
  last: number | undefined;
}

const isSidecar = (container: Container | undefined): boolean =>
  container?.restartPolicy === 'Always';

function summaryOf(pod: Pod): Summary {
  const { spec, status, metadata } = pod;
  const { initContainers = [], containers } = spec;
  const gated = podCondition(pod, 'PodScheduled')?.reason === 'SchedulingGated';
  const summary: Summary = {
    text: gated ? 'SchedulingGated' : status.reason || status.phase || '',
    ready: 0,
    total: containers.length + initContainers.filter(isSidecar).length,
    restarts: 0,
    lastFinishedMs: undefined,
  };
  const sidecars: Restarts = { restarts: 0, last: undefined };
  const initializing = addInitContainers(pod, summary, sidecars);
  if (!initializing || podCondition(pod, 'Initialized')?.status === 'True') {
    summary.restarts = sidecars.restarts;
    summary.lastFinishedMs = sidecars.last;
    addContainers(pod, summary);
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') summary.text = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') {
      summary.text = 'Terminating';
    }
  }
  return summary;
}

/** Whether one of them is not done yet. What sidecars did counts on, what others did does not. */
function addInitContainers({ spec, status }: Pod, summary: Summary, kept: Restarts): boolean {
  const { initContainers = [] } = spec;
  for (const [i, one] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = isSidecar(initContainers.find(({ name }) => name === one.name));
    count(one, summary);
    if (sidecar) {
      kept.restarts += one.restartCount;
      kept.last = later(kept.last, lastFinished(one));
    }
    if (one.state?.terminated?.exitCode === 0) continue;
    if (sidecar && one.started === true) {
      if (one.ready) summary.ready += 1;
      continue;
    }
    const { terminated, waiting } = one.state ?? {};
    if (terminated !== undefined) {
      summary.text = `Init:${terminated.reason || endText(terminated)}`;
    } else if (waiting?.reason && waiting.reason !== 'PodInitializing') {
      summary.text = `Init:${waiting.reason}`;
    } else summary.text = `Init:${i}/${initContainers.length}`;
    return true;
  }
  return false;
}

function addContainers(pod: Pod, summary: Summary): void {
  let hasRunning = false;
  for (const one of [...(pod.status.containerStatuses ?? [])].reverse()) {
    count(one, summary);
    const { waiting, terminated, running } = one.state ?? {};
    if (waiting?.reason) summary.text = waiting.reason;
    else if (terminated !== undefined) summary.text = terminated.reason || endText(terminated);
    else if (one.ready && running !== undefined) {
      hasRunning = true;
      summary.ready += 1;
    }
  }
  if (summary.text === 'Completed' && hasRunning) {
    summary.text = podCondition(pod, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
  }
}

function count(status: ContainerStatus, summary: Summary): void {
  summary.restarts += status.restartCount;
  summary.lastFinishedMs = later(summary.lastFinishedMs, lastFinished(status));
}

const lastFinished = ({ lastState }: ContainerStatus): number | undefined => {
  const at = lastState?.terminated?.finishedAt;
  return at === undefined || at === null ? undefined : parseTimestamp(at);
};

const later = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

const endText = ({ exitCode, signal }: { exitCode: number; signal?: number }): string =>
  signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
