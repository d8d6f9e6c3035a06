/** The table of Nodes (api-08 §6). */
import type { Node } from '../node.ts';
import { readyOf } from '../nodestatus.ts';
import { ageColumn, type Column, column, nameColumn } from './column.ts';

export const nodeColumns: readonly Column<Node>[] = [
  nameColumn,
  column('Status', (node) => {
    const ready = readyOf(node)?.status;
    const words = [ready === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady'];
    if (node.spec.unschedulable === true) words.push('SchedulingDisabled');
    return words.join(',');
  }),
  column('Roles', rolesOf),
  ageColumn,
  column('Version', ({ status }) => status.nodeInfo?.kubeletVersion ?? ''),
  column('Internal-IP', (node) => addressOf(node, 'InternalIP'), true),
  column('External-IP', (node) => addressOf(node, 'ExternalIP'), true),
  column('OS-Image', (node) => infoOf(node, 'osImage'), true),
  column('Kernel-Version', (node) => infoOf(node, 'kernelVersion'), true),
  column('Container-Runtime', (node) => infoOf(node, 'containerRuntimeVersion'), true),
];

const rolePrefix = 'node-role.kubernetes.io/';

function rolesOf({ metadata: { labels = {} } }: Node): string | undefined {
  const roles = new Set<string>();
  for (const [label, value] of Object.entries(labels)) {
    if (label.startsWith(rolePrefix) && label.length > rolePrefix.length) {
      roles.add(label.slice(rolePrefix.length));
    } else if (label === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return roles.size === 0 ? undefined : [...roles].sort().join(',');
}

const addressOf = ({ status }: Node, type: string): string | undefined =>
  status.addresses?.find((one) => one.type === type)?.address;

const infoOf = ({ status }: Node, field: string): string => status.nodeInfo?.[field] || '<unknown>';
