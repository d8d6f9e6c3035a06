/** Level `baseline`: what a Pod may not do to its node (k8s.io/pod-security-admission/policy). */
import {
  type Check,
  containersOf,
  containersText,
  isInUserNamespace,
  namesWhere,
  plural,
  quoted,
  type SeLinuxOptions,
  type Subject,
  settersText,
  sortedSet,
  type Violation,
} from './subject.ts';

const allowedCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

function appArmor(subject: Subject): Violation | undefined {
  const isBad = (profile: { type?: string } | undefined) =>
    profile !== undefined && profile.type !== 'RuntimeDefault' && profile.type !== 'Localhost';
  const ofPod = subject.spec.securityContext?.appArmorProfile;
  const bad = containersOf(subject).filter((one) => isBad(one.securityContext?.appArmorProfile));
  const types = [
    ...(isBad(ofPod) ? [ofPod?.type ?? ''] : []),
    ...bad.map(({ securityContext }) => securityContext?.appArmorProfile?.type ?? ''),
  ];
  const annotations = Object.entries(subject.metadata.annotations ?? {})
    .filter(([name]) => name.startsWith('container.apparmor.security.beta.kubernetes.io/'))
    .filter(([, value]) => !/^$|^runtime\/default$|^localhost\//.test(value))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .sort();
  const setters = [
    settersText(
      isBad(ofPod),
      bad.map(({ name }) => name),
    ),
    annotations.length === 0 ? undefined : plural('annotation', 'annotations', annotations.length),
  ].filter((text) => text !== undefined);
  if (setters.length === 0) return undefined;
  const values = [...sortedSet(types), ...annotations];
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

function capabilities(subject: Subject): Violation | undefined {
  const forbidden = (add: readonly string[] = []) =>
    add.filter((one) => !allowedCapabilities.has(one));
  const addedBy = (one: { securityContext?: { capabilities?: { add?: readonly string[] } } }) =>
    forbidden(one.securityContext?.capabilities?.add);
  const bad = namesWhere(subject, (one) => addedBy(one).length > 0);
  if (bad.length === 0) return undefined;
  const added = sortedSet(containersOf(subject).flatMap(addedBy));
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(bad)} must not include ${quoted(added)} in securityContext.capabilities.add`,
  };
}

function hostNamespaces({ spec }: Subject): Violation | undefined {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(
    (name) => spec[name] === true,
  );
  if (shared.length === 0) return undefined;
  return { reason: 'host namespaces', detail: shared.map((name) => `${name}=true`).join(', ') };
}

function hostPathVolumes({ spec: { volumes = [] } }: Subject): Violation | undefined {
  const bad = volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  if (bad.length === 0) return undefined;
  const detail = `${plural('volume', 'volumes', bad.length)} ${quoted(bad)}`;
  return { reason: 'hostPath volumes', detail };
}

function hostPorts(subject: Subject): Violation | undefined {
  const bad = namesWhere(subject, ({ ports = [] }) => ports.some(({ hostPort }) => hostPort));
  if (bad.length === 0) return undefined;
  const all = containersOf(subject).flatMap(({ ports = [] }) => ports);
  const used = sortedSet(all.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : [])));
  const what = plural('hostPort', 'hostPorts', used.length);
  const verb = plural('uses', 'use', bad.length);
  return {
    reason: 'hostPort',
    detail: `${containersText(bad)} ${verb} ${what} ${used.join(', ')}`,
  };
}

function hostsOfHandlers(subject: Subject): Violation | undefined {
  const hostsOf = (container: ReturnType<typeof containersOf>[number]): readonly string[] => {
    const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
    const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart];
    return [...handlers, lifecycle?.preStop].flatMap((handler) =>
      [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host) => Boolean(host)),
    ) as string[];
  };
  const bad = sortedSet(namesWhere(subject, (one) => hostsOf(one).length > 0));
  if (bad.length === 0) return undefined;
  const hosts = sortedSet(containersOf(subject).flatMap(hostsOf));
  const what = 'probe or lifecycle host';
  const verb = plural('uses', 'use', bad.length);
  return {
    reason: what,
    detail: `${containersText(bad)} ${verb} ${plural(what, `${what}s`, hosts.length)} ${quoted(hosts)}`,
  };
}

function privileged(subject: Subject): Violation | undefined {
  const bad = namesWhere(subject, ({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  const detail = `${containersText(bad)} must not set securityContext.privileged=true`;
  return { reason: 'privileged', detail };
}

export function procMount(subject: Subject): Violation | undefined {
  const isBad = (given: string | undefined) => given !== undefined && given !== 'Default';
  const bad = containersOf(subject).filter((one) => isBad(one.securityContext?.procMount));
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map(({ securityContext }) => securityContext!.procMount!));
  const who = containersText(bad.map(({ name }) => name));
  return {
    reason: 'procMount',
    detail: `${who} must not set securityContext.procMount to ${quoted(types)}`,
  };
}

const seLinux =
  (allowed: readonly string[]) =>
  (subject: Subject): Violation | undefined => {
    const isBad = ({ type = '', user, role }: SeLinuxOptions = {}) =>
      !['', ...allowed].includes(type) || Boolean(user) || Boolean(role);
    const ofPod = subject.spec.securityContext?.seLinuxOptions;
    const bad = containersOf(subject).filter((one) => isBad(one.securityContext?.seLinuxOptions));
    const setters = settersText(
      isBad(ofPod),
      bad.map(({ name }) => name),
    );
    if (setters === undefined) return undefined;
    const all = [ofPod, ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions)];
    const types = sortedSet(
      all.flatMap((one) => (one?.type && !allowed.includes(one.type) ? [one.type] : [])),
    );
    const whys = [
      ...(types.length === 0 ? [] : [`${plural('type', 'types', types.length)} ${quoted(types)}`]),
      ...(all.some((one) => one?.user) ? ['user may not be set'] : []),
      ...(all.some((one) => one?.role) ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${setters} set forbidden securityContext.seLinuxOptions: ${whys.join('; ')}`,
    };
  };

const isSeccomp = (type: string | undefined): boolean =>
  type === 'RuntimeDefault' || type === 'Localhost';

/** Who sets a profile that is none. */
export function seccompSetters(subject: Subject): Violation | undefined {
  const isBad = (profile: { type?: string } | undefined) =>
    profile !== undefined && !isSeccomp(profile.type);
  const ofPod = subject.spec.securityContext?.seccompProfile;
  const bad = containersOf(subject).filter((one) => isBad(one.securityContext?.seccompProfile));
  const setters = settersText(
    isBad(ofPod),
    bad.map(({ name }) => name),
  );
  if (setters === undefined) return undefined;
  const types = sortedSet([
    ...(isBad(ofPod) ? [ofPod?.type ?? ''] : []),
    ...bad.map(({ securityContext }) => securityContext?.seccompProfile?.type ?? ''),
  ]);
  return {
    reason: 'seccompProfile',
    detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(types)}`,
  };
}

const sysctls =
  (allowed: string) =>
  ({ spec }: Subject): Violation | undefined => {
    const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name);
    const bad = names.filter((name) => !allowed.split(' ').includes(name));
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
  };

function hostProcess(subject: Subject): Violation | undefined {
  const isBad = (options: { hostProcess?: boolean } | undefined) => options?.hostProcess === true;
  const setters = settersText(
    isBad(subject.spec.securityContext?.windowsOptions),
    namesWhere(subject, ({ securityContext }) => isBad(securityContext?.windowsOptions)),
  );
  if (setters === undefined) return undefined;
  const detail = `${setters} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
}

const selinuxTypes = ['container_t', 'container_init_t', 'container_kvm_t'];
const sysctls0 =
  'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start';
const sysctls27 = `${sysctls0} net.ipv4.ip_local_reserved_ports`;
const sysctls29 = `${sysctls27} net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes`;
const sysctls32 = `${sysctls29} net.ipv4.tcp_rmem net.ipv4.tcp_wmem`;

/** In the order of their names. Annotations of seccomp, before 1.19, are no longer looked at. */
export const baseline: readonly Check[] = [
  { id: 'appArmorProfile', since: 0, judge: appArmor },
  { id: 'capabilities_baseline', since: 0, judge: capabilities },
  { id: 'hostNamespaces', since: 0, judge: hostNamespaces },
  { id: 'hostPathVolumes', since: 0, judge: hostPathVolumes },
  { id: 'hostPorts', since: 0, judge: hostPorts },
  { id: 'hostProbesAndHostLifecycle', since: 34, judge: hostsOfHandlers },
  { id: 'privileged', since: 0, judge: privileged },
  { id: 'procMount', since: 0, until: 35, judge: procMount },
  {
    id: 'procMount',
    since: 35,
    judge: (subject) => (isInUserNamespace(subject) ? undefined : procMount(subject)),
  },
  { id: 'seLinuxOptions', since: 0, until: 31, judge: seLinux(selinuxTypes) },
  { id: 'seLinuxOptions', since: 31, judge: seLinux([...selinuxTypes, 'container_engine_t']) },
  { id: 'seccompProfile_baseline', since: 19, judge: seccompSetters },
  { id: 'sysctls', since: 0, until: 27, judge: sysctls(sysctls0) },
  { id: 'sysctls', since: 27, until: 29, judge: sysctls(sysctls27) },
  { id: 'sysctls', since: 29, until: 32, judge: sysctls(sysctls29) },
  { id: 'sysctls', since: 32, judge: sysctls(sysctls32) },
  { id: 'windowsHostProcess', since: 0, judge: hostProcess },
];
