/** The table of Services (api-08 §3, §5). */
import type { Service, ServicePort } from '../service/service.ts';
import { ageColumn, type Column, column, labelsText, nameColumn } from './column.ts';

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  column('Type', ({ spec }) => spec.type),
  column('Cluster-IP', ({ spec }) => spec.clusterIPs?.[0] || spec.clusterIP || undefined),
  column('External-IP', externalAddress),
  column('Port(s)', ({ spec }) => (spec.ports ?? []).map(portText).join(',') || '<none>'),
  ageColumn,
  column('Selector', ({ spec }) => labelsText(spec.selector), true),
];

const portText = ({ port, nodePort, protocol = 'TCP' }: ServicePort): string =>
  nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;

function externalAddress({ spec, status }: Service): string {
  const { type, externalIPs = [], externalName } = spec;
  if (type === 'ExternalName') return externalName ?? '';
  if (type !== 'LoadBalancer') return externalIPs.join(',') || '<none>';
  const ingress = status?.loadBalancer?.ingress ?? [];
  const given = new Set(ingress.map(({ ip, hostname }) => ip || hostname || ''));
  given.delete('');
  return [...[...given].sort(), ...externalIPs].join(',') || '<pending>';
}
