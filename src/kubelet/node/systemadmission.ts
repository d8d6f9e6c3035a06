/** Whether the system of a node can run a Pod at all: its operating system, and its kernel's parameters (kubelet-05). */
import type { Node } from '../../api/node.ts';
import type { Pod } from '../../api/pod/pod.ts';
import type { AdmissionFailure } from './admission.ts';

const system = 'linux';
const systemLabel = 'kubernetes.io/os';

interface Security {
  readonly os?: { readonly name: string };
  readonly hostIPC?: boolean;
  readonly securityContext?: { readonly sysctls?: readonly { readonly name: string }[] };
}

/** Parameters that a kubelet lets Pods set without being told to: those of their own namespaces. */
const safe: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

/** Upstream's sysctl allowlist: the first parameter that may not be set. */
export function forbiddenSysctl({ spec }: Pod): AdmissionFailure | undefined {
  const { securityContext, hostIPC } = spec as Security;
  for (const { name } of securityContext?.sysctls ?? []) {
    const dotted = name.replaceAll('/', '.');
    const ofHost = dotted.startsWith('net.')
      ? spec.hostNetwork === true && 'net'
      : hostIPC === true && 'ipc';
    const why = !safe.has(dotted)
      ? 'not allowlisted'
      : ofHost === false
        ? undefined
        : `not allowed with host ${ofHost} enabled`;
    if (why !== undefined) {
      return { reason: 'SysctlForbidden', message: `forbidden sysctl: "${dotted}" ${why}` };
    }
  }
  return undefined;
}

/** A Pod that was made for another operating system. */
export function foreignSystem(
  { metadata, spec }: Pod,
  node: Pick<Node, 'metadata'>,
): AdmissionFailure | undefined {
  const wanted = metadata.labels?.[systemLabel];
  if (wanted !== undefined && wanted !== (node.metadata.labels?.[systemLabel] ?? system)) {
    const message = `Failed to admit pod as the \`${systemLabel}\` label doesn't match node label`;
    return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message };
  }
  const { os } = spec as Security;
  if (os === undefined || os.name === system) return undefined;
  const message = "Failed to admit pod as the OS field doesn't match node OS";
  return { reason: 'PodOSNotSupported', message };
}
