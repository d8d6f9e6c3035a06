/**
 * Writes down a run as a real control plane is recorded: every watch event, every write request,
 * and what is there at the end.
 */
import { kindIn } from '../api/custom/index.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Request, Response } from '../apiserver/request.ts';
import type { Actor, WriteEntry } from '../log/entry.ts';
import { removed } from '../sim/reflector.ts';
import type { Simulation } from '../sim/simulation.ts';

export interface RecordedWatchEvent {
  readonly t: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface RecordedWrite {
  readonly t: number;
  readonly by: Actor;
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  /** Absent: it is about a collection. */
  readonly name?: string;
  readonly code: number;
  readonly request?: unknown;
  readonly reason?: string;
  readonly message?: string;
}

export interface Recording {
  readonly watch: readonly RecordedWatchEvent[];
  readonly writes: readonly RecordedWrite[];
  readonly final: Readonly<Record<string, readonly KubeObject[]>>;
}

/** Kinds that the recordings list at the end, whether there are any or not. */
export const finalKinds = [
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Service',
  'EndpointSlice',
  'ControllerRevision',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'Node',
  'Namespace',
  'ResourceQuota',
];

const leftOut = new Set(['Event', 'Lease']);

export class RunRecorder {
  readonly #simulation: Simulation;
  readonly #writes: RecordedWrite[] = [];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    simulation.api.onRequest = (request, by, response) => this.#note(request, by, response);
  }

  recording(): Recording {
    const { log, store } = this.#simulation;
    const watch = log.entries.flatMap((entry) =>
      entry.type === 'write' && isTold(entry) ? [watchEventOf(entry)] : [],
    );
    const view = store.view();
    const final = Object.fromEntries(finalKinds.map((kind) => [kind, view.list(kind)]));
    return { watch, writes: this.#writes, final };
  }

  #note(request: Request, by: Actor, response: Response): void {
    if (request.verb === 'get' || request.verb === 'list') return;
    const kind = kindIn(request.kind, this.#simulation.store.view());
    if (kind === undefined || leftOut.has(request.kind)) return;
    if (request.kind === 'Node' && by.startsWith('kubelet/')) return;
    const { name, namespace } = identityOf(request, response);
    const subresource = 'subresource' in request ? request.subresource : undefined;
    const body = bodyOf(request);
    this.#writes.push({
      t: this.#simulation.now,
      by,
      verb: request.verb,
      resource: kind.resource,
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      code: response.ok ? (request.verb === 'create' ? 201 : 200) : response.status.code,
      ...(body === undefined ? {} : { request: body }),
      ...(response.ok ? {} : { reason: response.status.reason, message: response.status.message }),
    });
  }
}

function identityOf(request: Request, response: Response): { name?: string; namespace?: string } {
  if (request.verb === 'deletecollection') {
    return request.namespace === undefined ? {} : { namespace: request.namespace };
  }
  if ('name' in request) {
    return { name: request.name, ...(request.namespace ? { namespace: request.namespace } : {}) };
  }
  const object = response.ok ? response.object : 'object' in request ? request.object : undefined;
  const { name = '', namespace } = (object as KubeObject | undefined)?.metadata ?? {};
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

function bodyOf(request: Request): unknown {
  switch (request.verb) {
    case 'create':
    case 'update':
      return request.object;
    case 'patch':
      return request.patch;
    case 'delete':
    case 'deletecollection':
      return { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...request.options };
    default:
      return undefined;
  }
}

/** Leases are not told, nor Nodes that only say that they are alive. */
function isTold({ kind, before, after }: WriteEntry): boolean {
  if (kind === 'Lease') return false;
  if (kind !== 'Node' || before === undefined || after === undefined) return true;
  return before.spec !== after.spec || before.metadata.labels !== after.metadata.labels;
}

function watchEventOf({ t, before, after, revision }: WriteEntry): RecordedWatchEvent {
  if (after === undefined) return { t, type: 'DELETED', object: removed(before!, revision) };
  return { t, type: before === undefined ? 'ADDED' : 'MODIFIED', object: after };
}
