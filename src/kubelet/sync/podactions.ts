/**
 * What one sync of a Pod has to do (kubelet-01): the sandbox, the containers to start and to kill.
 * Upstream's computePodActions: a pure function of the spec, the runtime's records and the probes.
 */
import type { Container, PodSpec } from '../../api/pod/podspec.ts';
import { mayRestart } from '../../api/pod/restartpolicy.ts';
import { type ContainerRecord, type PodRecords, recordOf } from '../runtime/cri.ts';
import {
  hasCreatedRegular,
  initActions,
  type KillReason,
  type ProbeResults,
  resizeNeedsRestart,
} from './initactions.ts';
import { shouldBeRestarted } from './restart.ts';
import { sandboxNeed } from './sandbox.ts';

export interface ContainerKill {
  readonly id: string;
  readonly name: string;
  readonly message: string;
  readonly reason: KillReason;
}

/** Numbers are places in the lists of the spec. */
export interface PodActions {
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  readonly attempt: number;
  readonly ephemeralToStart: readonly number[];
  readonly initToStart: readonly number[];
  readonly toStart: readonly number[];
  readonly toKill: readonly ContainerKill[];
}

const none: readonly never[] = [];

export function podActions(
  spec: PodSpec,
  isDeleting: boolean,
  records: PodRecords,
  probes: ProbeResults,
): PodActions {
  const { isNeeded, attempt } = sandboxNeed(spec, records.sandboxes);
  const idle: PodActions = {
    killPod: false,
    createSandbox: false,
    attempt,
    ephemeralToStart: none,
    initToStart: none,
    toStart: none,
    toKill: none,
  };
  if (isNeeded) return { ...idle, ...withNewSandbox(spec, attempt, records.containers) };

  const ephemeralToStart =
    spec.ephemeralContainers === undefined
      ? none
      : placesOf(
          spec.ephemeralContainers,
          ({ name }) => recordOf(records.containers, name) === undefined,
        );
  const init = initActions(spec, records.containers, probes);
  if (init.killPod || !init.initialized) {
    const { killPod, toStart: initToStart, toKill } = init;
    return { ...idle, ephemeralToStart, killPod, initToStart, toKill };
  }
  const toStart: number[] = [];
  const toKill = [...init.toKill];
  let kept = 0;
  spec.containers.forEach((container, place) => {
    const record = recordOf(records.containers, container.name);
    if (record?.state !== 'running') {
      if (!shouldBeRestarted(container, spec.restartPolicy, record, isDeleting)) return;
      toStart.push(place);
      if (record?.state === 'unknown') toKill.push(unknownKill(record));
      return;
    }
    const why = reasonToKill(container, record, probes);
    if (why === undefined) {
      kept += 1;
      return;
    }
    const restarts = why.reason === 'Unknown' || mayRestart(container, spec.restartPolicy);
    if (restarts) toStart.push(place);
    const isSaid = !restarts || record.mustRestart === true;
    const message = isSaid ? why.message : `${why.message}, will be restarted`;
    toKill.push({ id: record.id, name: container.name, message, reason: why.reason });
  });
  // Sidecars must not keep a Pod alive of which nothing else is left.
  if (kept === 0 && toStart.length === 0)
    return { ...idle, ephemeralToStart, killPod: true, toKill };
  return { ...idle, ephemeralToStart, initToStart: init.toStart, toStart, toKill };
}

function withNewSandbox(
  spec: PodSpec,
  attempt: number,
  records: readonly ContainerRecord[],
): Partial<PodActions> {
  const kill = { killPod: true };
  const ranBefore = attempt !== 0 && records.length > 0;
  if (ranBefore && !anyMayRestart(spec)) return kill;
  const toStart = placesOf(
    spec.containers,
    (container) =>
      (container.restartPolicy ?? spec.restartPolicy) !== 'OnFailure' ||
      !succeeded(container, records),
  );
  if (toStart.length === 0 && hasCreatedRegular(spec, records)) return kill;
  if ((spec.initContainers ?? none).length > 0) {
    return { killPod: true, createSandbox: true, initToStart: [0] };
  }
  return { killPod: true, createSandbox: true, toStart };
}

const anyMayRestart = ({ containers, restartPolicy }: PodSpec): boolean =>
  restartPolicy !== 'Never' ||
  containers.some(
    (container) =>
      (container.restartPolicy ?? 'Never') !== 'Never' ||
      (container.restartPolicyRules ?? none).length > 0,
  );

function succeeded({ name }: Container, records: readonly ContainerRecord[]): boolean {
  const record = recordOf(records, name);
  return record?.state === 'exited' && record.exitCode === 0;
}

function placesOf<T>(items: readonly T[], wanted: (item: T) => boolean): readonly number[] {
  const places: number[] = [];
  items.forEach((item, place) => {
    if (wanted(item)) places.push(place);
  });
  return places;
}

/** Why a running container is killed. A new definition is started whatever the restart policy. */
function reasonToKill(
  { name }: Container,
  record: ContainerRecord,
  probes: ProbeResults,
): { readonly message: string; readonly reason: KillReason } | undefined {
  if (record.specChanged === true) {
    return { message: `Container ${name} definition changed`, reason: 'Unknown' };
  }
  if (probes.liveness(record.id) === 'Failure') {
    return { message: `Container ${name} failed liveness probe`, reason: 'LivenessProbe' };
  }
  if (probes.startup(record.id) === 'Failure') {
    return { message: `Container ${name} failed startup probe`, reason: 'StartupProbe' };
  }
  if (record.mustRestart === true) {
    return { message: resizeNeedsRestart(name), reason: 'Unknown' };
  }
  return undefined;
}

const unknownKill = ({ id, name, state }: ContainerRecord): ContainerKill => ({
  id,
  name,
  message: `Container is in "${state}" state, try killing it before restart`,
  reason: 'Unknown',
});
