/** ComponentStatuses: whether what belongs to the control plane answers, found out when it is asked for. */
import { column, nameColumn } from '../api/columns/column.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { rejection } from '../api/status.ts';
import type { Request, Response } from '../apiserver/request.ts';
import { refused } from '../apiserver/request.ts';
import { selectionOf } from '../apiserver/selection.ts';
import type { Cluster } from '../sim/cluster.ts';

/** Components that serve their health, and the ports where the API server looks. */
const ports = { 'controller-manager': 10257, scheduler: 10259 } as const;

interface ComponentStatus extends KubeObject {
  readonly conditions: readonly [{ readonly status: 'True' | 'False'; readonly message: string }];
}

const healthOf = ({ conditions: [{ status }] }: ComponentStatus): string =>
  status === 'True' ? 'Healthy' : 'Unhealthy';

/** A kind that is not stored: it can only be looked at. */
export const componentStatusKind: Kind<ComponentStatus> = {
  kind: 'ComponentStatus',
  apiVersion: 'v1',
  resource: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  subresources: [],
  hasStatus: false,
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    column('Status', healthOf),
    column('Message', ({ conditions: [{ message }] }) => message),
    column('Error', () => ''),
  ],
  defaults: (object) => object as ComponentStatus,
  validate: () => [],
  validateUpdate: () => [],
};

export function componentStatuses(request: Request, cluster: Cluster): Response {
  if (request.verb === 'list') {
    const selection = selectionOf(request, componentStatusKind as unknown as Kind);
    if (!selection.ok) return refused(selection.status);
    const items = statusesOf(cluster).filter(selection.matches);
    return { ok: true, list: { items, resourceVersion: '' } };
  }
  const name = request.verb === 'get' ? request.name : '';
  const object = statusesOf(cluster).find(({ metadata }) => metadata.name === name);
  if (object !== undefined) return { ok: true, object };
  return refused(rejection('', `Component not found: ${name}`));
}

function statusesOf(cluster: Cluster): readonly ComponentStatus[] {
  const components = Object.entries(ports).map(([name, port]) =>
    statusOf(name, isUp(`kube-${name}`, cluster) ? undefined : refusalAt(port)),
  );
  return [...components, statusOf('etcd-0')];
}

/** Of several candidates one is enough: it answers at that port. */
const isUp = (name: string, { simulation }: Cluster): boolean =>
  simulation.processes.some(
    (process) => process.name === name || process.name.startsWith(`${name}-`),
  );

const refusalAt = (port: number): string =>
  `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`;

function statusOf(name: string, refusal?: string): ComponentStatus {
  const status = refusal === undefined ? 'True' : 'False';
  return {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name },
    conditions: [{ type: 'Healthy', status, message: refusal ?? 'ok' }],
  } as unknown as ComponentStatus;
}
