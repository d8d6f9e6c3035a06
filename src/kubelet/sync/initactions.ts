/**
 * Which init containers and sidecars one sync starts and kills (kubelet-01).
 *
 * The list is walked from its end: the furthest one that the runtime knows decides, because records
 * of those that completed may be gone. The sidecars before it are kept alive besides.
 */
import type { PodSpec } from '../../api/pod/podspec.ts';
import { isSidecar, mayRestart, restartsAfter } from '../../api/pod/restartpolicy.ts';
import type { ProbeResult } from '../probes/probe.ts';
import { type ContainerRecord, recordOf } from '../runtime/cri.ts';
import type { ContainerKill } from './podactions.ts';

export type KillReason = 'Unknown' | 'LivenessProbe' | 'StartupProbe';

/** The last results by container id; undefined while there is none. */
export interface ProbeResults {
  startup(id: string): ProbeResult | undefined;
  liveness(id: string): ProbeResult | undefined;
}

export interface InitActions {
  readonly initialized: boolean;
  readonly killPod: boolean;
  readonly toStart: readonly number[];
  readonly toKill: readonly ContainerKill[];
}

const nothing: readonly never[] = [];
const doneAlready: InitActions = {
  initialized: true,
  killPod: false,
  toStart: nothing,
  toKill: nothing,
};
const hopeless: InitActions = {
  initialized: false,
  killPod: true,
  toStart: nothing,
  toKill: nothing,
};

/** Whether a regular container has run, or is just about to: then all init containers have too. */
export const hasStartedRegular = (
  { containers }: PodSpec,
  records: readonly ContainerRecord[],
): boolean =>
  containers.some(({ name }) => {
    const state = recordOf(records, name)?.state;
    return state === 'running' || state === 'created';
  });

/** Whether a regular container was ever made: then all init containers have done their work. */
export const hasCreatedRegular = (
  { containers }: PodSpec,
  records: readonly ContainerRecord[],
): boolean =>
  containers.some(({ name }) => {
    const record = recordOf(records, name);
    return record !== undefined && record.state !== 'unknown';
  });

export function initActions(
  spec: PodSpec,
  records: readonly ContainerRecord[],
  probes: ProbeResults,
): InitActions {
  const list = spec.initContainers ?? nothing;
  if (list.length === 0) return doneAlready;
  let initialized = hasStartedRegular(spec, records);
  /** One further on was found in the runtime: this one only has to be kept alive. */
  let passed = initialized;
  const toStart: number[] = [];
  const toKill: ContainerKill[] = [];
  for (let place = list.length - 1; place >= 0; place--) {
    const container = list[place]!;
    const sidecar = isSidecar(container);
    const record = recordOf(records, container.name);
    if (record === undefined) {
      if (passed && sidecar) toStart.push(place);
      continue;
    }
    if (passed && !sidecar) continue;
    const isLast = place === list.length - 1;
    const next = () => {
      if (isLast) initialized = true;
      else if (!passed) toStart.push(place + 1);
    };
    const startAgain = (kill?: ContainerKill) => {
      if (kill !== undefined) toKill.push(kill);
      toStart.push(place);
    };
    if (record.state === 'created') startAgain();
    else if (record.state === 'running') {
      if (sidecar) runningSidecar(record);
    } else if (record.state === 'exited') {
      if (sidecar) startAgain();
      else if (record.exitCode === 0) next();
      else if (restartsAfter(container, spec.restartPolicy, record.exitCode ?? 0)) startAgain();
      else return hopeless;
    } else if (sidecar || mayRestart(container, spec.restartPolicy)) {
      const message = `Init container is in "${record.state}" state, try killing it before restart`;
      startAgain(killOf(record, { message, reason: 'Unknown' }));
    } else return hopeless;
    passed = true;

    function runningSidecar(running: ContainerRecord): void {
      const started = container.startupProbe === undefined ? 'Success' : probes.startup(running.id);
      if (started === 'Success') next();
      else if (started !== 'Failure') return;
      const why = reasonToKill(running, started, probes);
      if (why !== undefined) startAgain(killOf(running, why));
    }
  }
  if (!passed) toStart.push(0);
  toStart.reverse();
  return { initialized, killPod: false, toStart, toKill };
}

export const resizeNeedsRestart = (container: string): string =>
  `Container ${container} resize requires restart`;

type Why = Pick<ContainerKill, 'message' | 'reason'>;

const killOf = ({ id, name }: ContainerRecord, why: Why): ContainerKill => ({ id, name, ...why });

/** Why a running sidecar is killed; that it is started again goes without saying. */
function reasonToKill(
  { id, name, specChanged, mustRestart }: ContainerRecord,
  started: ProbeResult,
  probes: ProbeResults,
): Why | undefined {
  if (started === 'Failure') {
    return { message: `Init container ${name} failed startup probe`, reason: 'StartupProbe' };
  }
  if (specChanged === true) {
    return { message: `Init container ${name} definition changed`, reason: 'Unknown' };
  }
  if (probes.liveness(id) === 'Failure') {
    return { message: `Init container ${name} failed liveness probe`, reason: 'LivenessProbe' };
  }
  return mustRestart === true
    ? { message: resizeNeedsRestart(name), reason: 'Unknown' }
    : undefined;
}
