/** The tables of kinds that have no file of their own (api-08 §3). */

import { listOf, mapping } from '../fields.ts';
import type { Labels } from '../meta.ts';
import type { LabelSelector } from '../pod/podspec.ts';
import { goSelector, selectorText } from '../selectors/selectortext.ts';
import { at, cell, size } from './cells.ts';
import {
  ageColumn,
  type Column,
  column,
  createdColumn,
  humanDuration,
  labelsText,
  nameColumn,
} from './column.ts';
import { deviceColumns } from './devices.ts';
import { flowControlColumns } from './flowcontrol.ts';

const count = (name: string, path: string): Column =>
  column(name, (object) => size(at(object, path)));

const yesNo = (name: string, path: string): Column =>
  column(name, (object) => at(object, path) === true);

/** The first three, and how many more. */
function some(texts: readonly string[]): string {
  if (texts.length === 0) return '<none>';
  const rest = texts.length - 3;
  return texts.slice(0, 3).join(',') + (rest > 0 ? ` + ${rest} more...` : '');
}

function endpointsOf(object: unknown): string {
  const subsets = listOf(at(object, 'subsets'));
  const all = subsets.flatMap(({ addresses, ports }) => {
    const ips = listOf(addresses).map(({ ip }) => String(ip));
    const numbers = listOf(ports).map(({ port }) => String(port));
    if (numbers.length === 0) return ips;
    return numbers.flatMap((port) =>
      ips.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`),
    );
  });
  return subsets.length > 0 && all.length === 0 ? '' : some(all);
}

/** The first three; of all rules after them it says how many, whether they name a host or not. */
function hostsOf(object: unknown): string {
  const rules = listOf(at(object, 'spec.rules'));
  const named = rules.flatMap(({ host }, i) => (host ? [{ host: String(host), i }] : []));
  if (named.length === 0) return '*';
  const hosts = named
    .slice(0, 3)
    .map(({ host }) => host)
    .join(',');
  const isMore = named.length >= 3 && named[2]!.i < rules.length - 1;
  return isMore ? `${hosts} + ${rules.length - 3} more...` : hosts;
}

const addressOf = (object: unknown): string =>
  listOf(at(object, 'status.loadBalancer.ingress'))
    .map(({ ip, hostname }) => String(ip || hostname || ''))
    .filter((text) => text !== '')
    .sort()
    .join(',');

const subjects = (name: string, kind: string): Column =>
  column(
    name,
    (object) =>
      listOf(at(object, 'subjects'))
        .filter((subject) => subject['kind'] === kind)
        .map(({ name: one, namespace }) =>
          kind === 'ServiceAccount' ? `${namespace}/${one}` : one,
        )
        .join(', '),
    true,
  );

const roleColumn: Column = column(
  'Role',
  (object) => `${at(object, 'roleRef.kind')}/${at(object, 'roleRef.name')}`,
);

const binding: readonly Column[] = [
  nameColumn,
  roleColumn,
  ageColumn,
  subjects('Users', 'User'),
  subjects('Groups', 'Group'),
  subjects('ServiceAccounts', 'ServiceAccount'),
];

const created: readonly Column[] = [nameColumn, createdColumn];
const webhooks: readonly Column[] = [nameColumn, count('Webhooks', 'webhooks'), ageColumn];

const quota = (name: string, limits: boolean): Column =>
  column(name, (object) =>
    Object.keys(mapping(at(object, 'status.hard')))
      .sort()
      .filter((resource) => resource.startsWith('limits.') === limits)
      .map((resource) => {
        const used = mapping(at(object, 'status.used'))[resource] ?? 0;
        return `${resource}: ${used}/${mapping(at(object, 'status.hard'))[resource]}`;
      })
      .join(', '),
  );

const texts = (name: string, path: string): Column =>
  column(name, (object) => {
    const list = at(object, path);
    return Array.isArray(list) && list.length > 0 ? list.join(',') : undefined;
  });

const containers = (object: unknown, field: string): string =>
  listOf(at(object, 'template.spec.containers'))
    .map((one) => one[field])
    .join(',');

/** As kubectl tells it: `Approved,Issued`. */
function certificateState(object: unknown): string {
  const types = listOf(at(object, 'status.conditions')).map(({ type }) => type);
  const decided = types.includes('Denied')
    ? 'Denied'
    : types.includes('Approved')
      ? 'Approved'
      : 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  return `${decided}${failed}${at(object, 'status.certificate') ? ',Issued' : ''}`;
}

const policy = (name: string, path: string): readonly Column[] => [
  nameColumn,
  count(name, path),
  column('ParamKind', (object) => {
    const { apiVersion, kind } = mapping(at(object, 'spec.paramKind'));
    return kind === undefined ? '<unset>' : `${apiVersion}/${kind}`;
  }),
  ageColumn,
];

const policyBinding: readonly Column[] = [
  nameColumn,
  cell('PolicyName', 'spec.policyName', ''),
  column('ParamRef', (object) => {
    const { name, namespace = '*', selector } = mapping(at(object, 'spec.paramRef'));
    if (name) return `${namespace}/${name}`;
    return selector === undefined ? '<unset>' : goSelector(selector as LabelSelector);
  }),
  ageColumn,
];

export const genericColumns: Readonly<Record<string, readonly Column[]>> = {
  ...flowControlColumns,
  ...deviceColumns,
  Endpoints: [nameColumn, column('Endpoints', endpointsOf), ageColumn],
  LimitRange: created,
  Role: created,
  ClusterRole: created,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  ResourceQuota: [nameColumn, quota('Request', false), quota('Limit', true), ageColumn],
  Ingress: [
    nameColumn,
    cell('Class', 'spec.ingressClassName'),
    column('Hosts', hostsOf),
    column('Address', addressOf),
    column('Ports', (object) => (size(at(object, 'spec.tls')) > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  IngressClass: [
    nameColumn,
    cell('Controller', 'spec.controller'),
    column('Parameters', (object) => {
      const { kind, apiGroup, name } = mapping(at(object, 'spec.parameters'));
      return kind === undefined ? undefined : `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
    }),
    ageColumn,
  ],
  NetworkPolicy: [
    nameColumn,
    column(
      'Pod-Selector',
      (object) => selectorText(at(object, 'spec.podSelector') as LabelSelector) || '<none>',
    ),
    ageColumn,
  ],
  RuntimeClass: [nameColumn, cell('Handler', 'handler'), ageColumn],
  CSINode: [nameColumn, count('Drivers', 'spec.drivers'), ageColumn],
  CSIStorageCapacity: created,
  CSIDriver: [
    nameColumn,
    column('AttachRequired', (object) => at(object, 'spec.attachRequired') !== false),
    yesNo('PodInfoOnMount', 'spec.podInfoOnMount'),
    yesNo('StorageCapacity', 'spec.storageCapacity'),
    column('TokenRequests', (object) => {
      const audiences = listOf(at(object, 'spec.tokenRequests')).map(({ audience }) => audience);
      return audiences.length === 0 ? '<unset>' : audiences.join(',');
    }),
    yesNo('RequiresRepublish', 'spec.requiresRepublish'),
    texts('Modes', 'spec.volumeLifecycleModes'),
    ageColumn,
  ],
  VolumeAttributesClass: [nameColumn, cell('DriverName', 'driverName'), ageColumn],
  PodTemplate: [
    nameColumn,
    column('Containers', (object) => containers(object, 'name')),
    column('Images', (object) => containers(object, 'image')),
    column('Pod Labels', (object) => labelsText(at(object, 'template.metadata.labels') as Labels)),
  ],
  CertificateSigningRequest: [
    nameColumn,
    ageColumn,
    cell('SignerName', 'spec.signerName'),
    cell('Requestor', 'spec.username', ''),
    column('RequestedDuration', (object) => {
      const seconds = at(object, 'spec.expirationSeconds');
      return typeof seconds === 'number' ? humanDuration(seconds * 1000) : undefined;
    }),
    column('Condition', certificateState),
  ],
  EndpointSlice: [
    nameColumn,
    cell('AddressType', 'addressType', ''),
    column('Ports', (object) => {
      const ports = listOf(at(object, 'ports')).map(({ port, name }) => port ?? name ?? '*');
      return ports.length === 0 ? '<unset>' : some(ports.map(String)) || '<unset>';
    }),
    column('Endpoints', (object) => {
      const addresses = listOf(at(object, 'endpoints')).flatMap((one) => one['addresses'] ?? []);
      return addresses.length === 0 ? '<unset>' : some(addresses.map(String));
    }),
    ageColumn,
  ],
  IPAddress: [
    nameColumn,
    column('ParentRef', (object) => {
      const { group, resource, namespace, name } = mapping(at(object, 'spec.parentRef'));
      const what = (group ? `${resource}.${group}` : String(resource)).toLowerCase();
      return [what, ...(namespace ? [namespace] : []), name].join('/');
    }),
  ],
  ServiceCIDR: [nameColumn, texts('CIDRs', 'spec.cidrs'), ageColumn],
  ValidatingAdmissionPolicy: policy('Validations', 'spec.validations'),
  MutatingAdmissionPolicy: policy('Mutations', 'spec.mutations'),
  ValidatingAdmissionPolicyBinding: policyBinding,
  MutatingAdmissionPolicyBinding: policyBinding,
  APIService: [
    nameColumn,
    column('Service', (object) => {
      const { namespace, name } = mapping(at(object, 'spec.service'));
      return name === undefined ? 'Local' : `${namespace}/${name}`;
    }),
    column('Available', (object) => {
      const conditions = listOf(at(object, 'status.conditions'));
      const { status, reason } = conditions.find(({ type }) => type === 'Available') ?? {};
      if (status === undefined) return 'Unknown';
      return status === 'True' ? 'True' : `${status} (${reason})`;
    }),
    ageColumn,
  ],
  ValidatingWebhookConfiguration: webhooks,
  MutatingWebhookConfiguration: webhooks,
};
